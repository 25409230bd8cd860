from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.crm_strategy.tests.common_measure import NOW

from .page_common import PageCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestProductSheet(PageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.product.product_tmpl_id
        cls.template.write(
            {
                "list_price": 200,
                "standard_price": 150,
                "sale_delay": 7,
                "crm_sales_argument": "Melts at once",
            }
        )
        cls.env.invalidate_all()

    def _sheet(self, user=None, template=None):
        sheets = self.env["crm.product.sheet"].with_user(user or self.rep)
        return sheets.get_sheet((template or self.template).id, self.alpha.id)

    def _figures(self, sheet):
        return {shown["name"]: shown["cell"]["value"] for shown in sheet["headline"]}

    def _customers(self, sheet):
        [section] = [s for s in sheet["sections"] if s["key"] == "customers"]
        return [
            tuple(cell["value"] for cell in row["cells"])
            for row in section["blocks"][0]["rows"]
        ]

    def test_price_lead_time_margin_and_argument(self):
        sheet = self._sheet()
        self.assertEqual(sheet["argument"], "Melts at once")
        figures = self._figures(sheet)
        self.assertEqual(figures["price"], 200.0)
        self.assertEqual(figures["lead_time"], 7)
        self.assertEqual(figures["margin"], 50.0)
        self.assertNotIn("complaint_rate", figures)  # not a salesperson's report

    def test_an_agent_sees_no_margin_but_the_complaint_rate(self):
        figures = self._figures(self._sheet(self.agent))
        self.assertNotIn("margin", figures)
        self.assertIn("complaint_rate", figures)

    def test_finance_sees_no_argument(self):
        self.assertEqual(self._sheet(self.finance)["argument"], "")

    def test_customers_whose_figures_one_may_see(self):
        """Bob is nobody's, Acme is the rep's; Old paid 160 at 2 per unit."""
        acme = ("Acme", 2, 300.0, "2026-02-01")
        bob = ("Bob", 2, 80.0, "2026-03-10")
        old = ("Old", 1, 80.0, "2026-02-11")
        self.assertEqual(
            sorted(self._customers(self._sheet())), sorted([acme, bob, old])
        )
        self.bob.user_id = self.rep
        self.old.user_id = self.rep
        self.assertEqual(self._customers(self._sheet(self.other)), [])

    def test_an_order_that_comes_to_nothing(self):
        """70 less 70 for something else is a purchase of 70, not the largest one."""
        order = self._create_order(
            self.bob, "2026-03-01 10:00:00", 70, is_confirmed=False
        )
        other = self.env["product.product"].create({"name": "Away", "type": "service"})
        back = order.order_line.copy({"order_id": order.id})
        back.write({"product_id": other.id, "price_unit": -70})
        order.action_confirm()
        order.date_order = "2026-03-01 10:00:00"
        self.assertEqual(order.amount_untaxed, 0.0)
        customers = self._customers(self._sheet())
        self.assertEqual(customers[0], ("Acme", 2, 300.0, "2026-02-01"))
        self.assertIn(("Bob", 3, 150.0, "2026-03-10"), customers)

    def test_stock_by_warehouse(self):
        goods = self.env["product.product"].create(
            {"name": "Ingot", "type": "consu", "is_storable": True}
        )
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.alpha.id)], limit=1
        )
        self.env["stock.quant"]._update_available_quantity(
            goods, warehouse.lot_stock_id, 11
        )
        sheet = self._sheet(template=goods.product_tmpl_id)
        [section] = [s for s in sheet["sections"] if s["key"] == "stock"]
        cells = section["blocks"][0]["rows"][0]["cells"]
        self.assertEqual((cells[1]["value"], cells[2]["value"]), (warehouse.name, 11.0))

    def test_who_may_not_open_it(self):
        for user in (self.plain, self.portal):
            with self.assertRaises(AccessError):
                self._sheet(user)

    def test_a_deleted_product(self):
        sheets = self.env["crm.product.sheet"].with_user(self.rep)
        for wrong in (0, "1", self.env["product.template"].search([]).ids[-1] + 999):
            with self.assertRaises(UserError):
                sheets.get_sheet(wrong)
