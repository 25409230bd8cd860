from odoo.tests import HttpCase, tagged

from .board_common import BoardCommon


@tagged("post_install", "-at_install")
class TestBoardTour(BoardCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leaver.user_id = cls.manager
        # the machine's model says something else with each version
        rows = cls.env["crm.scorecard.persistency"].search(
            [("partner_id", "=", cls.leaver.id)]
        )
        rows.churn_score = 80
        rows = cls.env["crm.scorecard.product"].search(
            [("partner_id", "=", cls.leaver.id)]
        )
        rows.next_category_id = cls.product.categ_id
        if not rows.next_category_id:
            rows.next_category_id = cls.env["product.category"].search([], limit=1)

    def test_manager_asks_the_board(self):
        self.start_tour(
            "/odoo/seven-p", "crm_seven_p_board_tour", login=self.manager.login
        )
        runs = self.env["crm.scorecard.run"].search(
            [("company_id", "=", self.company.id)], order="id"
        )
        self.assertEqual(runs[-1].user_id, self.manager)

    def test_manager_asks_on_the_phone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        self.start_tour(
            "/odoo/seven-p", "crm_seven_p_board_phone_tour", login=self.manager.login
        )
