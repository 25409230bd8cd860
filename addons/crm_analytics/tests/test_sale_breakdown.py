from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .common import ScorecardCommon

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
SUMS = ("revenue:sum", "margin:sum", "discount_amount:sum", "line_count:sum")


@tagged("post_install", "-at_install")
class TestSaleBreakdown(ScorecardCommon):
    """Sales by kind, channel and place, added up by hand.

    | day (UTC)     | what   | amount        | cost | channel | place  | order of |
    | ------------- | ------ | ------------- | ---- | ------- | ------ | -------- |
    | 31 March 15 h | Ingots | 1,000         | 600  | Fair    | France | seller   |
    | 2 March       | Ingots | 200 less 10 % | 0    |         | home   | manager  |
    | 2 March       | Rods   | 70            | 0    |         | home   | manager  |
    | 3 March       | Ingots | 100 EUR (2)   | 0    | Fair    | France | seller   |
    | 31 March 17 h | Ingots | 50, in April  | 0    | Fair    | France | seller   |
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ingots, cls.rods = cls.env["product.category"].create(
            [{"name": "Ingots"}, {"name": "Rods"}]
        )
        cls.product.categ_id = cls.ingots
        cls.rod = cls.env["product.product"].create(
            {"name": "Rod", "type": "service", "categ_id": cls.rods.id}
        )
        cls.fair = cls.env["utm.medium"].create({"name": "Fair 7 P"})
        cls.france = cls.env.ref("base.fr")
        cls.acme = cls._create_customer(
            "Acme", country_id=cls.env.ref("base.be").id, user_id=cls.seller.id
        )
        cls.depot = cls.env["res.partner"].create(
            {
                "name": "Depot",
                "parent_id": cls.acme.id,
                "type": "delivery",
                "country_id": cls.france.id,
            }
        )
        fair = {"medium_id": cls.fair.id, "partner_shipping_id": cls.depot.id}
        fair["user_id"] = cls.seller.id
        cls.big = cls._create_order(
            cls.acme, "2026-03-31 15:00:00", 1000, cost=600, **fair
        )
        rebated = cls._create_order(
            cls.acme,
            "2026-03-02",
            200,
            confirm=False,
            user_id=cls.manager.id,
            partner_shipping_id=cls.acme.id,
        )
        rebated.order_line.discount = 10
        rebated.order_line = [
            Command.create(
                {
                    "product_id": cls.rod.id,
                    "price_unit": 70,
                    "purchase_price": 0,
                    "tax_ids": False,
                }
            )
        ]
        rebated.action_confirm()
        rebated.date_order = "2026-03-02 04:00:00"
        cls._create_order(cls.acme, "2026-03-03", 100, currency=cls.euro, **fair)
        cls._create_order(cls.acme, "2026-03-31 17:00:00", 50, **fair)
        cls._create_order(cls.acme, "2026-03-04", 999, confirm=False)
        own = cls.company.partner_id
        cls._create_order(own, "2026-03-05", 888)
        cls.rows = cls.env["crm.sale.breakdown"]
        cls._work_out(MARCH, APRIL)

    @classmethod
    def _work_out(cls, *months):
        cls.env.flush_all()
        for month in months:
            cls.rows._refresh_month(cls.company, month)

    def _read(self, *groupby, month=MARCH, user=None):
        rows = self.rows.with_user(user or self.manager)
        domain = [("date", "=", month), ("company_id", "=", self.company.id)]
        found = rows._read_group(domain, groupby, SUMS)
        return {row[: len(groupby)]: row[len(groupby) :] for row in found}

    def test_sums_by_kind_channel_and_place(self):
        # 100 euros are 50; the day ends at 16 h UTC
        self.assertEqual(
            self._read("categ_id"),
            {
                (self.ingots,): (1000 + 180 + 50, 400 + 180 + 50, 20, 3),
                (self.rods,): (70, 70, 0, 1),
            },
        )
        none, home = self.env["utm.medium"], self.env.ref("base.be")
        self.assertEqual(
            self._read("medium_id", "country_id"),
            {
                (self.fair, self.france): (1050, 450, 0, 2),
                (none, home): (250, 250, 20, 2),
            },
        )
        self.assertEqual(self._read(month=APRIL), {(): (50, 50, 0, 1)})
        team = self.big.team_id
        self.assertEqual(self._read("team_id")[team,], (1300, 700, 20, 4))
        self.assertEqual(set(self._read("product_type")), {("service",)})

    def test_working_it_out_again_writes_what_differs(self):
        def versions():
            return set(
                self.env.execute_query(
                    SQL("SELECT id, xmin::text FROM crm_sale_breakdown")
                )
            )

        before = versions()
        self._work_out(MARCH, APRIL)
        self.assertEqual(versions(), before)
        self.big._action_cancel()
        self._work_out(MARCH)
        self.assertEqual(self._read("medium_id")[self.fair,], (50, 50, 0, 1))
        self.assertEqual(len(before & versions()), len(before) - 1)

    def test_months_that_are_not_kept_go(self):
        old = self.rows.create({"company_id": self.company.id, "date": "2001-01-01"})
        other = self.rows.create(
            {"company_id": self.other_company.id, "date": "2001-01-01"}
        )
        self._work_out(MARCH)
        self.assertFalse(old.exists())
        self.assertTrue(other.exists())

    def test_the_job_goes_through_companies_and_months(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_analytics.ir_cron_sale_breakdown").method_direct_trigger()
        months = set(self.rows.search([]).mapped("date"))
        self.assertLessEqual(months, set(self.rows._get_months(self.company)))
        self.assertEqual(len(self.rows._get_months(self.company)), 25)
        self.assertFalse(
            self.env["crm.job.pass"].search([("name", "=", self.rows._name)])
        )

    def test_who_sees_what(self):
        action = self.rows.with_user(self.analyst)._open_sales()
        self.assertEqual(action["res_model"], self.rows._name)
        self.assertEqual(
            sum(r[0] for r in self._read(user=self.analyst).values()), 1300
        )
        for user in (self.seller, self.clerk):
            with self.assertRaises(AccessError):
                self._read(user=user)
        action = self.rows.with_user(self.seller)._open_sales()
        self.assertEqual(action["res_model"], "sale.report")
        report = self.env["sale.report"].with_user(self.seller)
        own = [("state", "=", "sale"), ("commercial_partner_id", "=", self.acme.id)]
        self.assertEqual(
            report._read_group(own, ["crm_place_country_id"], ["price_subtotal:sum"]),
            [(self.france, 1100.0)],
        )
        rows = self.rows.with_user(self.manager)
        elsewhere = rows.sudo().create(
            {"company_id": self.other_company.id, "date": MARCH}
        )
        self.assertNotIn(elsewhere, rows.search([]))

    def test_a_row_opens_its_order_lines(self):
        for row in self.rows.search([("company_id", "=", self.company.id)]):
            action = row.with_user(self.manager).action_open_records()
            lines = self.env[action["res_model"]].with_user(self.manager)
            lines = lines.search(action["domain"])
            self.assertEqual(len(lines), row.line_count)
            self.assertAlmostEqual(sum(lines.mapped("price_subtotal")), row.revenue)
        with self.assertRaises(AccessError):
            row.with_user(self.analyst).action_open_records()
