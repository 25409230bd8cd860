from odoo.tests import freeze_time, tagged

from odoo.addons.crm_service.models.contact import crm_complaint_alert

from .contact_common import NOW, ContactCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestContactCron(ContactCommon):
    """The background job finds missing and forgotten calls, each once."""

    def _run(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "crm_service.ir_cron_complaint_contact"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def test_call_taken_off_the_list_comes_back_once(self):
        complaints = self._create_complaint("inform") + self._create_complaint(
            "follow_up"
        )
        complaints.activity_ids.unlink()
        self._run()
        self._run()
        self.assertEqual(
            [self._get_calls(complaint)[0][1:] for complaint in complaints],
            [("2026-03-12", "call_agent"), ("2026-03-15", "call_agent")],
        )
        self.assertEqual(len(complaints.activity_ids), 2)

    def test_forgotten_call_is_reminded_of_once(self):
        complaint = self._create_complaint("follow_up")
        before = complaint.message_ids
        notified = self.env["mail.message"].search_count(
            [("res_id", "=", complaint.id), ("message_type", "=", "user_notification")]
        )
        with freeze_time("2026-03-17 09:00:00"):
            self._run()
            self._run()
        self.assertTrue(complaint.is_contact_reminded)
        self.assertEqual(len(self._get_calls(complaint)), 1)
        self.assertEqual(complaint.message_ids, before)
        self.assertEqual(
            self.env["mail.message"].search_count(
                [
                    ("res_id", "=", complaint.id),
                    ("message_type", "=", "user_notification"),
                ]
            ),
            notified + 1,
        )

    def test_broken_complaint_does_not_stop_the_others(self):
        bad, good = (self._create_complaint("inform") for _ in range(2))
        (bad + good).activity_ids.unlink()
        plan = self.env.registry["crm.complaint"]._plan_call

        def fail_for_bad(complaint, day):
            if complaint.id == bad.id:
                raise ValueError("broken")
            return plan(complaint, day)

        self.patch(self.env.registry["crm.complaint"], "_plan_call", fail_for_bad)
        with self.assertLogs("odoo.addons.crm_service", "WARNING"):
            self._run()
        self.assertEqual(len(self._get_calls(good)), 1)
        self.assertFalse(self._get_calls(bad))
        self.assertEqual(bad.contact_error, "broken")
        self._run()  # waits for tomorrow
        self.patch(self.env.registry["crm.complaint"], "_plan_call", plan)
        with freeze_time("2026-03-13 09:00:00"):
            self._run()
        self.assertEqual(len(self._get_calls(bad)), 1)
        self.assertFalse(bad.contact_error)

    def test_day_is_that_of_the_company(self):
        """At 20:00 UTC it is the next morning in Shanghai, and still today at home."""
        complaint = self._create_complaint("inform")
        self.assertEqual(str(complaint.date_contact), "2026-03-12")
        with freeze_time("2026-03-12 20:00:00"):
            self._run()
            self.assertFalse(complaint.is_contact_reminded)
            self.company.partner_id.tz = "Asia/Shanghai"
            self._run()
        self.assertTrue(complaint.is_contact_reminded)

    def test_new_call_is_due_on_the_company_s_day(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        with freeze_time("2026-03-12 20:00:00"):
            complaint = self._create_complaint("inform")
        self.assertEqual(self._get_calls(complaint)[0][1], "2026-03-13")

    def test_more_than_one_batch(self):
        complaints = self.env["crm.complaint"]
        for _ in range(5):
            complaints += self._create_complaint("inform")
        complaints.activity_ids.unlink()
        self.patch(crm_complaint_alert, "BATCH", 2)
        for _ in range(3):
            self._run()
        self.assertEqual(len(complaints.activity_ids), 5)
