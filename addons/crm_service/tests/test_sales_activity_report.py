from datetime import date

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.crm_strategy.tools.measure_period import Period

from .activity_common import NOW, ActivityCommon

FEBRUARY = Period(date(2026, 2, 1), date(2026, 2, 28))
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSalesActivityReport(ActivityCommon):
    """Figures of touches, worked out by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call.cost, cls.visit.cost = 10, 400
        reached, missed = cls.interested.id, cls.missed.id
        cls.first = cls._create_done(cls.call, "2026-02-20 08:00:00", reached)
        cls.second = cls._create_done(cls.visit, "2026-03-01 08:00:00", missed)
        cls.third = cls._create_done(cls.email, "2026-03-11 08:00:00", False)
        cls.planned = cls._create_touch(date_start="2026-03-02 08:00:00")
        cls._create_order("2026-02-01 10:00:00", 70)  # before any touch
        cls._create_order("2026-02-25 10:00:00", 100)  # after the first
        cls._create_order("2026-03-05 10:00:00", 300)  # after the first two
        cls._create_order("2026-03-30 10:00:00", 90)  # after the last two
        cls._create_order("2026-06-01 10:00:00", 55)  # too late
        other = cls._create_customer("Other", cls.anna)
        cls._create_order("2026-03-05 10:00:00", 999, partner=other)
        cls.touches = cls.first | cls.second | cls.third | cls.planned
        cls.env.flush_all()

    @classmethod
    def _create_done(cls, kind, day, outcome_id):
        touch = cls._create_touch(
            kind_id=kind.id,
            date_start=day,
            outcome_id=outcome_id,
            findings="Told",
            contact_ids=[Command.set(cls.berta.ids)],
        )
        touch.action_done()
        return touch

    def _read(self, groupby, *aggregates):
        domain = [("activity_id", "in", self.touches.ids)]
        return self.env["crm.sales.activity.report"]._read_group(
            domain, groupby, aggregates
        )

    def test_revenue_counts_once_in_equal_parts(self):
        revenue = dict(self._read(["activity_id"], "revenue:sum"))
        self.assertEqual(
            {touch: revenue[touch] for touch in self.touches},
            {
                self.first: 100.0 + 150.0,
                self.second: 150.0 + 45.0,
                self.third: 45.0,
                self.planned: 0.0,
            },
        )

    def test_what_was_done_early_counts_from_when_it_was_done(self):
        early = self._create_done(
            self.call, "2026-04-20 08:00:00", self.interested.id
        )  # on 12 March
        self.touches |= early
        revenue = dict(self._read(["activity_id"], "revenue:sum"))
        self.assertEqual(revenue[early], 30.0)  # with two others, of 30 March

    def test_days_of_influence_are_a_setting(self):
        self.company.crm_activity_influence_days = 5
        revenue = dict(self._read(["activity_id"], "revenue:sum"))
        self.assertEqual(
            [revenue[touch] for touch in self.touches], [0.0, 300.0, 0.0, 0.0]
        )

    def test_rates_and_costs_of_a_group(self):
        [(done, overdue, reached, cost, mean)] = self._read(
            [],
            "done_count:sum",
            "overdue_count:sum",
            "reached_rate:avg",
            "cost:sum",
            "cost_per_activity:avg",
        )
        email = self.third.cost
        self.assertEqual((done, overdue, reached), (3, 1, 50.0))
        self.assertEqual(cost, 10 + 400 + email + 10)
        self.assertAlmostEqual(mean, (10 + 400 + email) / 3, 2)

    def test_what_it_brought_and_cost(self):
        """Only the visit has an order in five days; three activities are done."""
        self.company.crm_activity_influence_days = 5
        [row] = self._read(
            [],
            "conversion_count:sum",
            "conversion_rate:avg",
            "revenue:sum",
            "revenue_per_cost:avg",
        )
        count, rate, revenue, effect = row
        self.assertEqual((count, revenue), (1, 300.0))
        self.assertAlmostEqual(rate, 100 / 3)
        self.assertAlmostEqual(effect, 300 / (10 + 400 + self.third.cost))
        by_kind = dict(self._read(["kind_id"], "conversion_rate:avg"))
        self.assertEqual(by_kind[self.visit], 100.0)
        self.assertEqual(by_kind[self.email], 0.0)

    def test_other_companies_do_not_count(self):
        other = self.env["res.company"].create({"name": "Other touch"})
        report = self.env["crm.sales.activity.report"].with_context(
            allowed_company_ids=other.ids
        )
        rows = report._read_group(
            [("activity_id", "in", self.touches.ids)], [], ["revenue:sum"]
        )
        self.assertEqual(rows, [(0.0,)])

    def test_measures(self):
        measures = self.env["crm.measure"]
        periods = [FEBRUARY, MARCH]
        email = self.third.cost
        expected = {
            "sales_activities": [1.0, 2.0],
            "sales_activity_reached": [1.0, 0.0],
            "sales_activity_cost": [10.0, (400 + email) / 2],
            "sales_activity_revenue": [100.0, 390.0],
        }
        for code, values in expected.items():
            with self.subTest(code=code):
                method = getattr(measures, f"_measure_{code}")
                results = method(self.company, periods)
                self.assertEqual(
                    [results[period.date_from].value for period in periods], values
                )

    def test_drill_shows_what_makes_up_the_figure(self):
        measures = self.env["crm.measure"]
        days = (self.company, *MARCH)
        domain = measures._drill_sales_activities(*days)["domain"]
        self.assertEqual(
            self.env["crm.sales.activity"].search(domain), self.third | self.second
        )
        measure = self.env.ref("crm_service.crm_measure_sales_activity_revenue")
        domain = measure._drill_sales_activity_revenue(*days)["domain"]
        orders = self.env["sale.order"].search(domain)
        self.assertEqual(sorted(orders.mapped("amount_untaxed")), [90.0, 300.0])
