from odoo import api, models
from odoo.fields import Command

from ...tools.sales_activity_states import AHEAD

#: A change of one of these changes the meeting in the calendar
EVENT_FIELDS = {
    "name",
    "kind_id",
    "partner_id",
    "date_start",
    "date_end",
    "duration",
    "user_id",
    "user_ids",
    "state",
    "lead_id",
}
#: How meetings are written: nobody is told, and nothing follows back
QUIET = {
    "crm_service_event_sync": True,
    "no_mail_to_attendees": True,
    "skip_attendee_notification": True,
    "skip_contact_description": True,
    "dont_notify": True,
    "mail_create_nosubscribe": True,
    "tracking_disable": True,
}


class CrmSalesActivity(models.Model):
    """The meeting of a touch in the calendar, both ways.

    =====================  ====================================================
    touch                  meeting
    =====================  ====================================================
    planned, confirmed     stands in the calendar of our people
    moved, other people    moves along
    proposed, cancelled    is removed
    done                   stays
    =====================  ====================================================

    The other way round, a touch ahead moves with its meeting, and is cancelled with
    the reason when the meeting is deleted. A meeting that people made themselves is
    moved along and never removed. Nobody gets a mail of any of this.
    """

    _inherit = "crm.sales.activity"

    # --- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        """Only meetings that one may change oneself can be named."""
        for vals in vals_list:
            self._check_event(vals.get("event_id"))
        activities = super().create(vals_list)
        if any(vals.get("event_id") for vals in vals_list):
            activities._get_events()._mark_logged()
        return activities

    def write(self, vals):
        """Only meetings that one may change oneself can be named."""
        self._check_event(vals.get("event_id"))
        result = super().write(vals)
        if vals.get("event_id"):
            self._get_events()._mark_logged()
        return result

    def unlink(self):
        """The meetings that were made for these touches go with them."""
        events = self._get_own_events()
        result = super().unlink()
        events.unlink()
        return result

    @api.model
    def _check_event(self, event_id):
        """Refuse the private meetings of others: a touch moves its meeting."""
        if event_id and not self.env.su:
            event = self.env["calendar.event"].browse(event_id)
            event.check_access("write")
            event._check_calendar_privacy_write_permissions()

    # --- TO THE CALENDAR

    def _sync_event(self):
        """Make, update or remove the meetings of these touches, without any mail."""
        if self.env.context.get("crm_service_event_sync"):
            return
        wanted = self.filtered(
            lambda a: a.state in AHEAD and (a.kind_id.is_in_calendar or a.event_id)
        )
        wanted.filtered(lambda a: not a.event_id)._create_events()
        for activity in wanted.filtered("event_id"):
            activity._update_event()
        gone = self.filtered(
            lambda a: a.event_id and a.state in ("proposed", "cancelled")
        )
        gone._get_own_events().unlink()

    def _get_events(self):
        """Return the meetings, as the system and without mails."""
        events = self.event_id.sudo()  # style: CRM109 meetings of one's own touches
        return events.with_context(**QUIET)

    def _get_own_events(self):
        """Return the meetings that were made for these touches."""
        return self._get_events().filtered(lambda event: event.res_model == self._name)

    def _create_events(self):
        if not self:
            return
        model_id = self.env["ir.model"]._get_id(self._name)
        events = self.env["calendar.event"].sudo()  # style: CRM109 of one's own touches
        events = events.with_context(**QUIET).create(
            [activity._prepare_event_vals(model_id) for activity in self]
        )
        quiet = self.sudo().with_context(**QUIET)  # style: CRM109 made for them
        for activity, event in zip(quiet, events, strict=True):
            activity.event_id = event

    def _prepare_event_vals(self, model_id):
        return {
            **self._prepare_event_changes(),
            "res_model_id": model_id,
            "res_id": self.id,
            "activity_ids": [],
            "alarm_ids": [],
            "opportunity_id": self.lead_id.id,
        }

    def _prepare_event_changes(self):
        """Return what of the meeting follows the touch; our people only."""
        return {
            "name": self._get_event_name(),
            "start": self.date_start,
            "stop": self.date_end,
            "user_id": self.user_id.id,
            "partner_ids": [Command.set(self._get_our_people().ids)],
        }

    def _get_event_name(self):
        return f"{self.name} - {self.partner_id.display_name}"

    def _get_our_people(self):
        return (self.user_id | self.user_ids).partner_id

    def _update_event(self):
        """Bring the meeting up to date, and write only what differs."""
        event = self._get_events()
        changes = self._prepare_event_changes()
        people = changes.pop("partner_ids")
        if event.res_model != self._name:
            changes = {"start": self.date_start, "stop": self.date_end}
        else:
            changes["active"] = True
            # whom people invited themselves stays invited
            invited = event.partner_ids.filtered("partner_share")
            if event.partner_ids - invited != self._get_our_people():
                links = [Command.link(partner.id) for partner in invited]
                changes["partner_ids"] = [*people, *links]
        values = {
            name: value
            for name, value in changes.items()
            if name == "partner_ids"
            or value != (event[name].id if name == "user_id" else event[name])
        }
        if "start" in values or "stop" in values:
            values |= {"start": self.date_start, "stop": self.date_end}
        if values:
            event.write(values)

    # --- FROM THE CALENDAR

    @api.model
    def _get_event_hours(self, event):
        """Return how long a meeting lasts; the host's duration is not always kept."""
        return (event.stop - event.start).total_seconds() / 3600

    def _follow_event(self):
        """Move these touches to where their meetings are now."""
        for activity in self:
            event = activity.event_id
            values = {"date_start": event.start}
            if not event.allday:
                values["duration"] = self._get_event_hours(event)
            own = event.res_model == self._name
            if own and event.user_id and not event.user_id.share:
                values["user_id"] = event.user_id.id
            values = {
                name: value
                for name, value in values.items()
                if value != (activity[name].id if name == "user_id" else activity[name])
            }
            if values:
                activity.with_context(crm_service_event_sync=True).write(values)

    def _follow_people(self):
        """Let those of us take part who are attendees of the meetings now."""
        for activity in self:
            attendees = activity.event_id.partner_ids.user_ids
            people = attendees.filtered(lambda user: not user.share) | activity.user_id
            if people != activity.user_ids:
                activity.with_context(crm_service_event_sync=True).user_ids = people

    def _follow_series(self):
        """Follow meetings whose whole series was changed: some may be gone."""
        standing = self.filtered("event_id.active")
        (self - standing)._cancel_without_event()
        standing._follow_event()
        standing.filtered(lambda a: a.event_id.res_model == self._name)._follow_people()

    def _cancel_without_event(self):
        """Keep on record that the meetings of these touches were deleted."""
        self.with_context(crm_service_event_sync=True).action_cancel(
            self.env._("The meeting was deleted from the calendar.")
        )
