from datetime import date

from odoo import api, models
from odoo.tools import SQL

from ...tools.after_sale_states import PENDING
from ...tools.care import GRACE_DAYS

#: All days that can matter.
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2999, 12, 31)


class CrmCareRule(models.Model):
    """The occasions of each kind: one statement for all customers of a rule.

    To add a kind, an add-on extends the selection ``kind`` and, here, gives one
    method ``_<kind>_occasions_sql(first, last)``. Its columns:

    =============  ==========================================================
    key            ``kind,contact id,occasion``: unique per rule, so that looking
                   twice at the same occasion makes one touch
    customer_id    the commercial entity
    contact_id     whom to contact of him; the customer himself or NULL
    day            the day of the occasion
    =============  ==========================================================

    ``first`` and ``last`` bound the days that can lead to a touch now. A kind that
    follows what the customer does (:meth:`_get_following_kinds`) gives every
    customer's occasion as it stands; what is open for another one is cancelled.
    """

    _inherit = "crm.care.rule"

    @api.model
    def _get_following_kinds(self):
        """Return the kinds whose occasion passes when the customer comes himself."""
        return {"silence"}

    def _get_grace_days(self):
        """Return for how many days an occasion is worth a touch; None: always."""
        return None if self.kind in self._get_following_kinds() else GRACE_DAYS

    def _get_occasions(self, first, last) -> SQL:
        """Return the statement of the occasions of this rule from first to last."""
        self.ensure_one()
        self.env.flush_all()
        return getattr(self, f"_{self.kind}_occasions_sql")(first, last)

    # --- DATES OF CONTACTS

    def _birthday_occasions_sql(self, first, last) -> SQL:
        return self._yearly_sql(SQL.identifier("p", "crm_birthday"), first, last)

    def _date_occasions_sql(self, first, last) -> SQL:
        column = SQL.identifier("p", self._get_date_name())
        if self.is_yearly:
            return self._yearly_sql(column, first, last)
        return SQL(
            """SELECT 'date,' || p.id || ',' || %(column)s AS key,
                      COALESCE(p.commercial_partner_id, p.id) AS customer_id,
                      p.id AS contact_id, %(column)s AS day
                 FROM res_partner p
                WHERE p.active AND %(column)s BETWEEN %(first)s AND %(last)s""",
            column=column,
            first=first,
            last=last,
        )

    def _yearly_sql(self, column, first, last) -> SQL:
        """Return the days on which a date of contacts comes round.

        A year more or less makes 28 February of a 29th, as in ``tools/care.py``.
        """
        return SQL(
            """SELECT %(kind)s || ',' || p.id || ',' || year AS key,
                      COALESCE(p.commercial_partner_id, p.id) AS customer_id,
                      p.id AS contact_id, turn.day
                 FROM res_partner p
           CROSS JOIN generate_series(%(first)s, %(last)s) year
           CROSS JOIN LATERAL (
                      SELECT (%(column)s + make_interval(
                          years => year - EXTRACT(YEAR FROM %(column)s)::int
                      ))::date AS day) turn
                WHERE p.active AND %(column)s IS NOT NULL
                  AND turn.day > %(column)s
                  AND turn.day BETWEEN %(first_day)s AND %(last_day)s""",
            kind=self.kind,
            column=column,
            first=first.year,
            last=last.year,
            first_day=first,
            last_day=last,
        )

    # --- WARRANTY

    def _warranty_occasions_sql(self, first, last) -> SQL:
        """Milestones after a sale that nobody has finished or left out.

        One that plans a sales activity of its own is no occasion, unless nobody could
        be asked: a customer is called once about his warranty.
        """
        return SQL(
            """SELECT 'warranty,' || m.partner_id || ',' || m.id AS key,
                      m.partner_id AS customer_id, m.partner_id AS contact_id,
                      m.date_due AS day
                 FROM crm_after_sale_milestone m
                WHERE m.kind = 'warranty_end' AND m.active
                  AND m.state = ANY(%(states)s) AND m.company_id = %(company)s
                  AND m.sales_activity_id IS NULL
                  AND (m.activity_kind_id IS NULL OR m.date_reminded IS NOT NULL)
                  AND m.date_due BETWEEN %(first)s AND %(last)s""",
            states=list(PENDING),
            company=self.company_id.id,
            first=first,
            last=last,
        )

    # --- SILENCE

    def _silence_occasions_sql(self, first, last) -> SQL:
        """The day on which each customer will have been silent for so long.

        What breaks the silence: a touch that took place, in whatever direction, a
        purchase, a complaint.
        """
        facts = self.env["crm.sale.fact"]
        return SQL(
            """SELECT 'silence,' || s.customer_id || ',' || s.day AS key,
                      s.customer_id, s.customer_id AS contact_id,
                      s.day + %(days)s AS day
                 FROM (SELECT p.id AS customer_id, %(last)s AS day
                         FROM res_partner p
                    LEFT JOIN (SELECT customer_id, MAX(moment) AS moment
                                 FROM (%(contacts)s) c
                             GROUP BY customer_id) heard ON heard.customer_id = p.id
                        WHERE p.active) s""",
            days=self.silence_days,
            last=facts._local_day_sql(
                SQL("COALESCE(heard.moment, p.create_date)"), self.company_id
            ),
            contacts=self._heard_sql(),
        )

    def _heard_sql(self) -> SQL:
        """Return ``customer_id, moment``: whenever we heard of a customer."""
        company = self.company_id
        return SQL(
            """SELECT partner_id AS customer_id, LEAST(date_start, date_done) AS moment
                 FROM crm_sales_activity
                WHERE state = 'done' AND company_id = %(company)s
            UNION ALL
               SELECT customer_id, date_order FROM (%(orders)s) o
            UNION ALL
               SELECT commercial_partner_id, date_received FROM crm_complaint
                WHERE company_id = %(company)s""",
            company=company.id,
            orders=self.env["crm.sale.fact"]._orders_sql(company),
        )
