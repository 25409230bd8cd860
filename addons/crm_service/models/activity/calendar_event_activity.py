from odoo import api, models
from odoo.exceptions import UserError

from ...tools.sales_activity_states import AHEAD

MOVED = {"start", "stop", "start_date", "stop_date", "duration", "allday", "user_id"}
PEOPLE = {"partner_ids", "attendee_ids"}


class CalendarEvent(models.Model):
    """Meetings of sales activities: what is moved or deleted here follows there."""

    _inherit = "calendar.event"

    def write(self, vals):
        if self.env.context.get("crm_service_event_sync"):
            return super().write(vals)
        keys = set(vals)
        result = super().write(vals)
        if "active" in keys:
            self.filtered(
                lambda e: not e.active
            )._get_activities_ahead()._cancel_without_event()
        if MOVED & keys:
            self.filtered("active")._get_activities_ahead()._follow_event()
        if PEOPLE & keys:
            activities = self.filtered("active")._get_activities_ahead()
            activities.filtered(
                lambda a: a.event_id.res_model == a._name
            )._follow_people()
        return result

    def unlink(self):
        if self.env.context.get("crm_service_event_sync"):
            return super().unlink()
        activities = self._get_activities_ahead()
        result = super().unlink()
        activities._cancel_without_event()
        return result

    def _get_activities_ahead(self):
        """Return the sales activities of these meetings that are still to be done."""
        activities = self.env["crm.sales.activity"]
        if not self.ids:
            return activities
        activities = activities.sudo()  # style: CRM109 the calendar is the other half
        return activities.search([("event_id", "in", self.ids), ("state", "in", AHEAD)])

    @api.model
    def _get_activity_excluded_models(self):
        """A touch is no document that needs an activity for its meeting."""
        return [*super()._get_activity_excluded_models(), "crm.sales.activity"]

    def action_log_sales_activity(self):
        """Log a meeting as a sales activity; ask for the report if it is over."""
        self.ensure_one()
        self.check_access("read")
        touches = self.env["crm.sales.activity"]
        touch = touches.search([("event_id", "=", self.id)], limit=1)
        if not touch and not (vals := touches._prepare_meeting_vals(self)):
            raise UserError(
                self.env._(
                    "“%(name)s” has no customer. Add a contact of the customer as an "
                    "attendee, or link the meeting to an opportunity.",
                    name=self.name,
                )
            )
        if not touch:
            touch = touches.create(vals)
        if touch.state in AHEAD and self._is_event_over():
            return touches._get_log_action({"default_activity_id": touch.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.sales.activity",
            "res_id": touch.id,
            "views": [[False, "form"]],
        }
