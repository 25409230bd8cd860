from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.crm_strategy.tools.measure_period import Period

from .visit_common import NOW, VisitCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCrmVisitDue(VisitCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.level = cls.env["crm.service.level"].create(
            {
                "name": "Silver",
                "company_id": cls.company.id,
                "visits_per_year": 2,
                "is_default": True,
            }
        )
        cls.scheme = cls.env["crm.segmentation"].create(
            {
                "name": "Visited",
                "kind": "exclusive",
                "company_id": cls.company.id,
                "segment_ids": [Command.create({"name": "Key", "method": "manual"})],
            }
        )
        cls.key = cls.scheme.segment_ids
        cls.mill = cls._create_customer(
            "Mill", cls.anna, company_id=cls.company.id, city="Graz"
        )
        cls.orphan = cls._create_customer("Orphan", company_id=cls.company.id)
        cls.rows = cls.env["crm.visit.customer"]

    def _put_into_segment(self, partner):
        self.env["crm.segment.membership"].sudo().create(
            {
                "segmentation_id": self.scheme.id,
                "segment_id": self.key.id,
                "partner_id": partner.id,
                "company_id": self.company.id,
                "date_start": "2026-01-01 00:00:00",
                "start_reason": "manual",
                "is_exclusive": True,
            }
        )

    def _refresh(self):
        self.rows._refresh(self.company)
        self.env.invalidate_all()

    def _row(self, partner):
        return self.rows.search(
            [("partner_id", "=", partner.id), ("company_id", "=", self.company.id)]
        )

    def _due(self, partner, user=None):
        due = self.env["crm.visit.due"].with_user(user or self.boss)
        return due.search([("partner_id", "=", partner.id)])

    # --- HOW OFTEN

    def test_the_highest_holds_and_says_why(self):
        self._put_into_segment(self.mill)
        cadences = self.env["crm.visit.cadence"]
        cadences.create({"segment_id": self.key.id, "visits_per_year": 12})
        cadences.create({"service_level_id": self.level.id, "visits_per_year": 3})
        self._refresh()
        self.assertEqual(self._row(self.mill).visits_per_year, 12)
        self.assertIn("Visits a year: 12 (cadence of", self._row(self.mill).reason)
        self.assertEqual(self._row(self.orphan).visits_per_year, 3)
        self.assertIn("Silver", self._row(self.orphan).reason)

    def test_a_screen_without_a_row_says_nothing(self):
        """Nobody says how often before the first refresh."""
        rows = self.env["crm.visit.customer"].with_user(self.anna)
        self.assertFalse(rows.new({}).reason)

    def test_the_customers_own_policy_decides(self):
        self._put_into_segment(self.mill)
        self.env["crm.visit.cadence"].create(
            {"segment_id": self.key.id, "visits_per_year": 12}
        )
        self._create_policy(self.mill, 1)
        self._refresh()
        self.assertEqual(self._row(self.mill).visits_per_year, 1)

    def test_a_role_has_a_cadence(self):
        division = self.env["crm.division"].create({"name": "Cadence metal"})
        role = self.env["crm.partner.role"].create(
            {"name": "Dealer", "division_id": division.id, "kind": "dealer"}
        )
        self.env["crm.partner.role.assignment"].create(
            {
                "partner_id": self.mill.id,
                "role_id": role.id,
                "date_from": "2026-01-01",
            }
        )
        self.env["crm.visit.cadence"].create({"role_id": role.id, "visits_per_year": 6})
        self._refresh()
        self.assertEqual(self._row(self.mill).visits_per_year, 6)

    def test_rows_change_only_where_something_changed(self):
        self._refresh()
        row = self._row(self.mill)
        self.assertEqual(str(row.date_since), "2026-03-12")
        with freeze_time("2026-04-01"):
            self.level.visits_per_year = 4
            self._refresh()
        self.assertEqual(self._row(self.mill), row)
        self.assertEqual((row.visits_per_year, str(row.date_since)), (4, "2026-03-12"))
        self.level.is_default = False
        self._refresh()
        self.assertFalse(row.exists())

    # --- WHEN

    def test_due_one_interval_after_the_last_visit(self):
        self._refresh()
        self.assertEqual(
            (self._due(self.mill).date_due, self._due(self.mill).state),
            (date(2026, 3, 12), "due"),
        )
        visit = self._create_visit(
            partner_id=self.mill.id, date_start="2025-08-12 08:00:00"
        )
        self._finish(visit)
        self.env.invalidate_all()
        due = self._due(self.mill)
        # 365 / 2 = 182 days after 12 August 2025
        self.assertEqual(
            (due.date_last, due.date_due, due.days_overdue, due.state),
            (date(2025, 8, 12), date(2026, 2, 10), 30, "overdue"),
        )
        ahead = self._create_visit(
            partner_id=self.mill.id, date_start="2026-04-20 22:30:00"
        )
        self.env.invalidate_all()
        due = self._due(self.mill)
        # half past midnight in Berlin
        self.assertEqual((due.date_next, due.state), (date(2026, 4, 21), "planned"))
        ahead.action_cancel("Ill")
        self.env.invalidate_all()
        self.assertEqual(self._due(self.mill).state, "overdue")

    def test_propose_a_visit_once(self):
        self._refresh()
        due = self._due(self.mill, self.anna)
        action = due.action_propose_visit()
        visit = self.env["crm.sales.activity"].browse(action["res_id"])
        self.assertEqual(
            (visit.partner_id, visit.user_id, visit.state, str(visit.date_start)),
            (self.mill, self.anna, "proposed", "2026-03-13 08:00:00"),
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "a visit ahead already"):
            self._due(self.mill, self.anna).action_propose_visit()

    def test_who_sees_which_customers(self):
        self._refresh()
        partners = (self.mill | self.orphan).ids
        domain = [("partner_id", "in", partners)]
        for user, count in (
            (self.anna, 2),
            (self.lea, 2),
            (self.carl, 1),
            (self.boss, 2),
        ):
            due = self.env["crm.visit.due"].with_user(user)
            self.assertEqual(due.search_count(domain), count, user.login)

    def test_the_customer_shows_the_visits(self):
        self._refresh()
        visit = self._create_visit(
            partner_id=self.mill.id, date_start="2026-03-02 08:00:00"
        )
        self._finish(visit)
        self._create_visit(partner_id=self.mill.id, date_start="2026-04-20 08:00:00")
        mill = self.mill.with_user(self.anna)
        self.assertEqual(
            (mill.visit_last_date, mill.visit_next_date, mill.visit_count),
            (date(2026, 3, 2), date(2026, 4, 20), 2),
        )
        self.assertIn("Visits a year: 2 ", mill.visit_cadence)

    def test_days_of_visits_are_those_of_the_company(self):
        """Early in Shanghai it is still the day before in UTC."""
        self.company.partner_id.tz = "Asia/Shanghai"
        for begin in ("2026-03-01 23:30:00", "2026-04-19 23:30:00"):
            visit = self._create_visit(partner_id=self.mill.id, date_start=begin)
            if begin < NOW:
                self._finish(visit)
        mill = self.mill.with_user(self.anna)
        self.assertEqual(
            (mill.visit_last_date, mill.visit_next_date),
            (date(2026, 3, 2), date(2026, 4, 20)),
        )

    def test_a_visit_done_before_its_day_counts_from_when_it_was_done(self):
        self._refresh()
        visit = self._create_visit(
            partner_id=self.mill.id, date_start="2026-05-04 08:00:00"
        )
        self._finish(visit)
        self.assertEqual(self._due(self.mill).date_last, date(2026, 3, 12))
        mill = self.mill.with_user(self.anna)
        self.assertEqual(mill.visit_last_date, date(2026, 3, 12))

    # --- COVERAGE

    def _create_quarter(self):
        """Four visits planned for March: two done, one cancelled, one overdue."""
        visits = self.env["crm.sales.activity"]
        for day in ("02", "03", "04", "05"):
            visits |= self._create_visit(
                partner_id=self.mill.id, date_start=f"2026-03-{day} 08:00:00"
            )
        visits[0].kind_cost = 500
        self._finish(visits[0] | visits[1])
        visits[2].action_cancel("Snow")
        self._create_visit(
            partner_id=self.mill.id, date_start="2026-03-20 08:00:00", state="proposed"
        )
        self.env.flush_all()
        self.env.invalidate_all()
        return visits

    def test_coverage_counts_each_visit_once(self):
        self._create_quarter()
        self._put_into_segment(self.mill)
        report = self.env["crm.visit.coverage.report"].with_user(self.anna)
        names = ("proposed_count", "planned_count", "done_count", "cancelled_count")
        names += ("overdue_count", "cost")
        domain = [("partner_id", "=", self.mill.id)]
        [[*sums, coverage, cost]] = report._read_group(
            domain,
            [],
            [*(f"{name}:sum" for name in names), "coverage:avg", "cost_per_visit:avg"],
        )
        self.assertEqual(sums, [1, 4, 2, 1, 1, 800.0])
        self.assertEqual((coverage, cost), (50.0, 400.0))
        [[segment, done]] = report._read_group(
            domain, ["segment_id"], ["done_count:sum"]
        )
        self.assertEqual((segment, done), (self.key, 2))
        self.assertFalse(
            self.env["crm.visit.coverage.report"]
            .with_user(self.carl)
            .search_count(domain)
        )

    def test_a_proposal_that_is_cancelled_was_never_planned(self):
        visits = self._create_quarter()
        proposal = self._create_visit(
            partner_id=self.mill.id, date_start="2026-03-23 08:00:00", state="proposed"
        )
        proposal.action_cancel("Not needed")
        self.assertFalse(proposal.is_scheduled)
        self.assertEqual(visits.mapped("is_scheduled"), [True] * 4)
        self.env.flush_all()
        report = self.env["crm.visit.coverage.report"].with_user(self.anna)
        [sums] = report._read_group(
            [("partner_id", "=", self.mill.id)],
            [],
            ["planned_count:sum", "cancelled_count:sum", "coverage:avg"],
        )
        self.assertEqual(sums, (4, 1, 50.0))

    def test_measures_say_the_same(self):
        self._create_quarter()
        periods = [
            Period(date(2026, 2, 1), date(2026, 2, 28)),
            Period(date(2026, 3, 1), date(2026, 3, 31)),
        ]
        measures = self.env["crm.measure"]
        march = periods[1].date_from
        done = measures._measure_visits_done(self.company, periods)
        coverage = measures._measure_visit_coverage(self.company, periods)
        cost = measures._measure_visit_cost(self.company, periods)
        self.assertEqual(done[march].value, 2.0)
        self.assertEqual(coverage[march].value, 0.5)
        self.assertEqual(cost[march].value, 400.0)
        self.assertIsNone(coverage[periods[0].date_from].value)
        action = measures._drill_visits_done(self.company, march, periods[1].date_to)
        visits = self.env["crm.sales.activity"].search(action["domain"])
        self.assertEqual(len(visits), 2)
