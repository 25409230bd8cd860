from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .activity_common import NOW, ActivityCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSalesActivityEvent(ActivityCommon):
    """A planned visit stands in the calendar; each side follows the other."""

    def _plan_visit(self, **vals):
        return self._create_touch(
            kind_id=self.visit.id,
            contact_ids=[Command.set(self.berta.ids)],
            user_ids=[Command.set((self.anna | self.ben).ids)],
            **vals,
        )

    def _count_mails(self):
        return self.env["mail.mail"].search_count([])

    def test_planned_stands_in_the_calendar_of_our_people_only(self):
        before = self._count_mails()
        touch = self._plan_visit(duration=2)
        event = touch.event_id
        self.assertEqual(event.name, "Customer Visit - Foundry")
        self.assertEqual(
            (str(event.start), str(event.stop)),
            ("2026-03-16 08:00:00", "2026-03-16 10:00:00"),
        )
        self.assertEqual(event.partner_ids, (self.anna | self.ben).partner_id)
        self.assertEqual((event.user_id, event.res_id), (self.anna, touch.id))
        self.assertFalse(event.alarm_ids or event.activity_ids)
        self.assertEqual(self._count_mails(), before)

    def test_a_call_or_a_proposal_does_not(self):
        touch = self._create_touch()
        proposal = self._plan_visit(state="proposed")
        self.assertFalse((touch | proposal).event_id)
        proposal.action_plan()
        self.assertTrue(proposal.event_id)
        event = proposal.event_id
        proposal.action_unplan()
        self.assertFalse(event.exists() or proposal.event_id)

    def test_the_meeting_follows(self):
        before = self._count_mails()
        touch = self._plan_visit(duration=1)
        event = touch.event_id
        touch.write({"date_start": "2027-01-05 13:00:00", "duration": 3})
        self.assertEqual(
            (str(event.start), str(event.stop)),
            ("2027-01-05 13:00:00", "2027-01-05 16:00:00"),
        )
        touch.sudo().user_id = self.carl
        self.assertEqual(touch.user_ids, self.ben | self.carl)
        self.assertEqual(event.partner_ids, (self.ben | self.carl).partner_id)
        self.assertEqual(event.user_id, self.carl)
        self.assertEqual(self._count_mails(), before)

    def test_the_touch_follows(self):
        touch = self._plan_visit(duration=1)
        touch.action_confirm()
        touch.event_id.with_user(self.anna).write(
            {"start": "2026-03-29 00:30:00", "stop": "2026-03-29 03:00:00"}
        )  # over the change to summer time
        self.assertEqual(str(touch.date_start), "2026-03-29 00:30:00")
        self.assertEqual((touch.duration, touch.state), (2.5, "confirmed"))

    def test_deleted_meeting_leaves_the_reason(self):
        touch = self._plan_visit()
        touch.event_id.with_user(self.anna).unlink()
        self.assertEqual(
            (touch.state, touch.cancel_reason),
            ("cancelled", "The meeting was deleted from the calendar."),
        )
        self.assertFalse(touch.event_id)
        touch.action_revive()
        self.assertTrue(touch.event_id)
        touch.event_id.active = False
        self.assertEqual(touch.state, "cancelled")
        touch.action_revive()
        self.assertTrue(touch.event_id.active)

    def test_deleted_touch_takes_its_meeting_along(self):
        lead = self.env["crm.lead"].create(
            {"name": "Castings", "type": "opportunity", "partner_id": self.customer.id}
        )
        touch = self._plan_visit(lead_id=lead.id, date_start="2026-03-12 06:00:00")
        event = touch.event_id
        touch.with_user(self.boss).unlink()
        self.assertFalse(event.exists())
        self.env["crm.sales.activity"]._cron_log_meetings()
        self.assertFalse(self._get_touches())  # not logged as if it had taken place

    def test_whom_people_invite_stays_invited(self):
        touch = self._plan_visit(duration=1)
        event = touch.event_id.with_user(self.anna)
        invited = self.lea.partner_id | self.berta
        event.write({"partner_ids": [Command.link(p.id) for p in invited]})
        self.assertEqual(touch.user_ids, self.anna | self.ben | self.lea)
        before = self._count_mails()
        touch.date_start = "2026-03-17 08:00:00"
        people = (self.anna | self.ben | self.lea).partner_id | self.berta
        self.assertEqual(event.partner_ids, people)
        self.assertEqual(self._count_mails(), before)

    def test_a_moved_series_takes_the_touch_along(self):
        touch = self._plan_visit(duration=1)
        event = touch.event_id.with_user(self.anna)
        event.write(
            {
                "recurrency": True,
                "rrule_type_ui": "weekly",
                "mon": True,
                "end_type": "count",
                "count": 3,
            }
        )
        self.assertEqual(touch.state, "planned")
        event.write(
            {
                "recurrence_update": "all_events",
                "start": "2026-03-16 10:00:00",
                "stop": "2026-03-16 11:00:00",
            }
        )
        self.assertEqual((touch.state, touch.event_id), ("planned", event))
        self.assertEqual(str(touch.date_start), "2026-03-16 10:00:00")
        event.action_mass_archive("all_events")
        self.assertEqual(touch.state, "cancelled")

    def _plan_series(self, count=4):
        """A visit each week, of which each meeting has its touch."""
        touch = self._plan_visit(duration=1)
        touch.event_id.with_user(self.anna).write(
            {
                "recurrency": True,
                "rrule_type_ui": "weekly",
                "mon": True,
                "end_type": "count",
                "count": count,
            }
        )
        series = touch.event_id.recurrence_id.calendar_event_ids.sorted("start")
        touches = touch
        for event in series - touch.event_id:
            touches |= self._create_touch(
                event_id=event.id, date_start=event.start, duration=1
            )
        return series, touches

    def _get_days(self, touches):
        return [str(touch.date_start) for touch in touches]

    def test_all_touches_of_a_moved_series_follow(self):
        series, touches = self._plan_series()
        series[2].with_user(self.anna).write(
            {
                "recurrence_update": "all_events",
                "start": "2026-03-31 11:00:00",
                "stop": "2026-03-31 12:00:00",
            }
        )
        self.assertEqual(set(touches.mapped("state")), {"planned"})
        self.assertEqual(len(touches.event_id.filtered("active")), 4)
        self.assertEqual(touches.event_id.mapped("start"), touches.mapped("date_start"))
        self.assertEqual(
            [str(touch.date_start.date()) for touch in touches],
            ["2026-03-17", "2026-03-24", "2026-03-31", "2026-04-07"],
        )

    def test_the_rest_of_a_series_moves_and_the_beginning_stays(self):
        series, touches = self._plan_series()
        series[1].with_user(self.anna).write(
            {
                "recurrence_update": "future_events",
                "start": "2026-03-24 08:00:00",
                "stop": "2026-03-24 09:00:00",
            }
        )
        self.assertEqual(set(touches.mapped("state")), {"planned"})
        self.assertEqual(touches[:2].event_id, series[:2])
        self.assertEqual(
            [str(touch.date_start.date()) for touch in touches],
            ["2026-03-16", "2026-03-24", "2026-03-31", "2026-04-07"],
        )

    def test_what_falls_out_of_a_series_is_cancelled(self):
        series, touches = self._plan_series()
        series[0].with_user(self.anna).write(
            {"recurrence_update": "all_events", "count": 2}
        )
        self.assertEqual(
            touches.mapped("state"), ["planned", "planned", "cancelled", "cancelled"]
        )
        self.assertEqual(
            self._get_days(touches[:2]), ["2026-03-16 08:00:00", "2026-03-23 08:00:00"]
        )

    def test_a_declined_series_leaves_its_touches(self):
        series, touches = self._plan_series()
        series[0].with_user(self.ben).change_attendee_status("declined", "all_events")
        series[0].with_user(self.anna).write(
            {
                "recurrence_update": "all_events",
                "start": "2026-03-16 09:00:00",
                "stop": "2026-03-16 10:00:00",
            }
        )
        self.assertEqual(set(touches.mapped("state")), {"planned"})
        self.assertEqual(len(touches.event_id), 4)

    def test_nobody_moves_the_private_meeting_of_another(self):
        event = self.env["calendar.event"].create(
            {
                "name": "Doctor",
                "start": "2026-03-20 09:00:00",
                "stop": "2026-03-20 10:00:00",
                "user_id": self.carl.id,
                "partner_ids": [Command.set(self.carl.partner_id.ids)],
                "privacy": "private",
            }
        )
        touch = self._create_touch()
        with self.assertRaises(AccessError), self.cr.savepoint():
            touch.write({"event_id": event.id, "date_start": "2026-03-25 09:00:00"})
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._create_touch(event_id=event.id)
        self.assertEqual(str(event.start), "2026-03-20 09:00:00")

    def test_cancelled_touch_takes_its_meeting_along_done_leaves_it(self):
        touch = self._plan_visit()
        event = touch.event_id
        touch.action_cancel("Ill")
        self.assertFalse(event.exists())
        done = self._plan_visit(
            date_start="2026-03-12 06:00:00",
            outcome_id=self.interested.id,
            findings="Full order book",
        )
        done.action_done()
        self.assertTrue(done.event_id)
        done.event_id.unlink()
        self.assertEqual(done.state, "done")

    def test_a_meeting_that_people_made_is_not_deleted(self):
        event = self.env["calendar.event"].create(
            {
                "name": "Fair",
                "start": "2026-03-20 09:00:00",
                "stop": "2026-03-20 10:00:00",
                "user_id": self.anna.id,
                "partner_ids": [Command.set((self.anna.partner_id | self.berta).ids)],
            }
        )
        action = event.with_user(self.anna).action_log_sales_activity()
        touch = self.env["crm.sales.activity"].browse(action["res_id"])
        self.assertEqual(
            (touch.event_id, touch.partner_id, touch.contact_ids, touch.source),
            (event, self.customer, self.berta, "meeting"),
        )
        before = self._count_mails()
        touch.date_start = "2026-03-21 09:00:00"
        self.assertEqual(str(event.start), "2026-03-21 09:00:00")
        self.assertEqual(self._count_mails(), before)
        touch.action_cancel("No fair")
        self.assertTrue(event.exists())
        again = event.with_user(self.anna).action_log_sales_activity()
        self.assertEqual(again["res_id"], touch.id)

    def test_many_are_made_in_one_go(self):
        vals = {
            "kind_id": self.visit.id,
            "partner_id": self.customer.id,
            "date_start": "2026-03-16 08:00:00",
            "user_id": self.anna.id,
            "state": "proposed",
        }
        touches = self.env["crm.sales.activity"].create([vals] * 20)
        touches.action_plan()
        self.assertEqual(len(touches.event_id), 20)
