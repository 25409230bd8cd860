from datetime import datetime
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .complaint_common import ComplaintCase

CRON = "crm_service.ir_cron_complaint_deadline"


@tagged("post_install", "-at_install")
class TestComplaintClock(ComplaintCase):
    """Promised times: 4, 16 and 40 working hours; work is 8-12 and 13-17.

    6 May 2024 is a Monday. The calendar of the tests speaks UTC.
    """

    def _assert_times(self, complaint, reply, decision, resolution):
        times = [
            complaint[f"deadline_{name}"]
            for name in ("reply", "decision", "resolution")
        ]
        expected = [
            datetime.fromisoformat(text) for text in (reply, decision, resolution)
        ]
        self.assertEqual(times, expected)

    @freeze_time("2024-05-06 10:00:00")
    def test_times_count_working_hours(self):
        complaint = self._create_complaint()
        self._assert_times(
            complaint, "2024-05-06 15:00", "2024-05-08 10:00", "2024-05-13 10:00"
        )
        # three of four hours are over at 14:00: that is when somebody is warned
        self.assertEqual(complaint.warn_reply, datetime(2024, 5, 6, 14))
        self.assertEqual(complaint.date_check, datetime(2024, 5, 6, 14))
        self.assertEqual(complaint.deadline_next, datetime(2024, 5, 6, 15))
        self.assertEqual(complaint.reply_state, "ok")

    @freeze_time("2024-05-10 16:00:00")
    def test_weekend_and_holiday_do_not_count(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Monday off",
                "calendar_id": self.calendar.id,
                "date_from": "2024-05-13 00:00:00",
                "date_to": "2024-05-13 23:59:59",
            }
        )
        complaint = self._create_complaint()
        self._assert_times(
            complaint, "2024-05-14 11:00", "2024-05-15 16:00", "2024-05-20 16:00"
        )

    def test_most_special_time_holds(self):
        segment = self.env["crm.segment"].create(
            {
                "name": "A",
                "segmentation_id": self.env["crm.segmentation"]
                .create({"name": "Value"})
                .id,
            }
        )
        segment._assign(self.customer)
        self.env["crm.complaint.deadline"].create(
            [
                {"segment_id": segment.id, "hours_reply": 2},
                {"kind_id": self.kind.id, "hours_reply": 1},
            ]
        )
        with freeze_time("2024-05-06 10:00:00"):
            complaint = self._create_complaint()
            self.assertEqual(complaint.deadline_reply, datetime(2024, 5, 6, 11))
            other = self.env["crm.complaint.kind"].create({"name": "B", "code": "b"})
            complaint.kind_id = other
            self.assertEqual(complaint.deadline_reply, datetime(2024, 5, 6, 12))

    def test_waiting_for_the_customer_stops_the_clock(self):
        with freeze_time("2024-05-06 10:00:00"):
            complaint = self._create_complaint().with_user(self.agent)
        with freeze_time("2024-05-06 11:00:00"):
            complaint.action_wait()
            self.assertTrue(complaint.is_waiting)
            self.assertFalse(complaint.date_check)
        with freeze_time("2024-05-08 14:00:00"):
            self._run_cron()
            self.assertEqual(complaint.reply_state, "ok")
            complaint.action_resume()
        # 11-12, 13-17, 8-12, 13-17, 8-12, 13-14 on three days
        self.assertEqual(complaint.waiting_hours, 18.0)
        self._assert_times(
            complaint, "2024-05-08 17:00", "2024-05-10 12:00", "2024-05-15 12:00"
        )

    def test_answer_of_the_customer_ends_the_wait(self):
        complaint = self._create_complaint()
        complaint.action_wait()
        complaint.message_post(
            body="Here is the picture",
            message_type="comment",
            author_id=self.bea.id,
            subtype_xmlid="mail.mt_comment",
        )
        self.assertFalse(complaint.is_waiting)
        self.assertFalse(complaint.date_replied)

    @freeze_time("2024-05-06 10:00:00")
    def test_first_answer_keeps_the_promise_a_note_does_not(self):
        complaint = self._create_complaint().with_user(self.agent)
        complaint.message_post(body="Call him", message_type="comment")
        self.assertFalse(complaint.date_replied)
        complaint.message_post(
            body="We look into it",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(complaint.date_replied, datetime(2024, 5, 6, 10))
        self.assertEqual(complaint.reply_state, "kept")

    def test_late_decision_breaks_its_promise_and_reopening_promises_anew(self):
        with freeze_time("2024-05-06 10:00:00"):
            complaint = self._create_complaint()
            complaint.action_take()
        with freeze_time("2024-05-08 10:30:00"):
            complaint.action_decide()
            complaint.action_tell()
            self.assertEqual(complaint.decision_state, "broken")
            self.assertEqual(complaint.resolution_state, "kept")
            complaint.action_deny("Still torn")
        self._assert_times(
            complaint, "2024-05-06 15:00", "2024-05-10 10:30", "2024-05-15 10:30"
        )
        self.assertEqual(complaint.decision_state, "ok")

    # --- CRON

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref(CRON).method_direct_trigger()

    def _get_alarms(self, complaint):
        alarm = self.env.ref("mail.mail_activity_data_warning")
        return complaint.activity_ids.filtered(lambda a: a.activity_type_id == alarm)

    def test_agent_is_warned_then_the_head_is_told_once(self):
        with freeze_time("2024-05-06 10:00:00"):
            complaint = self._create_complaint(user_id=self.agent.id)
        self.env["crm.complaint"].search([("id", "!=", complaint.id)]).sudo().write(
            {"date_check": False}
        )
        with freeze_time("2024-05-06 14:05:00"):
            self._run_cron()
            self.assertEqual(complaint.reply_state, "warned")
            self.assertEqual(self._get_alarms(complaint).user_id, self.agent)
        with freeze_time("2024-05-06 15:05:00"):
            self._run_cron()
            self._run_cron()
        self.assertEqual(complaint.reply_state, "late")
        alarms = self._get_alarms(complaint)
        self.assertEqual(alarms.user_id, self.agent + self.head)
        self.assertEqual(len(alarms), 2)
        mails = self.env["mail.mail"].search(
            [
                ("recipient_ids", "in", self.head.partner_id.ids),
                ("model", "=", "res.users"),
            ]
        )
        self.assertEqual(len(mails), 1)
        self.assertIn(complaint.name, mails.body_html)

    @mute_logger("odoo.addons.crm_service.models.complaint.crm_complaint_cron")
    def test_one_that_fails_does_not_stop_the_rest(self):
        with freeze_time("2024-05-06 10:00:00"):
            complaints = self.env["crm.complaint"].create(
                [{"kind_id": self.kind.id, "team_id": self.north.id}] * 5
            )
        poison = complaints[2]
        model = type(complaints)
        original = model._plan_alarm

        def fail(records, state):
            if poison in records:
                raise ValueError("poison")
            return original(records, state)

        with (
            freeze_time("2024-05-06 15:05:00"),
            patch(
                "odoo.addons.crm_service.models.complaint.crm_complaint_cron.BATCH", 2
            ),
            patch.object(model, "_plan_alarm", fail),
        ):
            self._run_cron()
        self.assertEqual(
            complaints.mapped("reply_state"), ["late", "late", "ok", "late", "late"]
        )
        self.assertEqual(poison.date_check, datetime(2024, 5, 6, 16, 5))
        with freeze_time("2024-05-06 16:06:00"):
            self._run_cron()
        self.assertEqual(poison.reply_state, "late")

    def test_one_that_somebody_works_on_is_left_to_the_next_run(self):
        with freeze_time("2024-05-06 10:00:00"):
            complaints = self.env["crm.complaint"].create(
                [{"kind_id": self.kind.id, "team_id": self.north.id}] * 3
            )
        busy = complaints[1]
        model = type(complaints)
        original = model.try_lock_for_update
        check = busy.date_check

        def try_lock(records, **kwargs):
            return original(records - busy, **kwargs)

        with (
            freeze_time("2024-05-06 15:05:00"),
            patch.object(model, "try_lock_for_update", try_lock),
        ):
            self._run_cron()
            # nothing is written to it: that would wait, and then fail for all
            self.assertEqual((busy.reply_state, busy.date_check), ("ok", check))
            self.assertEqual((complaints - busy).mapped("reply_state"), ["late"] * 2)
        with freeze_time("2024-05-06 15:06:00"):
            self._run_cron()
        self.assertEqual(busy.reply_state, "late")

    def test_leaders_are_told_from_their_amount(self):
        boss, chief = (
            self.env["res.users"].browse(user.id) for user in (self.seller, self.clerk)
        )
        self.north.copy_ids = [
            Command.create({"user_id": boss.id, "amount_min": 40}),
            Command.create({"user_id": chief.id, "amount_min": 41}),
        ]
        complaint = self._create_complaint()
        complaint.action_take()
        complaint.action_decide()
        self.assertIn(boss.partner_id, complaint.message_partner_ids)
        self.assertNotIn(chief.partner_id, complaint.message_partner_ids)

    def test_leaders_in_copy_read_notes_and_no_mails_to_customers(self):
        boss = self.seller.partner_id
        self.north.copy_ids = [
            Command.create({"user_id": self.seller.id, "amount_min": 40})
        ]
        complaint = self._create_complaint(channel="phone", user_id=self.agent.id)
        desk = complaint.with_user(self.agent)
        self.assertTrue(complaint.is_acknowledged)
        told = complaint.message_ids.filtered(lambda m: boss in m.notified_partner_ids)
        self.assertEqual(len(told), 1)
        self.assertIn("For your information", told.body)
        said = complaint.message_post(
            body="Where is it?",
            author_id=self.bea.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        answer = desk.message_post(
            body="On its way", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        note = desk.message_post(body="Lost?", subtype_xmlid="mail.mt_note")
        self.assertNotIn(boss, (said | answer).notified_partner_ids)
        self.assertIn(boss, note.notified_partner_ids)
        desk.action_take()
        desk.action_decide()
        told = complaint.message_ids.filtered(lambda m: boss in m.notified_partner_ids)
        self.assertEqual(len(told), 2, "he is told once, besides the note")

    def test_leaders_in_copy_stay_so_when_complaints_are_merged(self):
        self.north.copy_ids = [
            Command.create({"user_id": self.seller.id, "amount_min": 40})
        ]
        remaining = self._create_complaint(quantity=0)
        remaining._merge(self._create_complaint(quantity=2))
        follower = remaining.message_follower_ids.filtered(
            lambda f: f.partner_id == self.seller.partner_id
        )
        self.assertEqual(follower.subtype_ids, self.env.ref("mail.mt_note"))
