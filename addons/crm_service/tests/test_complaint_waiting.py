from datetime import datetime

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.crm_service.models.contact import crm_complaint_waiting

from .contact_common import NOW, ContactCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestComplaintWaiting(ContactCommon):
    """A pause that began on Thursday, 12 March: reminder on 15, decision on 22."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer.email = "berta@foundry.example"

    def _create_waiting(self, **vals):
        complaint = self._create_complaint("progress", **vals)
        complaint.action_wait()
        return complaint.sudo()

    def _run(self, moment):
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref(
                "crm_service.ir_cron_complaint_waiting"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def _get_reminders(self, complaint):
        return complaint.message_ids.filtered(
            lambda m: (
                m.message_type == "auto_comment"
                and "We are waiting for your answer" in (m.subject or "")
            )
        )

    def _get_asked(self, complaint):
        kind = self.env.ref("crm_service.mail_activity_type_silent")
        return complaint.activity_ids.filtered(lambda a: a.activity_type_id == kind)

    def test_customer_is_reminded_once_after_three_days(self):
        complaint = self._create_waiting()
        self._run("2026-03-15 08:59:00")
        self.assertFalse(self._get_reminders(complaint))
        self._run("2026-03-15 09:00:00")
        self._run("2026-03-15 13:00:00")
        self._run("2026-03-20 09:00:00")
        reminder = self._get_reminders(complaint)
        self.assertEqual(len(reminder), 1)
        self.assertIn(self.buyer, reminder.notified_partner_ids)
        self.assertIn(complaint.name, reminder.body)
        self.assertIn(f"/my/complaints/{complaint.id}?access_token=", reminder.body)
        self.assertTrue(complaint.is_waiting)
        self.assertFalse(complaint.date_replied, "nobody has written it")
        self.assertFalse(self._get_asked(complaint))

    def test_agent_decides_after_ten_days_once(self):
        complaint = self._create_waiting()
        self._run("2026-03-16 09:00:00")
        self._run("2026-03-22 09:00:00")
        self._run("2026-03-25 09:00:00")
        asked = self._get_asked(complaint)
        self.assertEqual(asked.user_id, self.agent)
        self.assertEqual(str(asked.date_deadline), "2026-03-22")
        self.assertIn("2026-03-12", asked.note)
        self.assertEqual(len(self._get_reminders(complaint)), 1)
        self.assertTrue(complaint.is_waiting, "a person decides, not the clock")

    def test_long_pause_is_not_reminded_of_any_more(self):
        """Found after a month, as after an upgrade: the agent decides at once."""
        complaint = self._create_waiting()
        self._run("2026-04-12 09:00:00")
        self.assertFalse(self._get_reminders(complaint))
        self.assertEqual(len(self._get_asked(complaint)), 1)

    def test_answer_ends_it_and_a_new_pause_counts_anew(self):
        complaint = self._create_waiting()
        self._run("2026-03-15 09:00:00")
        self._run("2026-03-22 09:00:00")
        with freeze_time("2026-03-23 09:00:00"):
            complaint.message_post(
                body="Here it is",
                author_id=self.buyer.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        self.assertFalse(complaint.is_waiting)
        self.assertFalse(self._get_asked(complaint))
        with freeze_time("2026-03-24 09:00:00"):
            complaint.with_user(self.agent).action_wait()
        self._run("2026-03-26 09:00:00")
        self.assertEqual(len(self._get_reminders(complaint)), 1)
        self._run("2026-03-27 09:00:00")
        self.assertEqual(len(self._get_reminders(complaint)), 2)

    def test_cancelling_ends_the_to_do(self):
        complaint = self._create_waiting()
        self._run("2026-03-22 09:00:00")
        complaint.with_user(self.agent).action_cancel("No answer")
        self.assertFalse(self._get_asked(complaint))
        self.assertFalse(complaint.is_wait_asked)

    def test_days_are_those_of_the_team(self):
        self.team.write({"wait_reminder_days": 1, "wait_end_days": 0})
        complaint = self._create_waiting()
        self._run("2026-03-13 09:00:00")
        self._run("2026-05-13 09:00:00")
        self.assertEqual(len(self._get_reminders(complaint)), 1)
        self.assertFalse(self._get_asked(complaint))
        self.team.write({"wait_reminder_days": 0})
        other = self._create_waiting()
        self._run("2026-05-14 09:00:00")
        self.assertFalse(self._get_reminders(other))

    @mute_logger("odoo.sql_db")
    def test_reminder_goes_before_the_decision(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.team.write({"wait_reminder_days": 5, "wait_end_days": 5})
            self.env.flush_all()

    def test_who_has_no_address_and_no_agent(self):
        self.buyer.email = False
        complaint = self._create_waiting()
        complaint.write({"email_from": False, "user_id": False})
        self._run("2026-03-15 09:00:00")
        self.assertTrue(complaint.is_wait_reminded)
        self.assertFalse(self._get_reminders(complaint))
        self._run("2026-03-22 09:00:00")
        self.assertEqual(self._get_asked(complaint).user_id, self.head)

    def test_nobody_writes_the_marks_by_hand(self):
        complaint = self._create_waiting()
        with self.assertRaises(AccessError):
            complaint.with_user(self.agent).is_wait_reminded = True
        self.assertFalse(complaint.is_wait_reminded)

    def test_broken_complaint_does_not_stop_the_others(self):
        bad, good = (self._create_waiting() for _ in range(2))
        complaints = self.env.registry["crm.complaint"]
        remind = complaints._remind_customer

        def fail_for_bad(complaint):
            if complaint.id == bad.id:
                raise ValueError("broken")
            return remind(complaint)

        self.patch(complaints, "_remind_customer", fail_for_bad)
        with self.assertLogs("odoo.addons.crm_service", "WARNING"):
            self._run("2026-03-15 09:00:00")
        self.assertEqual(len(self._get_reminders(good)), 1)
        self.assertEqual(bad.wait_retry, datetime(2026, 3, 15, 21))
        self._run("2026-03-15 20:00:00")
        self.patch(complaints, "_remind_customer", remind)
        self._run("2026-03-15 21:00:00")
        self.assertEqual(len(self._get_reminders(bad)), 1)

    def test_more_than_one_batch(self):
        complaints = self.env["crm.complaint"]
        for _ in range(5):
            complaints |= self._create_waiting()
        self.patch(crm_complaint_waiting, "BATCH", 2)
        for _ in range(3):
            self._run("2026-03-15 09:00:00")
        self.assertEqual(
            [len(self._get_reminders(complaint)) for complaint in complaints], [1] * 5
        )
