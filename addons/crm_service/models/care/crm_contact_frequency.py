from odoo import api, models
from odoo.tools import SQL


class CrmContactFrequency(models.AbstractModel):
    """When customers were contacted: by touches and by questionnaires.

    Whoever is about to contact customers without being asked to (care rules,
    questionnaires) looks here first. All contacts of a company and all companies
    of the database count together: the customer feels each of them.

    ==============  =========================================================
    source          counts
    ==============  =========================================================
    touch           touches from our side, done or to come; proposals do not
    questionnaire   questionnaires that were sent
    ==============  =========================================================

    Decisions are taken by ``tools/contact_frequency.py``.
    """

    _name = "crm.contact.frequency"
    _description = "Contact Frequency"

    @api.model
    def _get_sources(self):
        """Return ``{source: statement}`` giving ``customer_id, moment`` (UTC).

        Add-ons that contact customers add theirs.
        """
        return {
            "touch": SQL(
                """SELECT partner_id AS customer_id, date_start AS moment
                     FROM crm_sales_activity
                    WHERE state IN ('planned', 'confirmed', 'done')
                      AND direction = 'out' AND date_start IS NOT NULL"""
            ),
            "questionnaire": SQL(
                """SELECT commercial_partner_id AS customer_id, date_sent AS moment
                     FROM crm_satisfaction_request
                    WHERE date_sent IS NOT NULL"""
            ),
        }

    @api.model
    def _contacts_sql(self, customer_ids, sources=None) -> SQL:
        """Return the contacts, ``customer_id, moment``, with these customers."""
        chosen = self._get_sources()
        statements = [chosen[source] for source in sources or chosen]
        self.env.flush_all()
        return SQL(
            "SELECT customer_id, moment FROM (%s) c WHERE customer_id = ANY(%s)",
            SQL(" UNION ALL ").join(statements),
            list(customer_ids),
        )

    @api.model
    def _get_last_contacts(self, customer_ids, sources=None):
        """Return ``{customer id: moment of the last contact}``, one statement."""
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT customer_id, MAX(moment) FROM (%s) c GROUP BY customer_id",
                    self._contacts_sql(customer_ids, sources),
                )
            )
        )

    @api.model
    def _get_contact_days(self, customer_ids, company, first, last):
        """Return ``{customer id: {day, ...}}`` from ``first`` to ``last``.

        :param company: in whose time zone days are counted
        """
        facts = self.env["crm.sale.fact"]
        begin, end = facts._get_utc_bounds(company, first, last)
        rows = self.env.execute_query(
            SQL(
                """SELECT customer_id, ARRAY_AGG(DISTINCT %(day)s)
                     FROM (%(contacts)s) c
                    WHERE moment >= %(begin)s AND moment < %(end)s
                 GROUP BY customer_id""",
                day=facts._local_day_sql(SQL("moment"), company),
                contacts=self._contacts_sql(customer_ids),
                begin=begin,
                end=end,
            )
        )
        return {customer_id: set(days) for customer_id, days in rows}
