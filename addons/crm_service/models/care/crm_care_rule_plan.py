from collections import Counter
from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.care import nearest, touch_day, why_no_touch, window
from .crm_care_rule_occasion import FIRST_DAY, LAST_DAY

BATCH_SIZE = 500
#: When the day's care begins, by the clock of whoever does it.
HOUR = 9
#: Nobody is told by e-mail or made a follower: the touch stands in his plan.
QUIET = {
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "tracking_disable": True,
}


class CrmCareRule(models.Model):
    """Turns occasions into planned touches: found by one statement per rule.

    Running twice makes nothing twice: a touch bears the key of its occasion, unique
    per rule, also when it was cancelled. Who is left out, and why, is decided by
    ``tools/care.py`` and told on the rule.
    """

    _inherit = "crm.care.rule"

    last_planned = fields.Integer("Planned", readonly=True, copy=False)
    last_capped = fields.Integer("Contacted Recently", readonly=True, copy=False)
    last_opted_out = fields.Integer("No Care Contacts", readonly=True, copy=False)
    last_no_owner = fields.Integer("Without an Owner", readonly=True, copy=False)
    last_waiting = fields.Integer("Waiting for Capacity", readonly=True, copy=False)
    last_withdrawn = fields.Integer("Withdrawn", readonly=True, copy=False)

    # --- PLAN

    def _plan_rule(self, limit=None):
        self.ensure_one()
        rule = self.with_company(self.company_id).with_context(**QUIET)
        withdrawn = rule._withdraw()
        rows, reasons = rule._choose(rule._fetch_occasions(), limit)
        rule.env["crm.sales.activity"].create(
            [rule._prepare_touch_vals(row) for row in rows]
        )
        self.write(
            {
                "last_planned": len(rows),
                "last_capped": reasons["cap"],
                "last_opted_out": reasons["opted_out"],
                "last_no_owner": reasons["no_owner"],
                "last_waiting": reasons["waiting"],
                "last_withdrawn": withdrawn,
            }
        )
        return bool(reasons["limit"])

    def _fetch_occasions(self):
        """Return the occasions that lead to a touch now and have none yet."""
        today = self.env["crm.sale.fact"]._get_today(self.company_id)
        first, last = window(
            today, self._get_offset(), self.notice_days, self._get_grace_days()
        )
        first = max(first, FIRST_DAY)
        return self.env.execute_query_dict(
            SQL(
                """SELECT f.key, f.customer_id, f.contact_id, f.day,
                          COALESCE(c.name, p.name) AS name,
                          p.user_id AS salesperson_id,
                          COALESCE(p.crm_care_opt_out, FALSE)
                          OR COALESCE(c.crm_care_opt_out, FALSE) AS has_opted_out
                     FROM (%(occasions)s) f
                     JOIN res_partner p ON p.id = f.customer_id
                LEFT JOIN res_partner c ON c.id = f.contact_id
                    WHERE f.day BETWEEN %(first)s AND %(last)s
                      AND p.id IN %(scope)s
                      AND NOT EXISTS (SELECT FROM crm_sales_activity a
                                       WHERE a.care_rule_id = %(rule)s
                                         AND a.care_key = f.key)
                 ORDER BY f.day, f.customer_id, f.key""",
                occasions=self._get_occasions(first, last),
                first=first,
                last=last,
                scope=self._get_scope_query().subselect(),
                rule=self.id,
            )
        )

    def _get_offset(self):
        """Return the days from the occasion to its touch, negative before it."""
        return -self.days if self.direction == "before" else self.days

    # --- WHO GETS ONE

    def _choose(self, rows, limit):
        """Return the rows that get a touch, with owner and day, and why others not."""
        facts = self.env["crm.sale.fact"]
        today = facts._get_today(self.company_id)
        contacts = self._get_contacts_around(rows, today)
        subjects, open_counts = self._get_open()
        people = self._get_people(rows)
        chosen, reasons = [], Counter()
        for row in rows:
            day = touch_day(row["day"], self._get_offset(), today)
            owner = self._get_owner(row, people)
            days = contacts.setdefault(row["customer_id"], set())
            reason = why_no_touch(
                {
                    "is_archived": False,
                    "has_opted_out": row["has_opted_out"],
                    "days_apart": nearest(day, days),
                    "has_open": row["key"].rsplit(",", 1)[0] in subjects,
                    "has_owner": bool(owner),
                    "open_count": open_counts[owner],
                },
                self.cap_days,
                self.open_limit,
            )
            if not reason and limit and len(chosen) >= limit:
                reason = "limit"
            reasons[reason] += 1
            if reason:
                continue
            chosen.append({**row, "touch_day": day, "owner_id": owner})
            days.add(day)
            open_counts[owner] += 1
        return chosen, reasons

    def _get_contacts_around(self, rows, today):
        """Return ``{customer id: days of contacts}`` that may be too near."""
        if not rows or not self.cap_days:
            return {}
        return self.env["crm.contact.frequency"]._get_contact_days(
            {row["customer_id"] for row in rows},
            self.company_id,
            today - timedelta(days=self.cap_days),
            today + timedelta(days=self.notice_days + self.cap_days),
        )

    def _get_open(self):
        """Return for whom touches of this rule wait, and how many for each owner."""
        touches = self.env["crm.sales.activity"]
        found = touches.search_fetch(
            touches._get_ahead_domain() & Domain("care_rule_id", "=", self.id),
            ["care_key", "user_id"],
        )
        subjects = set()
        if self.kind in self._get_following_kinds():
            subjects = {touch.care_key.rsplit(",", 1)[0] for touch in found}
        return subjects, Counter(touch.user_id.id for touch in found)

    # --- OWNER

    def _get_people(self, rows):
        """Return the ids of those among the possible owners who work here today."""
        ids = {row["salesperson_id"] for row in rows} - {None}
        team = self.service_team_id
        people = self.env["res.users"].browse(ids) | team.member_ids | self.user_id
        return set(
            people.filtered(
                lambda user: user.active and self.company_id in user.company_ids
            ).ids
        )

    def _get_owner(self, row, people):
        """Return the id of whoever gets the touch, or False."""
        owner = False
        if self.owner == "salesperson":
            owner = row["salesperson_id"]
        elif self.owner == "agent":
            agents = sorted(people.intersection(self.service_team_id.member_ids.ids))
            owner = agents and agents[row["customer_id"] % len(agents)]
        if owner in people:
            return owner
        return self.user_id.id if self.user_id.id in people else False

    # --- TOUCH

    def _prepare_touch_vals(self, row):
        """Return the values of the touch of one occasion."""
        owner = self.env["res.users"].browse(row["owner_id"])
        rule = self.with_context(lang=owner.lang)
        is_contact = row["contact_id"] and row["contact_id"] != row["customer_id"]
        vals = {
            "name": f"{rule.name}: {row['name']}" if is_contact else rule.name,
            "kind_id": self.kind_id.id,
            "partner_id": row["customer_id"],
            "user_id": owner.id,
            "company_id": self.company_id.id,
            "date_start": self._get_start(row["touch_day"], owner),
            "state": "planned",
            "direction": "out",
            "source": "care",
            "care_rule_id": self.id,
            "care_key": row["key"],
        }
        if is_contact:
            vals["contact_ids"] = [fields.Command.link(row["contact_id"])]
        return vals

    def _get_start(self, day, owner):
        """Return the UTC moment at which the day's care begins for ``owner``."""
        zone = owner.tz or self.env["crm.sale.fact"]._get_timezone(self.company_id)
        local = timezone(zone).localize(datetime.combine(day, time(HOUR)))
        return local.astimezone(utc).replace(tzinfo=None)

    # --- WITHDRAWAL

    def _withdraw(self):
        """Cancel what waits for an occasion that has passed; return how many.

        The customer ordered or was spoken to meanwhile. What is agreed with the
        customer stays.
        """
        if self.kind not in self._get_following_kinds():
            return 0
        touches = self.env["crm.sales.activity"]
        waiting = touches.search(
            [("care_rule_id", "=", self.id), ("state", "in", ["proposed", "planned"])]
        )
        passed = touches.browse(self._find_passed(waiting))
        passed._cancel_care(
            self.env._("The customer has been in contact in the meantime.")
        )
        return len(passed)

    def _find_passed(self, touches):
        """Return the ids of ``touches`` whose key stands for no occasion any more."""
        if not touches:
            return []
        rows = self.env.execute_query(
            SQL(
                """SELECT a.id FROM crm_sales_activity a
                    WHERE a.id = ANY(%(ids)s) AND NOT EXISTS (
                          SELECT FROM (%(occasions)s) f WHERE f.key = a.care_key)""",
                ids=touches.ids,
                occasions=self._get_occasions(FIRST_DAY, LAST_DAY),
            )
        )
        return [touch_id for (touch_id,) in rows]

    # --- CRON

    @api.model
    def _cron_plan(self):
        """Look at every rule; a later call goes on where one ended."""
        rules = self.search([], order="planned_at NULLS FIRST, id")
        self.env["crm.job.pass"]._cron_work_off(
            self._name,
            rules.ids,
            lambda ref: rules.browse(ref).try_lock_for_update()._plan(BATCH_SIZE),
            in_slices=True,
        )
