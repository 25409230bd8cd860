from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from ...tools.visit_clock import slot_hour, to_utc

# Columns that differ from visit to visit; all others are those of a prototype
OWN_COLUMNS = ("id", "partner_id", "name", "date_start", "date_end", "lead_id")
OWN_COLUMNS += ("plan_id", "plan_key", "template_id", "purpose", "agenda")


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
        templates = self._get_row_templates(visits)
        for user_id, user_rows in sorted(rows.items()):
            self._insert_visits(user_id, user_rows, templates)
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
        stale = self.env.execute_query(
            SQL(
                """SELECT a.id FROM crm_sales_activity a
                LEFT JOIN UNNEST(%s::text[]) AS n(key) ON n.key = a.plan_key
                    WHERE a.plan_id = %s AND a.state = 'proposed'
                      AND a.is_moved IS NOT TRUE AND n.key IS NULL""",
                keys,
                self.id,
            )
        )
        visits = self.env["crm.sales.activity"].browse([row[0] for row in stale])
        visits.unlink()

    def _get_row_templates(self, visits):
        """Return ``{customer id: template}``, chosen once for each division."""
        activity = self.env["crm.sales.activity"]
        customers = {visit.customer_id for visit in visits}
        if self.template_id:
            return dict.fromkeys(customers, self.template_id)
        probes = {
            customer_id: activity.new(
                {
                    "partner_id": customer_id,
                    "kind_id": self.kind_id.id,
                    "company_id": self.company_id.id,
                }
            )
            for customer_id in customers
        }
        probe_set = activity.union(*probes.values())
        chosen = self.env["crm.visit.template"]._get_templates(probe_set)
        return {key: chosen[probe] for key, probe in probes.items()}
