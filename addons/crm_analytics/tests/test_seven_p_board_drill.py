from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ..models.board.crm_seven_p_board_drill import DRILLS, SIGNS
from .seven_p_common import SevenPCommon

TODAY = "2026-06-30"


@tagged("post_install", "-at_install")
class TestSevenPBoardDrill(SevenPCommon):
    """Acme, of whom there is something of everything, and something that counts not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.as_of_date = TODAY
        cls.env["crm.profit.policy"]._ensure(cls.company).delivery_cost = 12
        cls.acme = cls._create_customer("Acme", user_id=cls.seller.id)
        cls.buyer, cls.depot = cls.env["res.partner"].create(
            [
                {"name": "Buyer", "parent_id": cls.acme.id, "type": "contact"},
                {"name": "Depot", "parent_id": cls.acme.id, "type": "delivery"},
            ]
        )
        cls._sell()
        cls._pay()
        cls._serve()
        cls._care()
        cls.env.flush_all()
        cls._refresh(TODAY)

    @classmethod
    def _sell(cls):
        cls.product.categ_id = cls.env["product.category"].create({"name": "Ingots"})
        campaign, medium, source = (
            cls.env[model].create({"name": "Fair 7 P"})
            for model in ("utm.campaign", "utm.medium", "utm.source")
        )
        own = {"user_id": cls.seller.id}
        cls._create_order(cls.acme, "2024-12-05", 300, **own)
        cls._create_order(
            cls.buyer, "2025-07-10", 400, campaign_id=campaign.id, **own
        )
        cls.billed = cls._create_order(
            cls.acme, "2026-01-15", 1000, cost=600, medium_id=medium.id, **own
        )
        cls.rebated = cls._create_order(
            cls.acme,
            "2026-03-02",
            200,
            source_id=source.id,
            partner_shipping_id=cls.depot.id,
            **own,
        )
        cls.rebated.order_line.discount = 10
        cls._create_order(cls._create_customer("Other"), "2026-03-02", 50, **own)
        goods = cls.env["product.product"].create(
            {"name": "Coil", "type": "consu", "is_storable": False, "taxes_id": False}
        )
        order = cls._create_order(
            cls.acme,
            "2026-04-01",
            70,
            confirm=False,
            partner_shipping_id=cls.env["res.partner"].create({"name": "Yard"}).id,
            commitment_date="2026-04-05 04:00:00",
            **own,
        )
        order.order_line = [
            Command.create({"product_id": goods.id, "tax_ids": False}),
            Command.create(
                {"product_id": goods.id, "price_unit": 5, "tax_ids": False}
            ),
        ]
        order.action_confirm()
        order.date_order = "2026-04-01 04:00:00"
        picking = order.picking_ids
        for move in picking.move_ids:
            move.quantity = 1
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True).button_validate()
        picking.date_done = picking.move_ids.date = "2026-04-07 04:00:00"

    @classmethod
    def _pay(cls):
        invoice = cls._invoice(cls.billed, "2026-01-20")
        cls._refund(invoice, "2026-02-10", 100)
        for day, amount in (("2026-03-20", 250), ("2026-05-20", 150)):
            cls.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create({"payment_date": day, "amount": amount})._create_payments()
        # dated in the 12 months before, paid in these
        old = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.acme.id,
                "company_id": cls.company.id,
                "invoice_date": "2025-05-02",
                "invoice_user_id": cls.seller.id,
                "invoice_line_ids": [
                    Command.create(
                        {"product_id": cls.product.id, "price_unit": 80, "tax_ids": False}
                    )
                ],
            }
        )
        old.action_post()
        cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=old.ids
        ).create({"payment_date": "2025-07-02", "amount": 80})._create_payments()
        late = cls._invoice(cls.rebated, "2026-06-20")
        late.line_ids.filtered("date_maturity").date_maturity = "2026-12-31"
        cls.paid = invoice | old

    @classmethod
    def _serve(cls):
        kinds = cls.env["crm.complaint.kind"]
        common = {
            "partner_id": cls.acme.id,
            "company_id": cls.company.id,
            "description": "It leaks",
        }
        rows = [
            ("complaint", "2026-05-01", 30, "new"),
            ("complaint", "2026-05-02", 8, "new"),
            ("complaint", "2026-05-03", 99, "cancelled"),
            ("complaint", "2025-06-01", 99, "closed"),
            ("opinion", "2026-05-04", 5, "new"),
            ("opinion", "2026-05-05", 0, "new"),
        ]
        for kind, day, cost, state in rows:
            kind_id = kinds.search([("type", "=", kind)], limit=1).id
            case = cls.env["crm.complaint"].create({**common, "kind_id": kind_id})
            cls.env.flush_all()
            cls.env.cr.execute(
                SQL(
                    """UPDATE crm_complaint SET date_received = %s, work_cost = %s,
                              state = %s WHERE id = %s""",
                    f"{day} 08:00:00",
                    cost,
                    state,
                    case.id,
                )
            )
        cls.env.invalidate_all()

    @classmethod
    def _care(cls):
        outcomes = cls.env["crm.sales.activity.outcome"].create(
            [
                {"name": "Reached", "code": "drill_yes", "is_reached": True},
                {"name": "Not", "code": "drill_no", "is_reached": False},
            ]
        )
        kind = cls.env["crm.sales.activity.kind"].create(
            {"name": "Quick call", "code": "drill_call"}
        )
        for direction, state, outcome, cost in (
            ("out", "done", outcomes[0], 10),
            ("out", "done", outcomes[1], 20),
            ("out", "done", outcomes[:0], 30),
            ("in", "done", outcomes[0], 40),
            ("out", "planned", outcomes[:0], 50),
        ):
            cls.env["crm.sales.activity"].create(
                {
                    "partner_id": cls.acme.id,
                    "company_id": cls.company.id,
                    "kind_id": kind.id,
                    "date_start": "2026-05-01 08:00:00",
                    "direction": direction,
                    "state": state,
                    "outcome_id": outcome.id,
                    "kind_cost": cost,
                    "user_id": cls.seller.id,
                }
            )
        common = {
            "partner_id": cls.buyer.id,
            "company_id": cls.company.id,
            "user_id": cls.seller.id,
            "name": "Plant",
        }
        cls.env["crm.lead"].create(
            [
                {**common, "type": "opportunity", "expected_revenue": 700},
                {**common, "type": "lead", "expected_revenue": 99},
            ]
        )
        division = cls.env["crm.division"].create({"name": "Metal", "code": "7P"})
        role = cls.env["crm.partner.role"].create(
            {"name": "Smelter", "kind": "customer", "division_id": division.id}
        )
        cls.env["crm.partner.role.assignment"].create(
            {
                "partner_id": cls.acme.id,
                "role_id": role.id,
                "date_from": "2026-01-01",
                "company_id": cls.company.id,
            }
        )
        cls.env["crm.supply.record"].create(
            {
                "partner_id": cls.acme.id,
                "company_id": cls.company.id,
                "category_id": cls.product.categ_id.id,
                "date_from": "2025-07-01",
                "date_to": TODAY,
                "date": "2026-06-01",
                "quantity": 8,
                "uom_id": cls.product.uom_id.id,
            }
        )
        assessment = cls.env["crm.credit.assessment"].create(
            {"partner_id": cls.acme.id, "company_id": cls.company.id}
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                """UPDATE crm_credit_assessment SET state = 'in_force', score = 64,
                          risk_grade = 'B', credit_limit_proposed = 500
                    WHERE id = %s""",
                assessment.id,
            )
        )
        cls.env.invalidate_all()

    # --- WHAT IS OPENED

    def _open(self, user, figure, customer=None):
        boards = self.env["crm.seven.p.board"].with_user(user)
        return boards.open_drill("customer", figure, (customer or self.acme).id)

    def _found(self, user, figure):
        action = self._open(user, figure)
        records = self.env[action["res_model"]].with_user(user)
        return records.with_context(**action["context"]).search(action["domain"])

    def _expected(self, key, found):
        """Return what the opened records tell of a figure, by hand."""
        name = found._name
        if name == "sale.order":
            return self._of_orders(key, found)
        if name == "crm.sale.movement":
            recent = found.filtered(lambda row: str(row.day) > "2025-06-30")
            former = found - recent
            new, old = (sum(rows.mapped("revenue")) for rows in (recent, former))
            return {
                "gross_margin": sum(found.mapped("margin")),
                "revenue_trend": (new - old) / (new + old) if new + old else 0,
            }.get(key, sum(found.mapped("revenue")))
        if name == "account.move.line":
            return sum(found.mapped("amount_residual"))
        if name == "crm.complaint":
            return sum(found.mapped("work_cost"))
        if name == "crm.sales.activity":
            return sum(found.mapped("cost"))
        return len(found)

    def _of_orders(self, key, orders):
        days = [order.date_order.date() for order in orders]
        weekdays = [day.isoweekday() for day in days]
        return {
            "customer_since": lambda: min(days),
            "active_month_count": lambda: len({day.month for day in days}),
            "place_count": lambda: len(orders.partner_shipping_id),
            "peak_weekday": lambda: max(weekdays, key=weekdays.count),
        }.get(key, lambda: len(orders))()

    def _row_values(self):
        return {
            (part, key): self._row(part, self.acme)[key]
            for part, keys in DRILLS.items()
            for key in keys
        }

    def test_every_figure_opens_what_it_counts(self):
        """Of each key either the figure itself, or the number of records behind."""
        row = self._row_values()
        self._row("prospecting", self.acme).model_id = self.env[
            "crm.lifetime.model"
        ].search([], limit=1)
        #: records behind figures that are no count or sum of them
        counts = {
            "completeness": 1,
            "source_id": 1,
            "first_contact_date": 1,
            "regularity": 5,
            "peak_month": 5,
            "peak_weekday": 5,
            "churn_reason": None,
            "churn_reason_2": None,
            "churn_score": len(self.env["crm.churn.factor"]._get_factors(self.company)),
            "supply_share": 1,
            "supply_share_date": 1,
            "invoiced_revenue": 3,
            "discount_amount": 1,
            "delivery_cost": 1,
            "risk_grade": 1,
            "credit_score": 1,
            "credit_limit_proposed": 1,
            "days_to_pay": 2,
            "late_share": 2,
            "on_time_rate": 2,
            "days_late_mean": 2,
            "category_count": None,
            "top_category_id": None,
            "top_medium_id": None,
            "pipeline_amount": 1,
            "pipeline_weighted": 1,
            "potential_amount": 1,
            "potential_gap": 1,
            "next_category_id": len(row["product", "next_category_id"]),
            "top_product_id": 3,
            "product_count": None,
            "mix_concentration": None,
            "response_rate": 2,
            "discount_share": 6,
            "discount_sensitivity": 6,
        }
        outlook = ("lifetime_value", "expected_orders", "expected_revenue")
        counts |= dict.fromkeys(
            (*outlook, "probability_alive"),
            len(self._row("prospecting", self.acme).model_id),
        )
        for (part, key), value in row.items():
            if key.startswith("mailing_") and "mailing.trace" not in self.env:
                continue
            with self.subTest(figure=f"{part}.{key}"):
                found = self._found(self.manager, f"{part}.{key}")
                if key in counts and counts[key] is not None:
                    self.assertEqual(len(found), counts[key], key)
                elif key not in counts and key not in (
                    "complaint_rate",
                    "opinion_count",
                    "days_sales_outstanding",
                ):
                    self.assertAlmostEqual(self._expected(key, found), value, 2, key)

    def test_figures_that_are_sums_of_what_is_opened(self):
        def found(figure):
            return self._found(self.manager, figure)

        profit, speed = self._row("profitability", self.acme), self._row(
            "performance", self.acme
        )
        product = self._row("product", self.acme)
        self.assertEqual(
            sum(found("profitability.invoiced_revenue").mapped("amount_untaxed_signed")),
            profit.invoiced_revenue,
        )
        self.assertEqual(found("performance.days_to_pay"), self.paid)
        late = found("performance.on_time_rate")
        self.assertEqual(late.mapped("days_late"), [2, 2])
        self.assertEqual(speed.on_time_rate, 0)
        sales = found("performance.category_count")
        self.assertEqual(len(sales.categ_id), speed.category_count)
        self.assertEqual(sales.medium_id, speed.top_medium_id)
        self.assertIn(self.depot, sales.crm_place_id)
        lines = found("product.product_count")
        self.assertEqual(
            len(lines.product_id.product_tmpl_id),
            product.product_count,
        )
        self.assertEqual(
            len(found("product.complaint_rate")), product.complaint_count
        )
        self.assertEqual(profit.complaint_cost, 38)
        opportunity = found("prospecting.pipeline_amount")
        self.assertEqual(opportunity.expected_revenue, 700)
        self.assertEqual(
            sum(found("performance.days_sales_outstanding").mapped("amount_residual")),
            speed.open_amount,
        )

    def test_a_sign_of_leaving_opens_what_it_was_seen_in(self):
        row = self._row("persistency", self.acme)
        row.churn_reason = "complaint"
        self.assertEqual(
            self._found(self.manager, "persistency.churn_reason")._name, "crm.complaint"
        )
        row.churn_reason = "late_delivery"
        self.assertEqual(
            len(self._found(self.manager, "persistency.churn_reason")), 2
        )
        self.assertTrue(set(SIGNS) <= set(dict(row._fields["churn_reason"].selection)))

    def test_salesperson_and_analyst_open_records_or_nothing(self):
        """Never the bare card where there are records; what is closed says nothing."""
        closed = {
            self.seller: {"mailing_open_count", "mailing_click_count"},
            self.analyst: {
                "source_id",
                "pipeline_amount",
                "pipeline_weighted",
                "invoiced_revenue",
                "days_to_pay",
                "late_share",
                "days_sales_outstanding",
                "overdue_amount",
                "mailing_open_count",
                "mailing_click_count",
            },
        }
        for user, keys in closed.items():
            boards = self.env["crm.seven.p.board"].with_user(user)
            asked = boards._get_scope("customer", self.acme.id, self.company.id)
            for part, drills in DRILLS.items():
                for key in drills:
                    with self.subTest(user=user.login, figure=key):
                        name = boards._get_drill_name(asked, part, key)
                        if key in keys:
                            self.assertFalse(name)
                            with self.assertRaises(AccessError):
                                self._open(user, f"{part}.{key}")
                            continue
                        self.assertEqual(name, f"{part}.{key}")
                        found = self._found(user, name)
                        self.assertNotIn("scorecard", found._name)
        movements = self._found(self.analyst, "persistency.recent_revenue")
        recent = self._row("persistency", self.acme).recent_revenue
        self.assertAlmostEqual(sum(movements.mapped("revenue")), recent)

    def test_other_peoples_customers_open_nothing(self):
        stranger = self._create_customer("Stranger", user_id=self.manager.id)
        action = self._open(self.seller, "persistency.recent_order_count", stranger)
        orders = self.env["sale.order"].with_user(self.seller)
        self.assertFalse(orders.search(action["domain"]))

    def test_days_are_those_of_the_seven_p(self):
        """An incremental refresh of the next day leaves the 12 months where they are."""
        self.policy.last_as_of = "2026-07-20"
        self.assertEqual(
            len(self._found(self.manager, "persistency.recent_order_count")), 4
        )

    def test_analyst_is_offered_no_quotation(self):
        nobody = self._create_customer("Nobody")
        for user, action in ((self.analyst, None), (self.seller, "quotation")):
            boards = self.env["crm.seven.p.board"].with_user(user)
            empty = boards.get_board("customer", nobody.id)["empty"]
            self.assertEqual((empty["key"], empty.get("action")), ("no_orders", action))

    def test_board_and_measure_agree_on_quality(self):
        self._row("profitability", self.acme).write(
            {"abc_class": "A", "contribution": 5, "invoiced_revenue": 100}
        )
        other = self._create_customer("Loss")
        self._create_order(other, "2026-05-01", 10)
        self._refresh(TODAY, "incremental")
        self._row("profitability", other).write(
            {"abc_class": "B", "contribution": -5, "invoiced_revenue": 50}
        )
        self._row("profitability", self.acme).write(
            {"abc_class": "A", "contribution": 5, "invoiced_revenue": 100}
        )
        self.env["crm.seven.p.summary"]._refresh(self.company, self.policy.last_as_of)
        boards = self.env["crm.seven.p.board"].with_user(self.analyst)
        board = boards.get_board("company")
        [quality] = [f for f in board["headline"] if f["name"] == "quality"]
        self.assertEqual(quality["cell"]["value"], 50.0)
        measure = self.env["crm.measure"].search([("code", "=", "quality_customers")])
        measure = measure.with_user(self.analyst)
        day = self.policy.last_as_of
        opened = [
            boards.open_drill("company", quality["drill"]),
            measure._drill_quality_customers(self.company, day, day),
        ]
        for action in opened:
            found = self.env[action["res_model"]].with_user(self.analyst)
            self.assertEqual(found._name, "crm.seven.p.report")
            self.assertEqual(found.search(action["domain"]).partner_id, self.acme)
