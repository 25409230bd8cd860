from odoo import api, models
from odoo.tools import SQL

from ...tools.seven_p import Source
from .crm_rfm_policy import COMPANY_DATA

#: The bits of a number made of day and source that hold the source
SOURCE_MASK = 2**31 - 1


class CrmScorecardSource(models.AbstractModel):
    """Profiling: master data, contacts, roles, segments and first contact."""

    _inherit = "crm.scorecard.source"

    @api.model
    def _get_sources(self):
        return [
            *super()._get_sources(),
            Source(
                "profiling_master",
                "profiling",
                self.env._("Master data and contacts"),
                ("completeness", "contact_count"),
                "_profiling_master_sql",
                zero=("contact_count",),
                is_dated=False,
            ),
            Source(
                "profiling_groups",
                "profiling",
                self.env._("Roles and segments"),
                ("role_count", "segment_count"),
                "_profiling_groups_sql",
                changed="_profiling_groups_changed_sql",
                zero=("role_count", "segment_count"),
            ),
            Source(
                "profiling_first",
                "profiling",
                self.env._("First contact"),
                ("source_id", "first_contact_date"),
                "_profiling_first_sql",
                changed="_profiling_first_changed_sql",
            ),
        ]

    # --- MASTER DATA

    @api.model
    def _profiling_master_sql(self, company, window, customers) -> SQL:
        """Return the share of master data filled in and the number of contacts."""
        policy = self.env["crm.rfm.policy"]._ensure(company)
        return SQL(
            """SELECT p.id AS customer_id, %(share)s AS completeness,
                      contact.contact_count
                 FROM res_partner p
            LEFT JOIN (SELECT commercial_partner_id, COUNT(*) AS contact_count
                         FROM res_partner
                        WHERE active AND type = 'contact'
                          AND id != commercial_partner_id %(contacts)s
                     GROUP BY commercial_partner_id) contact
                   ON contact.commercial_partner_id = p.id
                WHERE p.id = p.commercial_partner_id %(only)s""",
            share=self._share_filled_sql(policy._get_master_data()),
            contacts=self._only_sql(customers, SQL("commercial_partner_id")),
            only=self._only_sql(customers, SQL("p.id")),
        )

    @api.model
    def _share_filled_sql(self, names) -> SQL:
        """Return how many of these fields partner ``p`` has filled in, in percent."""
        if not names:
            return SQL("NULL")
        fields = self.env["res.partner"]._fields
        filled = {
            name: SQL("(%s)::int", self._is_filled_sql(fields[name])) for name in names
        }
        everybody = [filled[name] for name in names if name not in COMPANY_DATA]
        company = [filled[name] for name in names if name in COMPANY_DATA]
        if not company:
            return SQL("100.0 * (%s) / %s", SQL(" + ").join(everybody), len(everybody))
        return SQL(
            """CASE WHEN p.is_company THEN 100.0 * (%s) / %s
                    ELSE 100.0 * (%s) / NULLIF(%s, 0) END""",
            SQL(" + ").join(everybody + company),
            len(names),
            SQL(" + ").join(everybody or [SQL("0")]),
            len(everybody),
        )

    @api.model
    def _is_filled_sql(self, field) -> SQL:
        """Return whether partner ``p`` has a value in this field."""
        column = SQL.identifier("p", field.name)
        if field.type in ("char", "text") and not field.translate:
            return SQL("%s IS NOT NULL AND %s != ''", column, column)
        if field.type in ("integer", "float"):
            return SQL("%s IS NOT NULL AND %s != 0", column, column)
        return SQL("%s IS NOT NULL", column)

    # --- ROLES AND SEGMENTS

    @api.model
    def _profiling_groups_sql(self, company, window, customers) -> SQL:
        """Return how many roles and segments each customer has on the day."""
        return SQL(
            """SELECT customer_id, SUM(is_role)::int AS role_count,
                      SUM(1 - is_role)::int AS segment_count
                 FROM (SELECT p.commercial_partner_id AS customer_id, 1 AS is_role
                         FROM crm_partner_role_assignment a
                         JOIN res_partner p ON p.id = a.partner_id
                        WHERE a.state = 'active' AND a.date_from <= %(day)s
                          AND (a.date_to IS NULL OR a.date_to >= %(day)s)
                          AND (a.company_id IS NULL OR a.company_id = %(company)s)
                          %(only)s
                        UNION ALL
                       SELECT p.commercial_partner_id, 0
                         FROM crm_segment_membership m
                         JOIN res_partner p ON p.id = m.partner_id
                        WHERE m.date_start < %(end)s
                          AND (m.date_end IS NULL OR m.date_end >= %(end)s)
                          AND (m.company_id IS NULL OR m.company_id = %(company)s)
                          %(only)s) held
             GROUP BY customer_id""",
            day=window.as_of,
            end=window.end_instant,
            company=company.id,
            only=self._only_sql(customers, SQL("p.commercial_partner_id")),
        )

    @api.model
    def _profiling_groups_changed_sql(self, company, since) -> SQL:
        return SQL(
            """SELECT p.commercial_partner_id AS customer_id
                 FROM crm_partner_role_assignment a
                 JOIN res_partner p ON p.id = a.partner_id
                WHERE a.write_date >= %(since)s
                UNION ALL
               SELECT p.commercial_partner_id
                 FROM crm_segment_membership m
                 JOIN res_partner p ON p.id = m.partner_id
                WHERE m.write_date >= %(since)s""",
            since=since,
        )

    # --- FIRST CONTACT

    @api.model
    def _profiling_first_sql(self, company, window, customers) -> SQL:
        """Return the first day on which we heard of each customer, and how.

        The days are those of his leads and orders. The source is that of the first
        lead that names any, else of the orders of the first day (of several the one
        with the smallest id).
        """
        return SQL(
            """WITH lead AS (%(leads)s), card AS MATERIALIZED (
                    SELECT customer_id, first_order_date FROM (%(cards)s) card
                     WHERE TRUE %(only)s),
                    bought AS (
                        SELECT card.customer_id, MIN(o.source_id) AS source_id
                          FROM card
                          JOIN res_partner p
                            ON p.commercial_partner_id = card.customer_id
                          JOIN sale_order o ON o.partner_id = p.id
                         WHERE o.source_id IS NOT NULL AND o.state = 'sale'
                           AND o.company_id = %(company)s
                           AND %(day)s = card.first_order_date
                      GROUP BY card.customer_id)
               SELECT customer_id,
                      LEAST(card.first_order_date, lead.day) AS first_contact_date,
                      COALESCE(lead.first & %(mask)s, bought.source_id) AS source_id
                 FROM card
            LEFT JOIN lead USING (customer_id)
            LEFT JOIN bought USING (customer_id)""",
            leads=self._first_leads_sql(company, window, customers),
            day=self._facts()._local_day_sql(SQL("o.date_order"), company),
            company=company.id,
            mask=SOURCE_MASK,
            cards=self._cards_sql(company, window),
            only=self._only_sql(customers, SQL("customer_id")),
        )

    @api.model
    def _first_source_sql(self, day, source) -> SQL:
        """Return day and source as one number: the least is that of the first day.

        A least number needs no sorting, unlike the first of an ordered list.
        """
        return SQL(
            "MIN(((%(day)s - DATE '1900-01-01')::bigint << 31) | %(source)s)",
            day=day,
            source=source,
        )

    @api.model
    def _first_leads_sql(self, company, window, customers) -> SQL:
        """Return the first day, and day and source, of the leads of each customer."""
        day = self._facts()._local_day_sql(SQL("l.create_date"), company)
        return SQL(
            """SELECT p.commercial_partner_id AS customer_id, MIN(%(day)s) AS day,
                      %(first)s AS first
                 FROM crm_lead l JOIN res_partner p ON p.id = l.partner_id
                WHERE (l.company_id IS NULL OR l.company_id = %(company)s)
                  AND l.create_date < %(end)s %(only)s
             GROUP BY p.commercial_partner_id""",
            day=day,
            first=self._first_source_sql(day, SQL("l.source_id")),
            company=company.id,
            end=window.end_instant,
            only=self._only_sql(customers, SQL("p.commercial_partner_id")),
        )

    @api.model
    def _profiling_first_changed_sql(self, company, since) -> SQL:
        return SQL(
            """SELECT p.commercial_partner_id AS customer_id
                 FROM crm_lead l JOIN res_partner p ON p.id = l.partner_id
                WHERE l.write_date >= %s""",
            since,
        )
