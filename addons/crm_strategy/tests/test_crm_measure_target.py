from datetime import date

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common_measure import FEBRUARY, JANUARY, MARCH, NOW, MeasureCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCrmMeasureTarget(MeasureCommon):
    """Goals beside the actuals of the ledger in :class:`MeasureCommon`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.revenue = cls._get_measure("revenue")
        cls.customers = cls._get_measure("customers")
        cls.targets = cls.env["crm.measure.target"]

    @classmethod
    def _set_goal(cls, measure, date_from, value, **vals):
        return cls.targets.create(
            {
                "measure_id": measure.id,
                "company_id": cls.alpha.id,
                "date_from": date_from,
                "value": value,
                **vals,
            }
        )

    def assertResult(self, goal, *expected):
        self.assertEqual((goal.actual, goal.attainment_display, goal.state), expected)

    def test_goal_beside_the_actual(self):
        january = self._set_goal(self.revenue, JANUARY, 80)
        february = self._set_goal(self.revenue, FEBRUARY, 400, baseline=180)
        march = self._set_goal(self.revenue, MARCH, 60)
        april = self._set_goal(self.revenue, date(2026, 4, 1), 60)
        self.assertResult(january, 0.0, "", "unknown")
        self.revenue._refresh_values()
        self.assertResult(january, 100.0, "125.0 %", "met")
        self.assertResult(february, 290.0, "50.0 %", "missed")
        self.assertResult(march, 30.0, "50.0 %", "running")
        self.assertResult(april, 0.0, "", "unknown")
        self.assertEqual(february.date_to, date(2026, 2, 28))
        measure = self.revenue.with_company(self.alpha)
        shown = (measure.goal_display, measure.attainment_display, measure.goal_state)
        self.assertEqual(shown[1:], ("50.0 %", "missed"))
        self.assertIn("400", shown[0])
        self.assertEqual(
            [row.attainment_display for row in measure.recent_value_ids],
            ["50.0 %", "50.0 %", "125.0 %"],
        )

    def test_less_is_better_and_states_are_judged_as_they_stand(self):
        self.customers.direction = "less"
        goal = self._set_goal(self.customers, MARCH, 2)
        self.customers._refresh_values()
        self.assertResult(goal, 3.0, "66.7 %", "running")
        goal.value = 4
        self.assertEqual(goal.state, "met")

    def test_goal_of_a_year_is_computed_not_added_up(self):
        active = self._get_measure("active_customers")
        year = self._set_goal(active, JANUARY, 4, period="year")
        active._refresh_values()
        # January 1, February 3, March 1, but three customers in all
        self.assertResult(year, 3.0, "75.0 %", "running")
        action = year.action_drill()
        found = self.env[action["res_model"]].with_context(active_test=False)
        self.assertEqual(
            found.search(action["domain"]), self.acme | self.bob | self.old
        )
        self.assertEqual(active.with_company(self.alpha).current_value_id.value, 3.0)
        self.assertEqual(active.with_company(self.alpha).goal_display, "")

    def test_goal_of_another_company_and_period_stays_apart(self):
        self._set_goal(self.revenue, FEBRUARY, 400)
        beta = self._set_goal(self.revenue, FEBRUARY, 1000, company_id=self.beta.id)
        self.revenue._refresh_values()
        self.assertResult(beta, 500.0, "50.0 %", "missed")
        seen = self.targets.with_user(self.salesman).search([])
        self.assertEqual(seen.company_id, self.alpha)

    def test_form_begins_with_the_period_and_where_the_measure_stood(self):
        self.revenue._refresh_values()
        targets = self.targets.with_user(self.manager).with_company(self.alpha)
        with Form(targets) as form:
            form.measure_id = self.revenue
            form.date_from = date(2026, 3, 17)
            self.assertEqual(form.date_from, MARCH)
            self.assertEqual(form.baseline, 290.0)
            form.value = 300
        self.assertEqual(form.record.user_id, self.manager)
        with self.assertRaisesRegex(ValidationError, "first day"):
            self._set_goal(self.revenue, date(2026, 2, 2), 1)
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self._set_goal(self.revenue, MARCH, 1)

    def test_who_reads_the_measure_reads_its_goal_and_managers_set_it(self):
        goal = self._set_goal(self.revenue, FEBRUARY, 400)
        self.revenue._refresh_values()
        own = goal.with_user(self.salesman)
        self.assertEqual(own.attainment_display, "72.5 %")
        for call in (
            lambda: own.write({"value": 1}),
            own.unlink,
            lambda: own.copy({"date_from": MARCH}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                call()
        self.assertEqual(goal.value, 400)
        goal.with_user(self.manager).write({"value": 290})
        self.assertEqual(goal.state, "met")

    def test_goals_come_from_a_file(self):
        """As in the import screen: names of measures, labels of lengths."""
        targets = self.targets.with_user(self.manager).with_company(self.alpha)
        header = ["measure_id", "period", "date_from", "value", "user_id"]
        rows = [
            [self.revenue.name, "Month", "2026-01-01", "80", self.manager.name],
            [self.revenue.name, "Year", "2026-01-01", "1000", ""],
            [self.customers.name, "month", "2026-02-01", "3", ""],
        ]
        result = targets.load(header, rows)
        self.assertFalse(result["messages"])
        goals = targets.browse(result["ids"])
        self.assertEqual(goals.mapped("value"), [80.0, 1000.0, 3.0])
        self.assertEqual(goals.mapped("period"), ["month", "year", "month"])
        self.assertEqual(goals.company_id, self.alpha)
        self.assertEqual(goals[0].user_id, self.manager)
        bad = [[self.revenue.name, "Month", "2026-03-05", "80", ""]]
        self.assertIn("first day", targets.load(header, bad)["messages"][0]["message"])
        denied = self.targets.with_user(self.salesman).load(header, rows[:1])
        self.assertFalse(denied["ids"])

    def test_goals_are_copied_to_the_next_year(self):
        january = self._set_goal(self.revenue, JANUARY, 80, note="Two fairs")
        whole = self._set_goal(self.revenue, JANUARY, 900, period="year")
        there = self._set_goal(self.customers, date(2027, 1, 1), 7)
        kept = self._set_goal(self.customers, JANUARY, 5)
        self.revenue._refresh_values()
        goals = (january | whole | kept).with_user(self.manager)
        action = goals.action_copy_to_next_year()
        found = self.targets.search(action["domain"]) - there
        self.assertEqual(
            {(g.period, g.date_from, g.value, g.baseline, g.note) for g in found},
            {
                ("month", date(2027, 1, 1), 80.0, 100.0, "Two fairs"),
                ("year", date(2027, 1, 1), 900.0, whole.actual, False),
            },
        )
        self.assertEqual(there.value, 7)
        goals.action_copy_to_next_year()
        self.assertEqual(
            self.targets.search_count([("date_from", ">=", "2027-01-01")]), 3
        )
        self.assertEqual(kept.copy({"date_from": FEBRUARY}).date_from, FEBRUARY)
        with self.assertRaises(AccessError):
            january.with_user(self.salesman).action_copy_to_next_year()

    def test_as_many_queries_for_many_goals_as_for_one(self):
        goals = self.targets
        for measure in (self.revenue, self.customers):
            for month in (JANUARY, FEBRUARY, MARCH):
                goals |= self._set_goal(measure, month, 10)
        (self.revenue | self.customers)._refresh_values()
        self.env.flush_all()
        counts = []
        for some in (goals, goals[:1], goals):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some.mapped("attainment_display")
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
