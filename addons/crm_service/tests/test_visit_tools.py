import doctest
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

from odoo.tests import BaseCase, tagged

from odoo.addons.crm_service.tools import (
    visit_clock,
    visit_plan,
    visit_plan_states,
    visit_report,
)
from odoo.addons.crm_service.tools.visit_plan import (
    Customer,
    Frame,
    Person,
    plan_visits,
)

BEGIN, END = date(2026, 1, 1), date(2026, 12, 31)


@tagged("post_install", "-at_install")
class TestVisitTools(BaseCase):
    def setUp(self):
        super().setUp()
        year = [BEGIN + timedelta(day) for day in range(365)]
        self.days = {day: 4 for day in year if day.weekday() < 5}

    def _plan(self, customers, people, **kwargs):
        frame = Frame(BEGIN, END, BEGIN, 7)
        return plan_visits(customers, people, frame, **kwargs)

    def test_doctests(self):
        for module in (visit_clock, visit_plan, visit_plan_states, visit_report):
            with self.subTest(module=module.__name__):
                failed, attempted = doctest.testmod(module)
                self.assertTrue(attempted)
                self.assertFalse(failed)

    def test_everybody_gets_the_visits_of_his_cadence(self):
        customers = [Customer(i, 1, (2, 4, 12)[i % 3]) for i in range(1, 121)]
        visits, lacking = self._plan(customers, [Person(1, self.days)])
        self.assertFalse(lacking)
        self.assertEqual(len(visits), 40 * (2 + 4 + 12))
        found = Counter(visit.customer_id for visit in visits)
        self.assertTrue(all(found[c.id] == c.per_year for c in customers))

    def test_visits_are_spread_evenly_over_months_and_days(self):
        customers = [Customer(i, 1, 6) for i in range(1, 101)]
        visits, _lacking = self._plan(customers, [Person(1, self.days)])
        months = Counter(visit.day.month for visit in visits)
        self.assertEqual(sum(months.values()), 600)
        self.assertGreaterEqual(min(months.values()), 45)  # the mean is 50
        self.assertLessEqual(max(months.values()), 55)
        loads = Counter(Counter(visit.day for visit in visits).values())
        self.assertLessEqual(max(loads), 4)  # 600 visits on 261 days: 2.3 a day
        self.assertGreater(loads[2] + loads[3], 240)

    def test_visits_of_a_customer_keep_their_distance(self):
        visits, _lacking = self._plan([Customer(9, 1, 12)], [Person(1, self.days)])
        days = sorted(visit.day for visit in visits)
        gaps = [(after - day).days for day, after in pairwise(days)]
        self.assertEqual(len(days), 12)
        self.assertTrue(all(20 <= gap <= 40 for gap in gaps), gaps)

    def test_holidays_and_months_are_kept_free(self):
        free = {day: n for day, n in self.days.items() if day.month != 8}
        customers = [Customer(i, 1, 12) for i in range(1, 6)]
        visits, lacking = self._plan(customers, [Person(1, free, per_month=7)])
        months = Counter(visit.day.month for visit in visits)
        self.assertEqual(months[8], 0)
        self.assertLessEqual(max(months.values()), 7)
        self.assertEqual((len(visits), lacking), (60, {}))

    def test_no_more_than_fit_and_the_rest_is_counted(self):
        ten = dict(list(self.days.items())[:10])
        customers = [Customer(i, 1, 1) for i in range(1, 51)]
        visits, lacking = self._plan(customers, [Person(1, ten)])
        self.assertEqual((len(visits), lacking), (40, {1: 10}))

    def test_the_same_data_give_the_same_days(self):
        people = [Person(1, self.days), Person(2, self.days)]
        customers = [Customer(i, None if i % 3 else 1, 4) for i in range(1, 81)]
        first = self._plan(customers, people)
        again = self._plan(list(customers), list(people))
        self.assertEqual(first, again)

    def test_kept_visits_stay_and_only_the_rest_is_proposed(self):
        people = [Person(1, self.days)]
        [first, *rest], _lacking = self._plan([Customer(5, 1, 4)], people)
        kept = Customer(5, 1, 4, kept=((first.number, first.day),))
        again, _lacking = self._plan([kept], people, busy={1: {first.day: 1}})
        self.assertEqual(again, rest)

    def test_a_new_customer_moves_nobody_far(self):
        people = [Person(1, self.days)]
        old = [Customer(i, 1, 4) for i in range(1, 41)]
        before, _lacking = self._plan(old, people)
        after, _lacking = self._plan([*old, Customer(99, 1, 4)], people)
        days = {(v.customer_id, v.number): v.day for v in after}
        moved = [v for v in before if days[v.customer_id, v.number] != v.day]
        self.assertFalse(moved)

    def test_nobodys_customers_go_to_who_has_most_room(self):
        people = [Person(1, self.days), Person(2, self.days)]
        customers = [Customer(i, 1, 12) for i in range(1, 21)]
        customers += [Customer(i, None, 12) for i in range(21, 31)]
        visits, _lacking = self._plan(customers, people)
        loads = Counter(visit.person_id for visit in visits)
        self.assertEqual(loads, {1: 240, 2: 120})
