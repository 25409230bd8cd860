from odoo import models
from odoo.tools import SQL

from ...tools.event_series import match_series
from ...tools.sales_activity_states import AHEAD

WHOLE = ("all_events", "future_events")


class CalendarEvent(models.Model):
    """A series that is changed as a whole takes its sales activities along.

    The host archives all meetings of the series and makes new ones: what belonged to
    a meeting belongs to the one that stands for it now. Of a meeting without a
    successor, the activity still ahead is cancelled.
    """

    _inherit = "calendar.event"

    def write(self, vals):
        """Follow a change of a whole series once it is through."""
        is_ours = self.env.context.get("crm_service_event_sync")
        if is_ours or vals.get("recurrence_update") not in WHOLE:
            return super().write(vals)
        others = self.recurrence_id.calendar_event_ids - self
        untouched = self.browse()
        if vals["recurrence_update"] == "future_events" and len(self) == 1:
            untouched = others.filtered(lambda event: event.start < self.start)
        series = self | (others - untouched)
        before = {event.id: event.start for event in series}
        touches = self.env["crm.sales.activity"]
        touches = touches.sudo()  # style: CRM109 the calendar is the other half
        touches = touches.search([("event_id", "in", series.ids)])
        events = {touch: touch.event_id.id for touch in touches}
        quiet = self.with_context(crm_service_event_sync=True)
        result = super(CalendarEvent, quiet).write(vals)
        touches.invalidate_recordset(["event_id"])
        successors = series._find_successors(before, untouched)
        self._move_touches(
            {touch: successors.get(event_id) for touch, event_id in events.items()}
        )
        self._move_marks(successors)
        touches.filtered(lambda a: a.state in AHEAD)._follow_series()
        return result

    def _find_successors(self, before, untouched):
        """Return ``{former id: present id}`` of the meetings of this series."""
        standing = self.exists()
        present = standing.filtered("active") | (
            standing.recurrence_id.calendar_event_ids - untouched
        )
        return match_series(before, {event.id: event.start for event in present})

    def _move_touches(self, successors):
        """Link each touch to its meeting of now, where that is another one."""
        moves = {
            touch: event_id
            for touch, event_id in successors.items()
            if event_id and touch.event_id.id != event_id
        }
        self.env["crm.sales.activity"].concat(*moves).event_id = False
        self.env.flush_all()  # a meeting has one touch, so it is set free first
        for touch, event_id in moves.items():
            touch.with_context(crm_service_event_sync=True).event_id = event_id

    def _move_marks(self, successors):
        """Let the meetings of now know what their predecessors knew."""
        moves = [pair for pair in successors.items() if pair[0] != pair[1]]
        if not moves:
            return
        self.flush_model(["crm_is_logged"])
        former, present = zip(*moves, strict=True)
        self.env.execute_query(
            SQL(
                """UPDATE calendar_event e SET crm_is_logged = f.crm_is_logged
                     FROM UNNEST(%s::int[], %s::int[]) AS m(former, present)
                     JOIN calendar_event f ON f.id = m.former
                    WHERE e.id = m.present AND e.id <> f.id
                RETURNING e.id""",
                list(former),
                list(present),
            )
        )
        self.invalidate_model(["crm_is_logged"])
