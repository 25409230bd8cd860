from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.crm_service.models.visit import (
    crm_visit_plan_generate,
    crm_visit_plan_schedule,
)

from .visit_common import NOW, VisitCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCrmVisitSchedule(VisitCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_policy(cls.customer, 12)
        cls.plan = cls._create_plan()
        cls.plan._generate()
        cls.visits = cls.env["crm.sales.activity"].search(
            [("plan_id", "=", cls.plan.id)], order="date_start"
        )

    def test_visits_stand_in_the_calendar_and_nobody_is_written_to(self):
        mails = self.env["mail.mail"].search_count([])
        self.plan.with_user(self.boss).action_schedule()
        self.assertEqual(self.visits.mapped("state"), ["planned"] * 3)
        events = self.visits.event_id
        self.assertEqual(len(events), 3)
        self.assertEqual(events.mapped("start"), self.visits.mapped("date_start"))
        self.assertEqual(events.partner_ids, self.anna.partner_id)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_one_person_at_a_time(self):
        mill = self._create_customer("Mill", self.ben)
        self._create_policy(mill, 4)
        self.plan.person_ids = [Command.create({"user_id": self.ben.id})]
        self.plan._generate()
        self.plan.person_ids.filtered(lambda p: p.user_id == self.ben).with_user(
            self.boss
        ).action_schedule()
        self.assertEqual(
            self.env["crm.sales.activity"]
            .search([("plan_id", "=", self.plan.id), ("state", "=", "planned")])
            .user_id,
            self.ben,
        )

    def test_an_event_moved_to_another_year_is_not_proposed_again(self):
        self.plan.action_schedule()
        visit = self.visits[1]
        visit.event_id.with_user(self.anna).write(
            {"start": "2027-01-12 09:00:00", "stop": "2027-01-12 10:30:00"}
        )
        self.assertEqual(visit.date_start, datetime(2027, 1, 12, 9))
        before = self._get_rows(self.plan)
        self.plan._generate()
        self.assertEqual(self._get_rows(self.plan), before)

    def test_a_deleted_event_cancels_and_is_not_proposed_again(self):
        self.plan.action_schedule()
        self.visits[0].event_id.with_user(self.anna).unlink()
        self.assertEqual(self.visits[0].state, "cancelled")
        self.assertTrue(self.visits[0].cancel_reason)
        before = self._get_rows(self.plan)
        self.plan._generate()
        self.assertEqual(self._get_rows(self.plan), before)

    def test_past_proposals_are_not_scheduled(self):
        last = self.visits[-1].date_start
        self.assertLess(last, datetime(2026, 6, 29))
        with freeze_time("2026-06-29 09:00:00"):
            self.plan.action_schedule()
        self.assertEqual(set(self.visits.mapped("state")), {"proposed"})

    def test_a_draft_has_nothing_to_schedule(self):
        plan = self._create_plan()
        with self.assertRaisesRegex(UserError, "Generate them first"):
            plan.action_schedule()

    # --- JOBS

    def _run_job(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_service.ir_cron_visit_plan").method_direct_trigger()
        self.env.invalidate_all()

    def test_a_big_plan_is_generated_by_the_job(self):
        plan = self._create_plan(date_from="2026-07-01", name="Third quarter")
        with patch.object(crm_visit_plan_generate, "DIRECT_LIMIT", 0):
            action = plan.action_generate()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual((plan.job, plan.visit_count), ("generate", 0))
        self._run_job()
        plan.invalidate_recordset()
        self.assertEqual(
            (plan.job, plan.state, plan.visit_count), (False, "generated", 4)
        )

    def test_the_job_schedules_in_batches(self):
        with patch.object(crm_visit_plan_schedule, "BATCH", 2):
            self.plan.action_schedule()
            self.assertEqual(self.plan.job, "schedule")
            self.assertEqual(self.plan.allowed_actions, "")
            self._run_job()
        self.env.invalidate_all()
        self.assertEqual(self.visits.mapped("state"), ["planned"] * 3)
        self.assertEqual((self.plan.job, self.plan.state), (False, "active"))

    def test_a_failing_plan_says_so_and_lets_others_through(self):
        broken = self._create_plan(date_from="2026-07-01", name="Broken")
        broken._start_job("generate")
        broken.person_ids.unlink()
        self.plan._start_job("schedule", self.anna)
        self._run_job()
        self.env.invalidate_all()
        self.assertFalse(broken.job)
        self.assertIn("no people who visit customers", broken.job_error)
        self.assertEqual(self.visits.mapped("state"), ["planned"] * 3)

    def test_a_plan_that_somebody_holds_lets_others_through(self):
        held = self._create_plan(date_from="2026-07-01", name="Held")
        free = self._create_plan(date_from="2026-07-01", name="Free")
        self._create_policy(self._create_customer("Mill", self.anna), 4)
        (held | free)._start_job("generate")
        model, lock = type(held), type(held).try_lock_for_update
        with patch.object(model, "try_lock_for_update", lambda self: lock(self - held)):
            self._run_job()
        self.env.invalidate_all()
        self.assertEqual((held.job, held.visit_count), ("generate", 0))
        self.assertEqual((free.job, free.state), (False, "generated"))
        self._run_job()
        self.env.invalidate_all()
        self.assertEqual((held.job, held.state), (False, "generated"))

    # --- CUSTOMERS

    def test_merged_customers_have_no_visit_twice(self):
        double = self._create_customer("Foundry again", self.anna)
        self._create_policy(double, 4)
        self.plan._generate()
        own = self.env["crm.sales.activity"].search(
            [("plan_id", "=", self.plan.id), ("partner_id", "=", double.id)]
        )
        self.assertEqual(len(own), 1)
        done = self._create_visit(
            partner_id=double.id, date_start="2026-03-02 08:00:00"
        )
        self._finish(done)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.customer | double).ids, self.customer
        )
        self.env.invalidate_all()
        self.assertFalse(own.exists())
        self.assertEqual(done.partner_id, self.customer)
        self.assertEqual(
            self.env["crm.visit.customer"].search_count(
                [("partner_id", "=", self.customer.id)]
            ),
            1,
        )
        self.plan._generate()
        self.assertEqual(len(self._get_visits(self.plan)), 3)

    def test_two_planned_customers_merged_into_a_third(self):
        doubles = self.env["res.partner"]
        for name in ("Foundry East", "Foundry West"):
            double = self._create_customer(name, self.anna)
            visit = self._create_visit(partner_id=double.id, state="proposed")
            visit.write({"plan_id": self.plan.id, "plan_key": f"{double.id}/1"})
            doubles |= double
        third = self._create_customer("Foundry South", self.anna)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (doubles | third).ids, third
        )
        self.env.invalidate_all()
        visits = self._get_visits(self.plan)
        self.assertEqual(len(visits.filtered(lambda v: v.partner_id == third)), 1)

    # --- MANY AT ONCE

    def _change(self, visits, user=None, **vals):
        wizard = (
            self.env["crm.visit.change"]
            .with_user(user or self.anna)
            .create({"activity_ids": [Command.set(visits.ids)], **vals})
        )
        wizard.action_apply()
        return wizard

    def test_shift_keeps_the_hour_over_the_change_of_clocks(self):
        visit = self._create_visit(date_start="2026-03-27 08:00:00")  # 9:00, Friday
        self._change(visit, action="shift", days=2, is_weekend_skipped=False)
        self.assertEqual(visit.date_start, datetime(2026, 3, 29, 7))  # Sunday, 9:00
        self._change(visit, action="shift", days=6)
        self.assertEqual(visit.date_start, datetime(2026, 4, 6, 7))  # 4 April: Saturday
        self.assertEqual(visit.event_id.start, datetime(2026, 4, 6, 7))

    def test_shift_leaves_out_what_is_over(self):
        done = self._create_visit(date_start="2026-03-02 08:00:00")
        self._finish(done)
        wizard = self._change(self.visits[0] | done, days=7)
        self.assertEqual((wizard.visit_count, wizard.fixed_count), (1, 1))
        self.assertEqual(done.date_start, datetime(2026, 3, 2, 8))
        self.assertTrue(self.visits[0].is_moved)
        with self.assertRaisesRegex(UserError, "None of these visits"):
            self._change(done)

    def test_reassign_and_swap(self):
        first, second, third = self.visits
        self.plan.action_schedule()
        self._change(first, self.boss, action="reassign", user_id=self.ben.id)
        self.assertEqual((first.user_id, first.user_ids), (self.ben, self.ben))
        self.assertEqual(first.event_id.partner_ids, self.ben.partner_id)
        self._change(
            first | second,
            self.boss,
            action="swap",
            user_id=self.anna.id,
            other_user_id=self.ben.id,
        )
        self.assertEqual(first.user_id, self.anna)
        self.assertEqual(second.user_id, self.ben)
        self.assertEqual(third.user_id, self.anna)
        with self.assertRaisesRegex(UserError, "Choose the two people"):
            self._change(third, action="swap", user_id=self.anna.id)
