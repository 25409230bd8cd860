from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

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
