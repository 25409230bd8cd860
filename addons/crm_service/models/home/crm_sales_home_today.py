from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.customer_panel import days_late
from .crm_sales_home import LIMIT

ACTION = "crm_service.crm_sales_activity_action"
# A day has more rows than other sections, that of a whole team more than fit
DAY_LIMIT = 40


class CrmSalesHome(models.AbstractModel):
    """What is to be done today, and what should have been done before."""

    _inherit = "crm.sales.home"

    @api.model
    def _get_sections(self):
        return [
            *super()._get_sections(),
            {
                "key": "today",
                "label": self.env._("Today"),
                "icon": "fa-calendar-check-o",
                "sequence": 10,
                "method": "_today",
            },
            {
                "key": "overdue",
                "label": self.env._("Overdue"),
                "icon": "fa-exclamation-circle",
                "sequence": 20,
                "method": "_overdue",
            },
        ]

    # --- TODAY

    @api.model
    def _today(self, scope):
        """Touches, meetings and to-dos of the day, by the clock."""
        touch_domain = self._get_touch_today_domain(scope)
        todo_domain = self._get_todo_domain(scope, "=")
        touches = self._find_touches(touch_domain, DAY_LIMIT)
        todos = self._find_todos(todo_domain, DAY_LIMIT)
        meetings = self._find_meetings(scope, touches.event_id)
        rows = [
            *self._prepare_touch_rows(touches, scope),
            *self._prepare_meeting_rows(meetings),
            *self._prepare_todo_rows(todos, scope),
        ]
        rows.sort(key=lambda row: (row["date"] is None, row["date"] or ""))
        return {
            "count": self._count_ahead(touch_domain, touches)
            + self._count("mail.activity", todo_domain, todos, DAY_LIMIT)
            + len([meeting for meeting in meetings if not self._is_over(meeting)]),
            "tone": "info",
            "rows": rows[:DAY_LIMIT],
            "has_more": len(rows) > DAY_LIMIT,
            "empty": self.env._("Nothing is planned for today."),
        }

    @api.model
    def _count_ahead(self, domain, touches):
        """Count what is still to be done of the day's touches."""
        if len(touches) < DAY_LIMIT:
            return len(touches.filtered(lambda touch: touch.state != "done"))
        return touches.search_count(domain & Domain("state", "!=", "done"))

    @api.model
    def _today_action(self, scope, _row_key):
        domain = self._get_touch_today_domain(scope)
        return self._open(ACTION, domain, self.env._("Today"))

    @api.model
    def _get_touch_today_domain(self, scope):
        return (
            self._get_touch_domain(scope)
            & Domain("date_start", ">=", scope.begin)
            & Domain("date_start", "<", scope.end)
            & Domain("state", "in", ["planned", "confirmed", "done"])
        )

    # --- OVERDUE

    @api.model
    def _overdue(self, scope):
        """Touches and to-dos of days before today, the oldest first."""
        touch_domain = self._get_touch_overdue_domain(scope)
        todo_domain = self._get_todo_domain(scope, "<")
        touches = self._find_touches(touch_domain, LIMIT)
        todos = self._find_todos(todo_domain, LIMIT)
        rows = [
            *self._prepare_touch_rows(touches, scope),
            *self._prepare_todo_rows(todos, scope),
        ]
        rows.sort(key=lambda row: -row["days_late"])
        return {
            "count": self._count("crm.sales.activity", touch_domain, touches)
            + self._count("mail.activity", todo_domain, todos),
            "tone": "danger",
            "rows": rows[:LIMIT],
            "empty": self.env._("Nothing is overdue. Well done."),
        }

    @api.model
    def _overdue_action(self, scope, _row_key):
        domain = self._get_touch_overdue_domain(scope)
        return self._open(ACTION, domain, self.env._("Overdue"))

    @api.model
    def _get_touch_overdue_domain(self, scope):
        return (
            self._get_touch_domain(scope)
            & Domain("date_start", "<", scope.begin)
            & Domain("state", "in", ["planned", "confirmed"])
        )

    @api.model
    def _count(self, model_name, domain, found, limit=LIMIT):
        """Count only where there may be more than the first rows."""
        if len(found) < limit:
            return len(found)
        return self.env[model_name].search_count(domain)

    # --- TOUCHES

    @api.model
    def _get_touch_domain(self, scope):
        return Domain("user_id", "in", scope.people) | Domain(
            "user_ids", "in", scope.people
        )

    @api.model
    def _find_touches(self, domain, limit=None):
        return self.env["crm.sales.activity"].search_fetch(
            domain,
            [
                "name",
                "kind_id",
                "partner_id",
                "contact_ids",
                "user_id",
                "date_start",
                "date_end",
                "state",
                "event_id",
                "is_visit",
            ],
            order="date_start, id",
            limit=limit,
        )

    @api.model
    def _prepare_touch_rows(self, touches, scope):
        now = fields.Datetime.now()
        return [
            {
                "key": f"touch,{touch.id}",
                "model": touch._name,
                "id": touch.id,
                "title": touch.partner_id.display_name,
                "note": self._join(
                    touch.name,
                    touch.is_visit and touch.partner_id.city,
                    self._get_person(touch.user_id, scope),
                ),
                "phone": self._get_phone(touch),
                "icon": touch.kind_id.icon or "fa-handshake-o",
                "kind": touch.kind_id.name,
                "date": fields.Datetime.to_string(touch.date_start),
                "days_late": self._get_days_late(touch.date_start, scope),
                "is_done": touch.state == "done",
                "badge": touch.state == "confirmed" and self.env._("Confirmed"),
                "badge_tone": "success",
                "tone": "warning"
                if touch.state != "done" and (touch.date_end or now) < now
                else False,
            }
            for touch in touches
        ]

    @api.model
    def _get_days_late(self, moment, scope):
        day = fields.Datetime.context_timestamp(self, moment).date()
        return days_late(day, scope.today)

    @api.model
    def _get_phone(self, touch):
        """Return the number to dial: of whom we want to speak to, else the firm's."""
        phones = [*touch.contact_ids.mapped("phone"), touch.partner_id.phone]
        return next(filter(None, phones), False)

    @api.model
    def _get_person(self, user, scope):
        """Return whose it is, where more than one person's day is shown."""
        return len(scope.people) > 1 and user.name

    @api.model
    def _join(self, *texts):
        return " · ".join(filter(None, texts))

    # --- MEETINGS

    @api.model
    def _find_meetings(self, scope, events):
        """Return the meetings of the day that are no touch of it."""
        people = self.env["res.users"].browse(scope.people)
        partners = people.sudo().partner_id  # style: CRM109 addresses of colleagues
        return self.env["calendar.event"].search_fetch(
            [
                ("partner_ids", "in", partners.ids),
                ("start", "<", scope.end),
                ("stop", ">", scope.begin),
                ("id", "not in", events.ids),
            ],
            ["name", "start", "stop", "allday", "location", "user_id"],
            order="start, id",
        )

    @api.model
    def _prepare_meeting_rows(self, meetings):
        return [
            {
                "key": f"meeting,{meeting.id}",
                "model": meeting._name,
                "id": meeting.id,
                "title": meeting.display_name,
                "note": self._join(self.env._("Meeting"), meeting.location),
                "icon": "fa-calendar",
                "date": None
                if meeting.allday
                else fields.Datetime.to_string(meeting.start),
                "is_done": self._is_over(meeting),
                "tone": False,
            }
            for meeting in meetings
        ]

    @api.model
    def _is_over(self, meeting):
        return not meeting.allday and meeting.stop < fields.Datetime.now()

    # --- TO-DOS

    @api.model
    def _get_todo_domain(self, scope, operator):
        return Domain("user_id", "in", scope.people) & Domain(
            "date_deadline", operator, scope.today
        )

    @api.model
    def _find_todos(self, domain, limit=None):
        return self.env["mail.activity"].search_fetch(
            domain,
            [
                "summary",
                "activity_type_id",
                "res_model",
                "res_id",
                "res_name",
                "user_id",
                "date_deadline",
                "icon",
            ],
            order="date_deadline, id",
            limit=limit,
        )

    @api.model
    def _prepare_todo_rows(self, todos, scope):
        return [
            {
                "key": f"todo,{todo.id}",
                "model": todo.res_model or todo._name,
                "id": todo.res_id or todo.id,
                "title": todo.res_name or todo.summary or todo.activity_type_id.name,
                "note": self._join(
                    todo.activity_type_id.name,
                    todo.res_name and todo.summary,
                    self._get_person(todo.user_id, scope),
                ),
                "icon": todo.icon or "fa-check-square-o",
                "date": None
                if todo.date_deadline == scope.today
                else fields.Date.to_string(todo.date_deadline),
                "days_late": days_late(todo.date_deadline, scope.today),
                "is_done": False,
                "tone": False,
            }
            for todo in todos
        ]
