from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.board.crm_seven_p_board_drill import DRILLS, SIGNS
from .board_drill_common import TODAY, BoardDrillCommon

MAILINGS = {"mailing_sent_count", "mailing_open_count", "mailing_click_count"}


@tagged("post_install", "-at_install")
class TestSevenPBoardDrill(BoardDrillCommon):
    """Each figure of a customer opens the records that it counts."""

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
        if name == "crm.profit.report":
            return sum(found.mapped(key)) if key in found._fields else 0
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

    def _row(self, part, partner, company=None):
        if part == "card":
            return partner.with_user(self.manager).scorecard_id
        return super()._row(part, partner, company)

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
            "top_product_id": 4,
            "product_count": None,
            "mix_concentration": None,
            "response_rate": 2,
            "discount_share": 6,
            "discount_sensitivity": 6,
            "interval_mean": 5,
            "next_order_date": 5,
            "average_order": 5,
            "is_retained": 5,
            "peak_share": 5,
            "uncosted_share": 6,
            "counted_cost": 2,
            "complaint_count": 2,
            "team_count": 4,
            "paid_amount": 2,
            "open_amount": None,
            "medium_count": None,
            "campaign_revenue": 1,
            "contribution_share": None,
            "value_creation_rate": None,
        }
        outlook = ("lifetime_value", "expected_orders", "expected_revenue")
        counts |= dict.fromkeys(
            (*outlook, "probability_alive"),
            len(self._row("prospecting", self.acme).model_id),
        )
        checked_below = ("complaint_rate", "days_sales_outstanding")
        wrong = {}
        for (part, key), value in row.items():
            if key.startswith("mailing_") and "mailing.trace" not in self.env:
                continue
            found = self._found(self.manager, f"{part}.{key}")
            if key in counts:
                actual, expected = len(found), counts[key]
            else:
                actual, expected = self._expected(key, found), value
                if isinstance(expected, float):
                    actual, expected = round(actual, 2), round(expected, 2)
            if actual != expected and expected is not None and key not in checked_below:
                wrong[part, key] = (actual, expected)
        self.assertFalse(wrong, "opened, counted")

    def test_figures_that_are_sums_of_what_is_opened(self):
        def found(figure):
            return self._found(self.manager, figure)

        profit, speed = (
            self._row("profitability", self.acme),
            self._row("performance", self.acme),
        )
        product = self._row("product", self.acme)
        self.assertEqual(
            sum(
                found("profitability.invoiced_revenue").mapped("amount_untaxed_signed")
            ),
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
        self.assertEqual(len(found("product.complaint_rate")), product.complaint_count)
        self.assertEqual(profit.complaint_cost, 38)
        opportunity = found("prospecting.pipeline_amount")
        self.assertEqual(opportunity.expected_revenue, 700)
        self.assertEqual(
            sum(found("performance.days_sales_outstanding").mapped("amount_residual")),
            speed.open_amount,
        )

    def test_opinions_are_those_received_and_answers(self):
        """One list of both; each row opens what was said, as far as one may read it."""
        self.assertEqual(self._row("product", self.acme).opinion_count, 3)
        for user in (self.manager, self.seller, self.analyst):
            found = self._found(user, "product.opinion_count")
            self.assertEqual(
                found.mapped("source"), ["answer", "opinion", "opinion"], user.login
            )
            self.assertEqual(set(found.mapped("text")), {"Shiny", "It leaks"})
            self.assertEqual(found[0].score, 100)
            opened = [row.action_open_record()["res_model"] for row in found]
            received = "crm.complaint"
            if user == self.analyst:
                received = "crm.complaint.report"
            self.assertEqual(opened, ["crm.satisfaction.score", received, received])
        self.acme.user_id = self.manager
        opinions = self.env["crm.opinion.report"].with_user(self.seller)
        self.assertFalse(opinions.search([("partner_id", "=", self.acme.id)]))
        with self.assertRaises(AccessError):
            opinions.with_user(self.clerk).search([])

    def test_costs_to_serve_open_the_profit_analysis(self):
        profit = self._row("profitability", self.acme)
        self.assertGreater(profit.cost_to_serve, 0)
        for key in ("cost_to_serve", "contribution"):
            found = self._found(self.analyst, f"profitability.{key}")
            self.assertEqual(found.partner_id, self.acme)
            self.assertAlmostEqual(sum(found.mapped(key)), profit[key])

    def test_a_sign_of_leaving_opens_what_it_was_seen_in(self):
        row = self._row("persistency", self.acme)
        row.churn_reason = "complaint"
        self.assertEqual(
            self._found(self.manager, "persistency.churn_reason")._name, "crm.complaint"
        )
        row.churn_reason = "late_delivery"
        self.assertEqual(len(self._found(self.manager, "persistency.churn_reason")), 2)
        self.assertTrue(set(SIGNS) <= set(dict(row._fields["churn_reason"].selection)))

    def test_salesperson_and_analyst_open_records_or_nothing(self):
        """Never the bare card where there are records; what is closed says nothing."""
        closed = {
            self.seller: MAILINGS,
            self.analyst: {
                "source_id",
                "pipeline_amount",
                "pipeline_weighted",
                "invoiced_revenue",
                "days_to_pay",
                "late_share",
                "days_sales_outstanding",
                "overdue_amount",
                "paid_amount",
                "open_amount",
                "campaign_lead_count",
                *MAILINGS,
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
        """An incremental refresh of a later day leaves the 12 months as they are."""
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
