from datetime import date, datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .visit_common import NOW, VisitCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCrmVisitPlan(VisitCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_policy(cls.customer, 12)
        cls.mill = cls._create_customer("Mill", cls.anna)
        cls._create_policy(cls.mill, 4)
        cls.plan = cls._create_plan()

    def test_the_period_follows_the_choice(self):
        form = Form(self.env["crm.visit.plan"])
        form.date_from = date(2026, 1, 1)
        self.assertEqual(form.date_to, date(2026, 12, 31))
        form.period = "quarter"
        self.assertEqual(form.date_to, date(2026, 3, 31))
        form.team_id = self.team
        form.name = "Team plan"
        plan = form.save()
        self.assertEqual(plan.person_ids.user_id, self.anna | self.ben)

    def test_capacity_counts_working_days_without_holidays_and_leaves(self):
        leaves = self.env["resource.calendar.leaves"]
        may_day = {
            "name": "May Day",
            "calendar_id": self.calendar.id,
            "company_id": self.company.id,
            "date_from": "2026-04-30 22:00:00",
            "date_to": "2026-05-01 22:00:00",
        }
        leaves.create(may_day)
        resource = self.env["resource.resource"].create(
            {
                "name": "Anna",
                "user_id": self.anna.id,
                "company_id": self.company.id,
                "calendar_id": self.calendar.id,
                "tz": "Europe/Berlin",
            }
        )
        leaves.create(
            {
                "name": "A week off, and half a day",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "resource_id": resource.id,
                "date_from": "2026-06-07 22:00:00",
                "date_to": "2026-06-15 11:00:00",
            }
        )
        plan = self._create_plan(self.anna, self.ben)
        plan._generate()
        # 65 days: without 1 May 64; Anna also lacks 5 days and half of 15 June
        anna, ben = plan.person_ids
        self.assertEqual((anna.capacity, ben.capacity), (58 * 4 + 2, 64 * 4))

    def test_days_a_week_and_visits_a_month_limit(self):
        person = self.plan.person_ids
        person.write({"days_per_week": 2, "visits_per_day": 3})
        self.plan._generate()
        self.assertEqual(
            person.capacity, 3 * (13 * 2 + 2)
        )  # 14 weeks touch the quarter

    def test_visits_are_proposed_at_nine_in_the_local_time(self):
        self.assertEqual(self.plan._generate(), 4)
        self.assertEqual(self.plan.state, "generated")
        visits = self._get_visits(self.plan)
        self.assertEqual(set(visits.mapped("state")), {"proposed"})
        self.assertEqual(
            [
                len(visits.filtered(lambda v, p=p: v.partner_id == p))
                for p in (self.customer, self.mill)
            ],
            [3, 1],
        )
        self.assertTrue(all(v.date_start.hour == 7 for v in visits))  # summer time
        visit = visits[0]
        self.assertEqual(
            (visit.user_id, visit.user_ids, visit.team_id, visit.company_id),
            (self.anna, self.anna, self.team, self.company),
        )
        self.assertEqual((visit.kind_id, visit.is_visit), (self.routine, True))
        self.assertEqual(visit.medium_id, self.routine.medium_id)
        self.assertEqual(visit.cost, 300)
        self.assertEqual((visit.date_end - visit.date_start).seconds, 5400)
        self.assertFalse(visits.event_id)
        self.assertFalse(visits.message_ids)
        self.assertIn(
            "Visits a year: 12 (own policy of the customer)",
            self._of(visits, self.customer)[0].cadence_reason,
        )

    def _of(self, visits, customer):
        return visits.filtered(lambda visit: visit.partner_id == customer)

    def test_winter_and_summer_time(self):
        plan = self._create_plan(
            date_from="2026-03-16", period="other", date_to="2026-04-15"
        )
        self._create_policy(self._create_customer("Daily", self.anna), 52)
        plan._generate()
        for visit in self._get_visits(plan):
            is_summer = visit.date_start >= datetime(2026, 3, 29)
            self.assertIn(visit.date_start.hour - (7 if is_summer else 8), (0, 2, 4))

    def test_running_twice_changes_nothing(self):
        self.plan._generate()
        before = self._get_rows(self.plan)
        self.plan._generate()
        self.assertEqual(self._get_rows(self.plan), before)
        self.assertEqual(len(before), 4)

    def test_a_changed_cost_reaches_the_proposals(self):
        self.plan._generate()
        self.routine.cost = 450
        self.plan._generate()
        self.env.invalidate_all()
        visits = self._get_visits(self.plan)
        self.assertEqual(set(visits.mapped("kind_cost")), {450})
        self.assertEqual(set(visits.mapped("cost")), {450})

    def test_a_proposal_is_handed_over_to_whoever_looks_after_the_customer(self):
        foreign = self._create_customer("Carl's", self.carl)
        for state in ("proposed", "planned"):
            visit = self._create_visit(
                self.boss, partner_id=foreign.id, user_id=self.anna.id, state=state
            )
            visit.sudo().plan_id = self.plan
            self.env.flush_all()
            self.env.invalidate_all()
            visit.with_user(self.anna).user_id = self.carl
            self.env.flush_all()
            self.assertEqual((visit.user_id, visit.user_ids), (self.carl, self.carl))
            self.assertEqual(visit.is_moved, state == "proposed")
            if visit.event_id:
                self.assertEqual(visit.event_id.user_id, self.carl)

    def test_what_people_took_up_stays(self):
        self.plan._generate()
        first, second, third = self._of(self._get_visits(self.plan), self.customer)
        first.action_plan()
        first.action_confirm()
        second.with_user(self.anna).date_start = datetime(2026, 5, 12, 12)
        self.assertTrue(second.is_moved)
        third.action_cancel("Not wanted")
        before = self._get_rows(self.plan)
        self.customer.user_id = self.ben  # somebody else's from now on
        self.plan.person_ids = [Command.create({"user_id": self.ben.id})]
        self.plan._generate()
        self.assertEqual(self._get_rows(self.plan), before)

    def test_a_visit_entered_by_hand_takes_a_place(self):
        self._create_visit(date_start="2026-05-04 08:00:00")
        self.plan._generate()
        visits = self._of(self._get_visits(self.plan), self.customer)
        self.assertEqual(len(visits), 2)

    def test_a_changed_cadence_adds_and_removes_proposals(self):
        self.plan._generate()
        planned = self._of(self._get_visits(self.plan), self.customer)[0]
        planned.action_plan()
        policy = self.env["crm.customer.policy"].search(
            [("partner_id", "=", self.customer.id)]
        )
        policy.visits_per_year = 4
        self.plan._generate()
        self.assertEqual(self._of(self._get_visits(self.plan), self.customer), planned)
        policy.visits_per_year = 24
        self.plan._generate()
        self.assertEqual(len(self._of(self._get_visits(self.plan), self.customer)), 6)

    def test_lack_of_room_is_named(self):
        self.plan.person_ids.visits_per_month = 1
        self._create_policy(self._create_customer("Third", self.anna), 12)
        self.plan._generate()
        self.assertEqual(len(self._get_visits(self.plan)), 3)
        self.assertEqual(self.plan.person_ids.lacking_count, 4)
        self.assertIn("has no free day for some visits: 4.", self.plan.result)
        self.assertEqual(self.plan.person_ids.planned_count, 3)

    def test_nobody_without_working_days_is_passed_over_silently(self):
        self.plan.person_ids.visits_per_day = 0
        self.plan._generate()
        self.assertFalse(self._get_visits(self.plan))
        self.assertIn("no working day in the period", self.plan.result)
        self.assertEqual(self.plan.person_ids.lacking_count, 4)

    def test_who_has_left_is_named_and_visits_nobody(self):
        self.anna.active = False
        self.plan._generate()
        self.assertFalse(self._get_visits(self.plan))
        self.assertIn("touch_anna", self.plan.result)
        self.assertEqual(self.plan.person_ids.lacking_count, 4)

    def test_customers_of_nobody(self):
        orphan = self._create_customer("Orphan")
        self._create_policy(orphan, 4)
        self.plan.is_unassigned_included = False
        self.plan._generate()
        self.assertFalse(self._of(self._get_visits(self.plan), orphan))
        self.plan.is_unassigned_included = True
        self.plan.person_ids = [Command.create({"user_id": self.ben.id})]
        self.plan._generate()
        # Ben has no customers yet, so he has more room
        self.assertEqual(
            self._of(self._get_visits(self.plan), orphan).user_id, self.ben
        )

    def test_archived_customers_are_not_proposed_any_more(self):
        self.plan._generate()
        self.mill.active = False
        self.assertEqual(self._get_visits(self.plan).partner_id, self.customer)
        self.plan._generate()
        self.assertEqual(self._get_visits(self.plan).partner_id, self.customer)
        self.mill.active = True
        self.plan._generate()
        self.assertEqual(len(self._get_visits(self.plan)), 4)

    def test_plans_that_cannot_be_generated_say_why(self):
        plan = self._create_plan(date_from="2025-01-01")
        with self.assertRaisesRegex(UserError, "is over"):
            plan.action_generate()
        plan.person_ids.unlink()
        with self.assertRaisesRegex(UserError, "no people who visit"):
            plan.action_generate()
        self.assertFalse(self._get_visits(plan))
        with self.assertRaises(ValidationError):
            self._create_plan(period="other", date_to="2027-06-30")

    def test_a_plan_with_visits_keeps_its_period(self):
        self.plan._generate()
        with self.assertRaisesRegex(UserError, "Back to Draft"):
            self.plan.date_from = date(2026, 7, 1)
        self.plan.action_reset()
        self.assertEqual((self.plan.state, self.plan.visit_count), ("draft", 0))
        self.plan.date_from = date(2026, 7, 1)

    def test_closing_removes_proposals_only(self):
        self.plan._generate()
        visits = self._get_visits(self.plan)
        visits[0].action_plan()
        self.plan.action_close()
        self.assertEqual(self._get_visits(self.plan), visits[0])
        with self.assertRaisesRegex(UserError, "is closed"):
            self.plan.action_generate()
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            self.plan.unlink()

    def test_missed_proposals_are_made_up_for_once(self):
        self.plan._generate()
        with freeze_time("2026-06-10 09:00:00"):
            self.plan._generate()
            visits = self._of(self._get_visits(self.plan), self.customer)
            self.assertTrue(all(v.date_start >= datetime(2026, 6, 10) for v in visits))
            self.assertLessEqual(len(visits), 2)

    # --- OPPORTUNITIES

    def test_likely_opportunities_are_visited_before_the_quarter_ends(self):
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": name,
                    "type": "opportunity",
                    "partner_id": self.berta.id,
                    "user_id": self.anna.id,
                    "company_id": self.company.id,
                    "team_id": self.team.id,
                    "probability": probability,
                }
                for name, probability in (("Likely", 80), ("Unlikely", 10))
            ]
        )
        self.plan.write({"is_lead_included": True, "lead_probability": 50})
        self.plan._generate()
        visit = self._get_visits(self.plan).filtered("lead_id")
        self.assertEqual((visit.lead_id, visit.partner_id), (leads[0], self.customer))
        self.assertLessEqual(self._local_day(visit), date(2026, 6, 30))
        self.assertEqual(visit.plan_key, f"lead/{leads[0].id}")
        # it takes the place of one of the three
        self.assertEqual(len(self._of(self._get_visits(self.plan), self.customer)), 3)
        self.plan._generate()
        self.assertEqual(self._get_visits(self.plan).filtered("lead_id"), visit)
        self.assertEqual((self.plan.lead_count, self.plan.conversion_rate), (1, 0.0))
        leads[0].action_set_won()
        self.plan.invalidate_recordset()
        self.assertEqual(
            (self.plan.lead_won_count, self.plan.conversion_rate), (1, 100.0)
        )

    # --- RIGHTS

    def test_salespeople_read_their_plans_and_change_none(self):
        other = self._create_plan(self.ben, name="Of Ben")
        plans = self.env["crm.visit.plan"]
        mine = [("id", "in", (self.plan | other).ids)]
        self.assertEqual(plans.with_user(self.anna).search(mine), self.plan)
        self.assertEqual(plans.with_user(self.lea).search(mine), self.plan | other)
        self.assertFalse(plans.with_user(self.carl).search(mine))
        self.plan._generate()
        for method in ("action_generate", "action_schedule", "action_close"):
            with self.assertRaises(AccessError):
                getattr(self.plan.with_user(self.anna), method)()
        self.assertEqual((self.plan.state, self.plan.proposed_count), ("generated", 4))

    def test_a_manager_generates_and_schedules(self):
        plan = self.plan.with_user(self.boss)
        plan.action_generate()
        plan.action_schedule()
        self.assertEqual(plan.state, "active")
        self.assertEqual((plan.proposed_count, plan.ahead_count), (0, 4))

    def test_two_companies_do_not_mix(self):
        other = self.env["res.company"].create({"name": "Other Ltd"})
        self.plan._generate()
        rows = self.env["crm.visit.customer"].search([("company_id", "=", other.id)])
        self.assertFalse(rows)
        self.assertEqual(self._get_visits(self.plan).company_id, self.company)
