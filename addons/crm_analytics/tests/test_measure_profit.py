from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.crm_strategy.tools.measure_period import Period

from .seven_p_facts_common import SevenPFactsCommon

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))


@tagged("post_install", "-at_install")
class TestMeasureProfit(SevenPFactsCommon):
    """The company's contribution, value creation, quality and days to pay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.as_of_date = "2026-06-30"
        cls.acme = cls._create_customer("Acme")

    def _measure(self, code, *periods):
        measure = self.env["crm.measure"].search([("code", "=", code)])
        found = getattr(measure, measure.method)(self.company, periods or (MAY, JUNE))
        return {start.month: result.value for start, result in found.items()}

    def test_contribution_and_value_creation_by_period(self):
        order = self._create_order(self.acme, "2026-05-04", 1000, cost=600)
        invoice = self._invoice(order, "2026-05-05")
        self._refund(invoice, "2026-06-01", 100)
        self._touch(self.acme, "2026-05-31 15:59:00", kind_cost=25)  # still in May
        self._touch(self.acme, "2026-05-31 16:00:00", kind_cost=10)
        self._touch(self.acme, "2026-06-02 08:00:00", kind_cost=99, state="planned")
        self.assertEqual(self._measure("contribution"), {5: 375.0, 6: -50.0})
        self.assertEqual(self._measure("value_creation"), {5: 16.0, 6: -4.0})
        measure = self.env["crm.measure"].search([("code", "=", "contribution")])
        for period, margin in ((MAY, 400), (JUNE, -40)):
            action = measure.with_user(self.analyst)._get_drill_action(
                self.company, *period[:2]
            )
            rows = self.env["crm.sale.movement"].with_user(self.analyst)
            found = rows.search(action["domain"])
            self.assertAlmostEqual(sum(found.mapped("margin")), margin)
        year = Period(date(2025, 7, 1), date(2026, 6, 30))
        row = self._read("profit")[self.acme.id]
        self.assertEqual(
            self._measure("contribution", year), {7: float(row["contribution"])}
        )

    def test_no_figure_where_nothing_was_spent_or_paid(self):
        self.assertEqual(self._measure("contribution"), {5: 0.0, 6: 0.0})
        self.assertEqual(self._measure("value_creation"), {5: None, 6: None})
        self.assertEqual(self._measure("days_to_pay"), {5: None, 6: None})

    def test_days_to_pay(self):
        invoice = self._invoice(
            self._create_order(self.acme, "2026-05-01", 1000), "2026-05-01"
        )
        for day, amount in (("2026-05-11", 750), ("2026-06-20", 250)):
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create({"payment_date": day, "amount": amount})._create_payments()
        self.assertEqual(self._measure("days_to_pay"), {5: 10.0, 6: 50.0})
        measure = self.env["crm.measure"].search([("code", "=", "days_to_pay")])
        moves = self.env["account.move"].with_user(self.manager)
        for user, found in ((self.manager, invoice), (self.analyst, None)):
            drill = measure.with_user(user)._get_drill_action
            if found is None:
                with self.assertRaises(UserError):
                    drill(self.company, *MAY[:2])
                continue
            self.assertEqual(
                moves.search(drill(self.company, *MAY[:2])["domain"]), found
            )
            before = drill(self.company, date(2026, 4, 1), date(2026, 4, 30))
            self.assertFalse(moves.search(before["domain"]))
        both = Period(MAY.date_from, JUNE.date_to)
        self.assertEqual(self._measure("days_to_pay", both), {5: 20.0})

    def test_quality_customers_after_a_refresh(self):
        self.assertEqual(self._measure("quality_customers", MAY), {})
        zinc = self._create_customer("Zinc")
        tiny = self._create_customer("Tiny")
        for partner, amount, cost in (
            (self.acme, 900, 100),
            (zinc, 90, 200),  # class B, but a loss
            (tiny, 10, 1),
        ):
            order = self._create_order(partner, "2026-05-01", amount, cost=cost)
            self._invoice(order, "2026-05-01")
        self.profit.write({"percent_a": 85.0, "percent_b": 98.0})
        self._refresh("2026-06-30")
        self.assertEqual(self._measure("quality_customers"), {6: 1 / 3})
        measure = self.env["crm.measure"].search([("code", "=", "quality_customers")])
        action = measure._drill_quality_customers(self.company, *JUNE[:2])
        rows = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(rows.partner_id, self.acme)

    def test_tenure_and_stability_after_a_refresh(self):
        self.assertEqual(self._measure("loyalty_tenure"), {6: None})
        zinc = self._create_customer("Zinc")
        for day in ("2026-06-10", "2026-06-20", "2026-06-30"):  # like clockwork
            self._create_order(self.acme, day, 100)
        self._create_order(zinc, "2026-05-31", 100)
        self._create_order(self._create_customer("Gone"), "2024-01-01", 100)
        self._refresh("2026-06-30")
        self.assertEqual(self._measure("loyalty_tenure"), {6: (20 + 30) / 2})
        self.assertEqual(self._measure("loyalty_stability"), {6: 1.0})
        self.assertEqual(self._measure("loyalty_stability", MAY), {})
        measure = self.env.ref("crm_analytics.crm_measure_loyalty_stability")
        action = measure._drill_loyalty_stability(self.company, *JUNE)
        rows = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(rows.partner_id, self.acme)
