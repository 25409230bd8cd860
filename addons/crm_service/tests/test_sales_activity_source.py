from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .activity_common import NOW, ActivityCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSalesActivitySource(ActivityCommon):
    """What people do in the host is on record as one touch, not two."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Furnace",
                "type": "opportunity",
                "partner_id": cls.berta.id,
                "user_id": cls.anna.id,
                "company_id": cls.company.id,
            }
        )
        # maintains contacts, sells nothing
        cls.clerk = cls._create_user(
            "clerk", "base.group_user,base.group_partner_manager"
        )
        cls.todo = cls.env.ref("mail.mail_activity_data_todo")
        cls.call_type = cls.env.ref("mail.mail_activity_data_call")
        cls.meeting_type = cls.env.ref("mail.mail_activity_data_meeting")
        cls.email_type = cls.env.ref("mail.mail_activity_data_email")

    def _schedule(self, record, activity_type, user=None, **vals):
        return record.with_user(user or self.anna).activity_schedule(
            activity_type_id=activity_type.id,
            user_id=(user or self.anna).id,
            date_deadline="2026-03-12",
            **vals,
        )

    def _create_event(self, **vals):
        return self.env["calendar.event"].create(
            {
                "name": "Review",
                "start": "2026-03-12 06:00:00",
                "stop": "2026-03-12 07:30:00",
                "user_id": self.anna.id,
                "partner_ids": [Command.set(self.anna.partner_id.ids)],
                **vals,
            }
        )

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "crm_service.ir_cron_sales_activity_meeting"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def _send(self, record, partners, user=None, **vals):
        return record.with_user(user or self.anna).message_post(
            body="Our offer",
            subject="Offer",
            partner_ids=partners.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            **vals,
        )

    # --- SCHEDULED ACTIVITIES

    def test_a_call_marked_as_done(self):
        activity = self._schedule(self.lead, self.call_type, summary="Ask for drawings")
        activity.action_feedback(feedback="They come on Monday")
        touch = self._get_touches()
        self.assertEqual(
            (touch.name, touch.kind_id, touch.state, touch.source, touch.findings),
            ("Ask for drawings", self.call, "done", "activity", "They come on Monday"),
        )
        self.assertEqual(
            (touch.lead_id, touch.contact_ids, touch.user_id, touch.mail_activity_id),
            (self.lead, self.berta, self.anna, activity),
        )
        self.assertEqual((str(touch.date_done), touch.company_id), (NOW, self.company))
        self.assertFalse(touch.outcome_id)

    def test_what_is_no_touch(self):
        self._schedule(self.lead, self.todo).action_feedback()
        own = self.anna.partner_id
        self._schedule(own, self.call_type).action_feedback()
        self._schedule(self.customer, self.call_type, self.clerk).action_feedback()
        self.company.crm_activity_from_activity = False
        self._schedule(self.lead, self.call_type).action_feedback()
        touches = self.env["crm.sales.activity"].search(
            [("partner_id", "in", (self.customer | own).ids)]
        )
        self.assertFalse(touches)

    def test_activity_of_an_order_links_the_order(self):
        order = self._create_order("2026-03-01 08:00:00", 100, user_id=self.anna.id)
        self._schedule(order, self.call_type).action_feedback()
        touch = self._get_touches()
        self.assertEqual(touch.document_ids.document_ref, order)

    def test_activity_of_a_meeting_completes_its_touch(self):
        touch = self._create_touch(kind_id=self.meeting.id)
        activity = self._schedule(self.lead, self.meeting_type)
        activity.calendar_event_id = touch.event_id
        activity.action_feedback(feedback="Went well")
        self.assertEqual(self._get_touches(), touch)
        self.assertEqual((touch.state, touch.findings), ("done", "Went well"))
        self.assertEqual(touch.mail_activity_id, activity)

    def test_activity_and_meeting_are_one_touch(self):
        activity = self._schedule(self.lead, self.meeting_type)
        event = self._create_event(opportunity_id=self.lead.id)
        activity.calendar_event_id = event
        activity.action_feedback()
        self._run_cron()
        touch = self._get_touches()
        self.assertEqual((touch.event_id, touch.mail_activity_id), (event, activity))
        self.assertEqual(
            (str(touch.date_start), touch.duration), ("2026-03-12 06:00:00", 1.5)
        )

    # --- MEETINGS

    def test_meetings_that_are_over(self):
        event = self._create_event(
            opportunity_id=self.lead.id,
            partner_ids=[
                Command.set(
                    (self.anna.partner_id | self.ben.partner_id | self.berta).ids
                )
            ],
        )
        self._create_event(
            start="2026-03-12 10:00:00",
            stop="2026-03-12 11:00:00",
            opportunity_id=self.lead.id,
        )
        self._create_event()  # linked to nothing
        self._create_event(opportunity_id=self.lead.id, privacy="private")
        self._create_event(opportunity_id=self.lead.id, active=False)
        self._create_event(opportunity_id=self.lead.id, user_id=self.agent.id)
        self._run_cron()
        touch = self._get_touches()
        self.assertEqual(
            (touch.event_id, touch.kind_id, touch.state, touch.source),
            (event, self.meeting, "done", "meeting"),
        )
        self.assertEqual(
            (touch.user_ids, touch.contact_ids), (self.anna | self.ben, self.berta)
        )
        self._run_cron()
        self.assertEqual(self._get_touches(), touch)

    def test_more_than_a_batch_and_one_that_fails(self):
        path = "odoo.addons.crm_service.models.activity.crm_sales_activity_meeting"
        events = [self._create_event(opportunity_id=self.lead.id) for _n in range(5)]
        touches_class = self.env.registry["crm.sales.activity"]
        log = touches_class._log_meeting

        def fail(touches, event):
            if event == events[1]:
                raise ValueError("poison")
            return log(touches, event)

        with (
            patch(f"{path}.MEETING_BATCH", 2),
            patch.object(touches_class, "_log_meeting", fail),
            self.assertLogs(path, "ERROR"),
        ):
            self._run_cron()
        self.assertEqual(len(self._get_touches()), 4)
        self._run_cron()
        self.assertEqual(len(self._get_touches()), 5)

    def test_a_deleted_touch_is_not_logged_again(self):
        event = self._create_event(opportunity_id=self.lead.id)
        self._run_cron()
        self._get_touches().with_user(self.boss).unlink()
        self._run_cron()
        self.assertFalse(self._get_touches())
        self.assertTrue(event.exists())
        log = event.with_user(self.anna).action_log_sales_activity()
        self.assertEqual(log["res_model"], "crm.sales.activity.log")  # by hand it is
        self.assertEqual(self._get_touches().event_id, event)

    def test_a_meeting_that_is_linked_late_is_logged(self):
        event = self._create_event(
            start="2026-01-12 08:00:00", stop="2026-01-12 09:00:00"
        )
        self._run_cron()
        self.assertFalse(self._get_touches())
        event.opportunity_id = self.lead
        self._run_cron()
        self.assertEqual(self._get_touches().event_id, event)
        self._run_cron()
        self.assertEqual(len(self._get_touches()), 1)

    def test_what_cannot_be_logged_is_left_after_a_week(self):
        early = self._create_event(
            opportunity_id=self.lead.id,
            start="2026-03-02 08:00:00",
            stop="2026-03-02 09:00:00",
        )
        late = self._create_event(opportunity_id=self.lead.id)
        self.company.crm_activity_from_meeting = False
        self._run_cron()
        self.company.crm_activity_from_meeting = True
        self._run_cron()
        self.assertEqual(self._get_touches().event_id, late)
        self.assertEqual((early.crm_is_logged, late.crm_is_logged), (True, True))

    def test_each_meeting_of_a_series_is_one_touch(self):
        self._create_event(
            opportunity_id=self.lead.id,
            start="2026-03-10 08:00:00",
            stop="2026-03-10 09:00:00",
            recurrency=True,
            rrule_type="daily",
            rrule_type_ui="daily",
            interval=1,
            end_type="count",
            count=5,
        )
        self._run_cron()
        days = sorted(str(touch.date_start.date()) for touch in self._get_touches())
        self.assertEqual(days, ["2026-03-10", "2026-03-11"])

    def test_a_moved_series_is_not_logged_twice(self):
        event = self._create_event(
            opportunity_id=self.lead.id,
            start="2026-03-09 08:00:00",
            stop="2026-03-09 09:00:00",
            recurrency=True,
            rrule_type="daily",
            rrule_type_ui="daily",
            interval=1,
            end_type="count",
            count=10,
        )
        self._run_cron()
        touches = self._get_touches().sorted("date_start")
        self.assertEqual(len(touches), 3)
        touches[1].with_user(self.boss).unlink()
        series = event.recurrence_id.calendar_event_ids.sorted("start")
        series[5].with_user(self.anna).write(
            {
                "recurrence_update": "all_events",
                "start": "2026-03-14 10:00:00",
                "stop": "2026-03-14 11:00:00",
            }
        )
        self._run_cron()
        left = self._get_touches().sorted("date_start")
        self.assertEqual(left, touches.exists())
        self.assertEqual(
            [str(start) for start in left.event_id.sorted("start").mapped("start")],
            ["2026-03-09 10:00:00", "2026-03-11 10:00:00"],
        )
        self.assertEqual(set(left.event_id.mapped("active")), {True})

    def test_a_meeting_that_is_over_asks_for_the_report(self):
        event = self._create_event(
            partner_ids=[Command.set((self.anna.partner_id | self.berta).ids)]
        )
        action = event.with_user(self.anna).action_log_sales_activity()
        self.assertEqual(action["res_model"], "crm.sales.activity.log")
        wizard = Form(
            self.env["crm.sales.activity.log"]
            .with_user(self.anna)
            .with_context(**action["context"])
        )
        self.assertEqual((wizard.partner_id, wizard.duration), (self.customer, 1.5))
        wizard.outcome_id = self.interested
        wizard.save().action_log()
        touch = self._get_touches()
        self.assertEqual((touch.event_id, touch.state), (event, "done"))

    def test_a_meeting_without_customer(self):
        event = self._create_event()
        with self.assertRaisesRegex(UserError, "has no customer"):
            event.with_user(self.anna).action_log_sales_activity()

    # --- E-MAILS

    def test_an_email_to_the_customer(self):
        message = self._send(self.lead, self.berta)
        touch = self._get_touches()
        self.assertEqual(
            (touch.name, touch.kind_id, touch.state, touch.source),
            ("Offer", self.email, "done", "email"),
        )
        self.assertEqual(
            (touch.lead_id, touch.contact_ids, touch.mail_message_id),
            (self.lead, self.berta, message),
        )

    def test_emails_that_are_none(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self._send(self.lead, self.env["res.partner"])
        self._send(self.lead, self.ben.partner_id)
        self._send(self.lead, stranger)
        self._send(self.customer, self.berta, self.clerk)
        self.lead.with_user(self.anna).message_post(
            body="Note", partner_ids=self.berta.ids, subtype_xmlid="mail.mt_note"
        )
        self.company.crm_activity_from_email = False
        self._send(self.lead, self.berta)
        self.assertFalse(self._get_touches() | self._get_touches(stranger))

    def test_an_email_and_the_activity_for_it_are_one_touch(self):
        activity = self._schedule(self.lead, self.email_type)
        message = self._send(self.lead, self.berta)
        activity.action_feedback(feedback="She has it")
        touch = self._get_touches()
        self.assertEqual(touch.findings, "She has it")
        self.assertEqual(
            (touch.mail_message_id, touch.mail_activity_id), (message, activity)
        )
        self._send(self.lead, self.berta)
        self.assertEqual(len(self._get_touches()), 2)

    def test_a_failure_to_log_stops_nobody(self):
        activity = self._schedule(self.lead, self.email_type)
        touches = type(self.env["crm.sales.activity"])
        with (
            patch.object(touches, "_log_touch", side_effect=UserError("Broken rule")),
            self.assertLogs("odoo.addons.crm_service", "WARNING") as caught,
        ):
            message = self._send(self.lead, self.berta)
            activity.action_feedback(feedback="She has it")
        self.assertEqual(len(caught.output), 2)
        self.assertIn("Broken rule", caught.output[0])
        self.assertTrue(message.exists())
        self.assertEqual(activity.state, "done")
        self.assertFalse(self._get_touches())

    # --- BY HAND

    def test_log_on_one_screen(self):
        order = self._create_order("2026-03-01 08:00:00", 100, user_id=self.anna.id)
        action = order.with_user(self.anna).action_log_sales_activity()
        form = Form(
            self.env["crm.sales.activity.log"]
            .with_user(self.anna)
            .with_context(**action["context"])
        )
        self.assertEqual((form.partner_id, form.kind_id), (self.customer, self.call))
        form.outcome_id = self.interested
        form.findings = "Needs 20 t"
        form.next_step = "Send the offer"
        form.next_date = "2026-03-20"
        form.save().action_log()
        touch = self._get_touches().filtered(lambda t: t.state == "done")
        self.assertEqual(
            (touch.kind_id, touch.findings, touch.company_id, touch.source),
            (self.call, "Needs 20 t", self.company, "manual"),
        )
        self.assertEqual(touch.document_ids.document_ref, order)
        self.assertEqual(touch.next_activity_id.name, "Send the offer")

    def test_the_screen_keeps_nothing_that_is_not_complete(self):
        wizard = self.env["crm.sales.activity.log"].with_user(self.anna)
        wizard = wizard.create(
            {"kind_id": self.visit.id, "partner_id": self.customer.id}
        )
        with self.assertRaisesRegex(UserError, "Outcome"), self.cr.savepoint():
            wizard.action_log()
        self.assertFalse(self._get_touches())
