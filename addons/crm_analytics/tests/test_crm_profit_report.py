from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.crm_strategy.tools.measure_period import Period

from .seven_p_facts_common import SevenPFactsCommon

AMOUNTS = (
    "revenue",
    "gross_margin",
    "delivery_cost",
    "complaint_cost",
    "activity_cost",
    "counted_cost",
    "cost_to_serve",
    "contribution",
)


@tagged("post_install", "-at_install")
class TestCrmProfitReport(SevenPFactsCommon):
    """An order of goods for 600 and a service for 200, with all that followed.

    ==========  ==========================================  =====  =======  =====
    day         what                                        goods  service  none
    ==========  ==========================================  =====  =======  =====
    2026-03-02  margin of the lines                           200      120
    2026-03-05  delivery for 40, by 600 to 200                -30      -10
    2026-04-01  goods credited 60 of 800: 7.5 % of 320        -24
    2026-05-01  complaint for 80: goods 300, nothing else     -80
    2026-05-02  sales activity                                               -25
    ==========  ==========================================  =====  =======  =====
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.as_of_date = "2026-06-30"
        cls.profit.delivery_cost = 40
        cls.acme = cls._create_customer("Acme", user_id=cls.seller.id)
        cls.zinc = cls._create_customer("Zinc", user_id=cls.manager.id)
        cls.metal = cls.env["product.category"].create({"name": "Metal"})
        products = cls.env["product.product"].with_company(cls.company)
        cls.goods = products.create(
            {"name": "Ingot", "type": "consu", "categ_id": cls.metal.id}
        )
        cls.service = products.create({"name": "Advice", "type": "service"})
        (cls.goods | cls.service).invoice_policy = "order"
        cls._sell()
        cls._create_order(cls.zinc, "2026-03-02", 1000, cost=900)
        cls._create_order(
            cls.acme, "2026-03-02", 7000, company=cls.other_company, cost=1
        )
        cls._complain()
        cls._touch(cls.acme, "2026-05-02 08:00:00", kind_cost=25)
        cls.env.flush_all()

    @classmethod
    def _sell(cls):
        order = cls._create_order(cls.acme, "2026-03-02", 0, confirm=False)
        order.order_line = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "product_id": product.id,
                        "price_unit": price,
                        "purchase_price": cost,
                        "tax_ids": False,
                    }
                )
                for product, price, cost in (
                    (cls.goods, 600, 400),
                    (cls.service, 200, 80),
                )
            ),
        ]
        order.action_confirm()
        order.date_order = "2026-03-02 04:00:00"
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking.button_validate()
        picking.date_done = "2026-03-05 04:00:00"
        credit = cls._invoice(order, "2026-03-05")._reverse_moves(
            [{"invoice_date": "2026-04-01", "date": "2026-04-01"}]
        )
        for line in credit.invoice_line_ids:
            line.price_unit = 60 if line.product_id == cls.goods else 0
        credit.action_post()
        cls.order = order

    @classmethod
    def _complain(cls):
        kind = cls.env["crm.complaint.kind"].search(
            [("type", "=", "complaint")], limit=1
        )
        complaint = cls.env["crm.complaint"].create(
            {
                "partner_id": cls.acme.id,
                "company_id": cls.company.id,
                "kind_id": kind.id,
                "description": "It is scratched",
                "line_ids": [
                    Command.create(
                        {"product_id": cls.goods.id, "quantity": 1, "price_unit": 300}
                    )
                ],
            }
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                """UPDATE crm_complaint SET date_received = '2026-05-01 08:00:00',
                          work_cost = 30, cost_remedies = 50 WHERE id = %s""",
                complaint.id,
            )
        )
        complaint.invalidate_recordset()

    def setUp(self):
        super().setUp()
        self._freeze_today()

    def _read_report(self, groupby, user=None, domain=()):
        report = self.env["crm.profit.report"].with_company(self.company)
        report = report.with_context(allowed_company_ids=self.company.ids)
        groups = report.with_user(user or self.analyst)._read_group(
            [("partner_id", "in", (self.acme | self.zinc).ids), *domain],
            [groupby],
            [f"{name}:sum" for name in AMOUNTS],
        )
        return {
            key: dict(zip(AMOUNTS, (round(x, 6) for x in figures), strict=True))
            for key, *figures in groups
        }

    def assertAmounts(self, row, **expected):
        self.assertEqual({name: row[name] for name in expected}, expected)

    def test_profit_by_product_by_hand(self):
        rows = self._read_report(
            "product_tmpl_id", domain=[("partner_id", "=", self.acme.id)]
        )
        self.assertAmounts(
            rows[self.goods.product_tmpl_id],
            revenue=540.0,
            gross_margin=176.0,
            delivery_cost=30.0,
            complaint_cost=80.0,
            activity_cost=0.0,
            contribution=66.0,
        )
        self.assertAmounts(
            rows[self.service.product_tmpl_id],
            revenue=200.0,
            gross_margin=120.0,
            delivery_cost=10.0,
            complaint_cost=0.0,
            contribution=110.0,
        )
        none = self.env["product.template"]
        self.assertAmounts(rows[none], revenue=0.0, cost_to_serve=25.0)
        ingots = [("product_tmpl_id", "=", self.goods.product_tmpl_id.id)]
        months = self._read_report("date:month", domain=ingots)
        self.assertEqual(
            {start.month: row["contribution"] for start, row in months.items()},
            {3: 170.0, 4: -24.0, 5: -80.0},
        )
        categories = self._read_report("categ_id")
        self.assertEqual(categories[self.metal]["contribution"], 66.0)

    def test_the_rows_of_a_customer_are_his_profitability(self):
        card = self._read("profit")
        rows = self._read_report("partner_id")
        for partner in (self.acme, self.zinc):
            for name in AMOUNTS[1:]:
                with self.subTest(partner=partner.name, amount=name):
                    self.assertAlmostEqual(
                        rows[partner][name], float(card[partner.id][name] or 0), 2
                    )

    # --- THE MONTHS THAT ARE KEPT

    def _keep_months(self):
        self.env["crm.profit.month"]._refresh(self.company)

    def _read_months(self, groupby, user=None, domain=()):
        """Return what the analysis tells of the year, and of how many rows."""
        months = self.env["crm.profit.month"].with_company(self.company)
        months = months.with_context(allowed_company_ids=self.company.ids)
        groups = months.with_user(user or self.analyst)._read_group(
            [("date", ">=", "2025-07-01"), ("date", "<", "2026-07-01"), *domain],
            [groupby],
            ["__count", *(f"{name}:sum" for name in AMOUNTS)],
        )
        return {
            key: {
                "rows": count,
                **dict(zip(AMOUNTS, (round(x, 6) for x in figures), strict=True)),
            }
            for key, count, *figures in groups
        }

    def test_months_tell_what_the_records_tell(self):
        self._read("profit")
        self._keep_months()
        for groupby in ("product_tmpl_id", "categ_id", "partner_id", "date:month"):
            rows = self._read_report(groupby)
            months = self._read_months(groupby)
            for key, row in rows.items():
                with self.subTest(groupby=groupby, key=key):
                    self.assertAmounts(months[key], **row)
        # zinc 100, acme 66 + 110 - 25: the totals of the scorecards and the measure
        card = self._read("profit")
        total = sum(float(row["contribution"] or 0) for row in card.values())
        self.assertEqual(total, 251.0)
        kept = self._read_months("company_id")[self.company]
        self.assertEqual(kept["contribution"], 251.0)
        measure = self.env["crm.measure"].search([("code", "=", "contribution")])
        year = Period(date(2025, 7, 1), date(2026, 6, 30))
        [result] = measure._measure_contribution(self.company, [year]).values()
        self.assertEqual(result.value, 251.0)

    def test_both_levels_count_the_rows_of_customers(self):
        """Goods: of acme in March, April and May, of zinc in March."""
        self._keep_months()
        goods = self.goods.product_tmpl_id
        totals = self.env["crm.profit.product"]
        with patch.object(type(totals), "has_access", return_value=False):
            fine = self._read_months("product_tmpl_id")
        self.assertEqual(self._read_months("product_tmpl_id"), fine)
        self.assertEqual(fine[goods]["rows"], 3)
        sold = totals.search([("product_tmpl_id", "=", goods.id)])
        self.assertEqual(sum(sold.mapped("row_count")), 3)
        self.assertEqual(sum(sold.mapped("contribution")), 66.0)

    def test_who_sees_which_months(self):
        self._keep_months()
        months = self.env["crm.profit.month"].with_user(self.seller)
        self.assertEqual(months.search([]).partner_id, self.acme)
        totals = self.env["crm.profit.product"].with_user(self.seller)
        with self.assertRaises(AccessError):
            totals.search([])
        own = self._read_months("product_type", self.seller)
        self.assertEqual(sum(row["contribution"] for row in own.values()), 151.0)
        whole = self._read_months("product_type", self.manager)
        self.assertEqual(sum(row["contribution"] for row in whole.values()), 251.0)

    def test_a_second_refresh_writes_what_differs_only(self):
        self._keep_months()
        months = self.env["crm.profit.month"]
        before = months.search([("company_id", "=", self.company.id)])
        self._touch(self.zinc, "2026-05-02 08:00:00", kind_cost=15)
        self._keep_months()
        after = months.search([("company_id", "=", self.company.id)])
        self.assertEqual(before - after, months)
        [new] = after - before
        self.assertEqual(
            (new.partner_id, new.date, new.contribution),
            (self.zinc, date(2026, 5, 1), -15.0),
        )
        action = new.with_user(self.analyst).action_open_details()
        rows = self.env[action["res_model"]].with_user(self.analyst)
        rows = rows.with_context(**action["context"])
        rows = rows.with_context(allowed_company_ids=self.company.ids)
        [row] = rows.search(action["domain"])
        self.assertEqual((row.kind, row.contribution), ("activity", -15.0))

    def test_details_of_a_row_are_its_amounts(self):
        self._keep_months()
        months = self.env["crm.profit.month"].with_user(self.analyst)
        for month in months.search([("company_id", "=", self.company.id)]):
            action = month.action_open_details()
            rows = self.env[action["res_model"]].with_user(self.analyst)
            rows = rows.with_context(
                allowed_company_ids=self.company.ids, **action["context"]
            )
            found = rows.search(action["domain"])
            with self.subTest(month=month.date, product=month.product_tmpl_id.name):
                self.assertAlmostEqual(
                    sum(found.mapped("contribution")), month.contribution
                )

    def test_a_merged_customer_brings_his_months(self):
        self._keep_months()
        months = self.env["crm.profit.month"]
        months._merge_into(self.zinc, self.acme)
        of_company = [("company_id", "=", self.company.id)]
        rows = months.search(of_company)
        self.assertEqual(rows.partner_id, self.acme)
        self.assertEqual(sum(rows.mapped("contribution")), 251.0)

    def test_the_job_keeps_every_company_and_forgets_what_is_too_old(self):
        months = self.env["crm.profit.month"]
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_profit_month (company_id, date, partner_id)
                   VALUES (%s, '2001-01-01', %s)""",
                self.company.id,
                self.acme.id,
            )
        )
        companies = self.company | self.other_company
        with (
            self.enter_registry_test_mode(),
            patch.object(
                type(self.env["res.company"]), "search", return_value=companies
            ),
        ):
            self.env.ref("crm_analytics.ir_cron_profit_month").method_direct_trigger()
        found = months._read_group([], ["company_id"], ["revenue:sum"])
        self.assertEqual(
            {company: revenue for company, revenue in found if company in companies},
            {self.company: 1740.0, self.other_company: 7000.0},
        )
        self.assertFalse(months.search([("date", "<", "2002-01-01")]))

    def test_revenue_of_sales_is_that_of_the_host(self):
        [(mine,)] = self.env["crm.profit.report"]._read_group(
            [
                ("kind", "=", "sale"),
                ("company_id", "=", self.company.id),
                ("order_id", "=", self.order.id),
            ],
            [],
            ["revenue:sum"],
        )
        [(host, margin)] = self.env["sale.report"]._read_group(
            [("order_reference", "=", f"sale.order,{self.order.id}")],
            [],
            ["price_subtotal:sum", "margin:sum"],
        )
        self.assertEqual((mine, host, margin), (800.0, 800.0, 320.0))

    def test_who_sees_what(self):
        self.assertEqual(set(self._read_report("partner_id")), {self.acme, self.zinc})
        self.assertEqual(set(self._read_report("partner_id", self.seller)), {self.acme})
        self.assertEqual(self._read_report("partner_id")[self.zinc]["revenue"], 1000.0)

    def test_ids_are_stable_and_unique(self):
        report = self.env["crm.profit.report"].with_user(self.analyst)
        own = [("partner_id", "=", self.acme.id)]
        rows = report.search(own)
        self.assertEqual(len(set(rows.ids)), len(rows))
        self.assertEqual(report.search(own, order="id").ids, sorted(rows.ids))
        self.assertEqual(sorted(rows.mapped("kind")).count("sale"), 2)
