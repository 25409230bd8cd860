from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from ...tools.visit_clock import slot_hour, to_utc

# Columns that differ from visit to visit; all others are those of a prototype
OWN_COLUMNS = ("plan_key", "partner_id", "date_start", "date_end", "lead_id", "name")

# What of a proposed visit a plan generated anew changes
CHANGING = (
    "user_id",
    "team_id",
    "kind_id",
    "template_id",
    "medium_id",
    "date_start",
    "date_end",
    "duration",
    "partner_id",
    "kind_cost",
)


class CrmVisitPlan(models.Model):
    """Proposals written in sets: 120,000 through the ORM would take minutes.

    Each person's visits are written by one statement. What a new visit of this person
    looks like in the database is asked from the ORM: a record that is not saved gives
    the values of all columns, those of other add-ons too. A proposal keeps its row,
    by its key (``customer/number`` or ``lead/id``), so running twice changes nothing.
    """

    _inherit = "crm.visit.plan"

    def _store_visits(self, visits, busy):
        """Make the untouched proposals of the plan equal to ``visits``."""
        rows = self._prepare_rows(visits, busy)
        keys = [row[0] for user_rows in rows.values() for row in user_rows]
        self._drop_stale(keys)
        customers = sorted({visit.customer_id for visit in visits})
        templates = self._get_plan_templates(customers)
        for user_id, user_rows in sorted(rows.items()):
            groups = defaultdict(list)
            for row in user_rows:
                groups[templates[row[1]]].append(row)
            for template, group in groups.items():
                self._insert_visits(user_id, template, group)
        self._tell_planner(len(visits))
        self._link_people()
        self.env["crm.sales.activity"].invalidate_model()
        self.invalidate_recordset()

    def _prepare_rows(self, visits, busy):
        """Return ``{user: [(key, customer, start, lead)]}`` with the hours of days."""
        per_day = {p.user_id.id: p.visits_per_day for p in self.person_ids}
        zones = self._get_zones()
        places = defaultdict(int)
        for user_id, days in busy.items():
            for day, count in days.items():
                places[user_id, day] = count
        rows, hours = defaultdict(list), {}
        for visit in sorted(visits, key=lambda v: (v.day, v.number, v.customer_id)):
            user_id, day = visit.person_id, visit.day
            hour = slot_hour(
                places[user_id, day], per_day[user_id], self.hour_from, self.hour_to
            )
            places[user_id, day] += 1
            moment = (day, hour, zones[user_id])
            if moment not in hours:
                hours[moment] = to_utc(*moment)
            key = f"{visit.customer_id}/{visit.number}"
            if visit.errand_id:
                key = f"lead/{visit.errand_id}"
            rows[user_id].append(
                (key, visit.customer_id, hours[moment], visit.errand_id)
            )
        return rows

    def _get_zones(self):
        """Return ``{user id: time zone}``; the company's for who has none."""
        usual = self.env["crm.sale.fact"]._get_timezone(self.company_id)
        return {user.id: user.tz or usual for user in self.person_ids.user_id}

    def _drop_stale(self, keys):
        """Remove the untouched proposals that are not due any more."""
        known = self.env.execute_query(
            SQL(
                """SELECT id, plan_key FROM crm_sales_activity
                    WHERE plan_id = %s AND state = 'proposed'
                      AND is_moved IS NOT TRUE""",
                self.id,
            )
        )
        wanted = set(keys)  # not in SQL: fresh rows mislead the planner
        stale = [visit_id for visit_id, key in known if key not in wanted]
        self.env["crm.sales.activity"].browse(stale).unlink()

    def _get_plan_templates(self, customer_ids):
        """Return ``{customer id: template}``."""
        if self.template_id:
            return dict.fromkeys(customer_ids, self.template_id)
        templates = self.env["crm.visit.template"]
        return templates._get_templates(self.kind_id, self.company_id, customer_ids)

    def _prepare_prototype_vals(self, user_id, template):
        """Return what the visits of a person and a template have in common."""
        return {
            "kind_id": self.kind_id.id,
            "company_id": self.company_id.id,
            "user_id": user_id,
            "state": "proposed",
            "plan_id": self.id,
            "template_id": template.id,
            "purpose": template.purpose,
            "agenda": template.agenda,
            "duration": self.kind_id.duration,
        }

    def _get_prototype_columns(self, user_id, template):
        """Return ``{column: value}`` of a new visit that is not saved."""
        model = self.env["crm.sales.activity"]
        defaults = model.default_get(list(model._fields))
        vals = {**defaults, **self._prepare_prototype_vals(user_id, template)}
        record = model.new(vals)
        columns = {}
        for name, field in model._fields.items():
            if field.store and field.column_type and name not in (*OWN_COLUMNS, "id"):
                value = field.convert_to_write(record[name], record)
                columns[name] = field.convert_to_column_insert(value, record)
        now = self.env.cr.now()
        return {
            **columns,
            "create_uid": self.env.uid,
            "write_uid": self.env.uid,
            "create_date": now,
            "write_date": now,
        }

    def _insert_visits(self, user_id, template, rows):
        """Write the visits of a person, those that differ from what is there."""
        columns = self._get_prototype_columns(user_id, template)
        keys, customers, starts, leads = (list(c) for c in zip(*rows, strict=True))
        self.env.execute_query(
            SQL(
                """INSERT INTO crm_sales_activity AS a (%(own)s, %(names)s)
                   SELECT n.key, n.partner_id, n.start,
                          n.start + %(hours)s * INTERVAL '1 hour', n.lead_id,
                          %(label)s, %(values)s
                     FROM UNNEST(%(keys)s::text[], %(customers)s::int[],
                                 %(starts)s::timestamp[], %(leads)s::int[])
                          AS n(key, partner_id, start, lead_id)
              ON CONFLICT (plan_id, plan_key) WHERE plan_key IS NOT NULL
                DO UPDATE SET %(changes)s,
                          cost = COALESCE(a.cost, 0)
                              + COALESCE(EXCLUDED.kind_cost, 0)
                              - COALESCE(a.kind_cost, 0)
                    WHERE a.state = 'proposed' AND a.is_moved IS NOT TRUE
                      AND (%(old)s) IS DISTINCT FROM (%(new)s)
                RETURNING id""",
                own=SQL(", ").join(SQL.identifier(name) for name in OWN_COLUMNS),
                names=SQL(", ").join(SQL.identifier(name) for name in columns),
                hours=columns["duration"] or 0.0,
                label=self.kind_id.name,
                values=SQL(", ").join(SQL("%s", value) for value in columns.values()),
                keys=keys,
                customers=customers,
                starts=starts,
                leads=leads,
                changes=SQL(", ").join(
                    SQL("%s = EXCLUDED.%s", SQL.identifier(n), SQL.identifier(n))
                    for n in (*CHANGING, "write_date", "write_uid")
                ),
                old=SQL(", ").join(SQL.identifier("a", name) for name in CHANGING),
                new=SQL(", ").join(
                    SQL.identifier("excluded", name) for name in CHANGING
                ),
            )
        )

    def _tell_planner(self, count):
        """Let the database know of very many new rows before it joins them."""
        if count > 1000:
            self.env.cr.execute(
                SQL("ANALYZE crm_sales_activity, crm_sales_activity_user_rel")
            )

    def _link_people(self):
        """Let each proposal have its person on our side, and nobody before him."""
        self.env.execute_query(
            SQL(
                """WITH proposal AS (
                       SELECT id, user_id FROM crm_sales_activity
                        WHERE plan_id = %s AND state = 'proposed'
                          AND is_moved IS NOT TRUE
                   ), gone AS (
                       DELETE FROM crm_sales_activity_user_rel r USING proposal p
                        WHERE r.activity_id = p.id AND r.user_id <> p.user_id
                   )
                   INSERT INTO crm_sales_activity_user_rel (activity_id, user_id)
                   SELECT id, user_id FROM proposal
              ON CONFLICT DO NOTHING RETURNING activity_id""",
                self.id,
            )
        )
