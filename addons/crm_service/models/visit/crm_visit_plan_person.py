from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.visit_clock import day_room, limit_week
from ...tools.visit_plan import Person


class CrmVisitPlanPerson(models.Model):
    """Somebody who visits customers in a plan, and how many visits he has room for.

    The working days are those of the person's working hours in the host, without the
    public holidays of the company and the person's own leaves.
    """

    _name = "crm.visit.plan.person"
    _description = "Person of a Visit Plan"
    _order = "plan_id, sequence, id"
    _rec_name = "user_id"

    plan_id = fields.Many2one(
        "crm.visit.plan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    user_id = fields.Many2one(
        "res.users",
        "Person",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("share", "=", False)],
    )
    visits_per_day = fields.Integer("Visits a Day", default=4, required=True)
    days_per_week = fields.Integer(
        "Days a Week",
        help="On how many days of a week the person visits customers. 0: on every "
        "working day.",
    )
    visits_per_month = fields.Integer(
        "Visits a Month", help="At most this many in a month. 0: as many as fit."
    )
    capacity = fields.Integer(
        readonly=True, help="Visits that fit in the person's working days of the plan."
    )
    lacking_count = fields.Integer(
        "Without a Day",
        readonly=True,
        help="Visits that are due and found no day, since there was no room.",
    )
    planned_count = fields.Integer("Visits", compute="_compute_planned_count")
    free_count = fields.Integer("Free", compute="_compute_planned_count")

    _person_unique = models.UniqueIndex(
        "(plan_id, user_id)", "This person is in the plan already."
    )
    _figures = models.Constraint(
        "CHECK(visits_per_day BETWEEN 0 AND 50 AND days_per_week BETWEEN 0 AND 7 "
        "AND visits_per_month BETWEEN 0 AND 1000)",
        "Enter 0 to 50 visits a day, 0 to 7 days a week and 0 to 1,000 visits a month.",
    )

    @api.depends("capacity", "plan_id.visit_ids.state", "plan_id.visit_ids.user_id")
    def _compute_planned_count(self):
        counts = {
            (plan, user): count
            for plan, user, count in self.env["crm.sales.activity"]._read_group(
                [("plan_id", "in", self.plan_id.ids), ("state", "!=", "cancelled")],
                ["plan_id", "user_id"],
                ["__count"],
            )
        }
        for person in self:
            planned = counts.get((person.plan_id._origin, person.user_id), 0)
            person.planned_count = planned
            person.free_count = max(0, person.capacity - planned)

    @api.onchange("visits_per_day", "days_per_week", "visits_per_month")
    def _onchange_figures(self):
        """What was worked out holds no longer."""
        self.capacity = 0

    # --- ACTIONS

    def action_schedule(self):
        """Put the proposals of this person into the calendar."""
        self.ensure_one()
        return self.plan_id._schedule_people(self.user_id)

    # --- CAPACITY

    def _get_people(self):
        """Return :class:`Person` for each of these, with the room of each day."""
        if not self:
            return []
        plan = self.plan_id.ensure_one()
        hours = self._get_hours(plan.date_from, plan.date_to)
        people = []
        for person in self:
            full, days = hours[person.user_id]
            if not person.user_id.active:
                days = {}  # who has left visits nobody
            room = {
                day: day_room(person.visits_per_day, worked, full)
                for day, worked in days.items()
            }
            room = {day: count for day, count in room.items() if count}
            room = limit_week(room, person.days_per_week)
            people.append(Person(person.user_id.id, room, person.visits_per_month))
        return people

    def _get_hours(self, date_from, date_to):
        """Return ``{user: (hours of a full day, {day: hours worked})}``."""
        company = self.company_id.ensure_one()
        resources = self.env["resource.resource"].sudo()  # style: CRM109 working hours
        found = resources.search(
            [
                ("user_id", "in", self.user_id.ids),
                ("company_id", "in", [False, company.id]),
                ("resource_type", "=", "user"),
            ],
            order="company_id, id",
        )
        own = {resource.user_id.id: resource for resource in found}
        usual = company.sudo().resource_calendar_id  # style: CRM109 working hours
        calendars = {}
        for user in self.user_id:
            resource = own.get(user.id, resources)
            calendar = resource.calendar_id or usual
            calendars.setdefault(calendar, []).append((user, resource))
        hours = {}
        for calendar, pairs in calendars.items():
            hours.update(self._get_calendar_hours(calendar, pairs, date_from, date_to))
        return hours

    @api.model
    def _get_calendar_hours(self, calendar, pairs, date_from, date_to):
        """Return the hours of those who share working hours, one look-up for all."""
        if not calendar:
            return {user: (0.0, {}) for user, _resource in pairs}
        zone = pytz.timezone(calendar.tz or "UTC")
        begin = zone.localize(datetime.combine(date_from, time.min))
        end = zone.localize(datetime.combine(date_to + timedelta(1), time.min))
        resources = self.env["resource.resource"].browse(
            [resource.id for _user, resource in pairs if resource]
        )
        resources = resources.sudo()  # style: CRM109 working days, not their reasons
        intervals = calendar._work_intervals_batch(begin, end, resources or None)
        sums = {key: self._sum_days(value) for key, value in intervals.items()}
        full = calendar.hours_per_day
        return {user: (full, sums[resource.id]) for user, resource in pairs}

    @api.model
    def _sum_days(self, intervals):
        days = {}
        for start, stop, _meta in intervals:
            hours = (stop - start).total_seconds() / 3600
            days[start.date()] = days.get(start.date(), 0.0) + hours
        return days

    def _store_figures(self, people, lacking):
        """Keep what a run found out: the room, and what found none."""
        room = {person.id: sum(person.days.values()) for person in people}
        rows = [(p.id, room[p.user_id.id], lacking.get(p.user_id.id, 0)) for p in self]
        ids, capacities, counts = (list(c) for c in zip(*rows, strict=True))
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                """UPDATE crm_visit_plan_person p
                      SET capacity = n.capacity, lacking_count = n.lacking
                     FROM UNNEST(%s, %s, %s) AS n(id, capacity, lacking)
                    WHERE p.id = n.id RETURNING p.id""",
                ids,
                capacities,
                counts,
            )
        )
        self.invalidate_recordset()
