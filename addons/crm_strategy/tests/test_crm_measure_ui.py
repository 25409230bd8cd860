from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT


@tagged("post_install", "-at_install")
class TestCrmMeasureUi(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **DISABLED_MAIL_CONTEXT})
        cls.env["crm.measure.value"].search([]).unlink()
        cls.env.ref("crm_strategy.crm_measure_orders").name = "Tour Orders"
        cls.manager = new_test_user(
            cls.env, "measure_manager", "sales_team.group_sale_manager"
        )
        product = cls.env["product.product"].create(
            {"name": "Thing", "type": "service"}
        )
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.env["res.partner"]
                .create({"name": "Tour Customer"})
                .id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        cls.order.action_confirm()

    def test_manager_sets_a_goal(self):
        self.start_tour(
            "/odoo/crm-goals", "crm_strategy_goal_sheet", login="measure_manager"
        )
        goal = self.env["crm.measure.target"].search(
            [("user_id", "=", self.manager.id)]
        )
        self.assertEqual((goal.value, str(goal.date_from)), (12, "2024-01-01"))

    def test_manager_refreshes_and_drills_down(self):
        self.start_tour(
            "/odoo/crm-measures",
            "crm_strategy_measure_board",
            login="measure_manager",
        )
        row = self.env.ref("crm_strategy.crm_measure_orders").value_ids
        self.assertEqual((row.value, row.company_id), (1, self.order.company_id))
