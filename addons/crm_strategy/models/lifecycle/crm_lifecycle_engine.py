from odoo import api, models
from odoo.tools import SQL

from ...tools.lifecycle import REASONS


class CrmLifecycleEngine(models.AbstractModel):
    """Works out in which lifecycle state each customer of a company is, set-based.

    A refresh has these steps, each one statement whatever the number of customers:

    1. *changed*: the customers of whom an order, a lead or the partner was written
       since the watermark, who were queued, whose order's day has come, or whose
       state time alone may have changed. A full refresh looks at everyone.
    2. *facts*: purchases (from ``crm.sale.fact``), leads and quotations, and, if an
       add-on measures it, satisfaction, per customer.
    3. *decided*: the decision table of ``tools/lifecycle.py`` as SQL.
    4. *change*: the customers whose open stay differs, into a temporary table: the
       few, so that a refresh that finds nothing new writes nothing.
    5. *apply* (``crm_lifecycle_engine_apply.py``): stays end and begin.

    Host tables are read only, without a lock.
    """

    _name = "crm.lifecycle.engine"
    _description = "Lifecycle Engine"

    #: what the statements read beside the sources of crm.sale.fact
    _SOURCE_FIELDS = {
        "crm.lead": ["partner_id", "company_id", "active", "won_status", "date_closed"],
        "res.partner": ["is_company", "parent_id", "partner_share", "company_id"],
    }

    # --- EXTENSION POINT

    @api.model
    def _satisfaction_sql(self, _company) -> SQL | None:
        """Return a statement giving ``(partner_id, satisfaction)`` of customers.

        None as long as no add-on measures satisfaction; the rules then do not ask.
        """
        return None

    # --- STEP 1: CHANGED CUSTOMERS

    @api.model
    def _collect_changed(self, policy, today, partners=None):
        """Write down who is to be looked at: who changed, or just ``partners``."""
        if partners is None:
            parts = self._changed_sql(policy, today)
        else:
            parts = [SQL("SELECT UNNEST(%s::int[]) AS customer_id", partners.ids)]
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS crm_lifecycle_changed"))
        self.env.cr.execute(
            SQL(
                """CREATE TEMPORARY TABLE crm_lifecycle_changed ON COMMIT DROP AS
                   SELECT DISTINCT customer_id FROM (%s) c
                    WHERE customer_id IS NOT NULL""",
                SQL(" UNION ALL ").join(parts),
            )
        )
        self.env.cr.execute(SQL("ANALYZE crm_lifecycle_changed"))

    @api.model
    def _changed_sql(self, policy, today) -> list[SQL]:
        """Return one statement per source of changed customers (``customer_id``)."""
        company, since = policy.company_id, policy.watermark
        end = self.env["crm.sale.fact"]._end_of_day_sql
        return [
            SQL(
                """SELECT p.commercial_partner_id AS customer_id
                     FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
                    WHERE o.company_id = %(company)s AND o.write_date >= %(since)s
                UNION ALL
                   SELECT p.commercial_partner_id
                     FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
                    WHERE o.company_id = %(company)s
                      AND o.date_order >= %(after)s AND o.date_order < %(until)s""",
                company=company.id,
                since=since,
                after=end(policy.last_day, company),
                until=end(today, company),
            ),
            SQL(
                """SELECT p.commercial_partner_id
                     FROM crm_lead l JOIN res_partner p ON p.id = l.partner_id
                    WHERE l.write_date >= %s""",
                since,
            ),
            SQL(
                """SELECT UNNEST(ARRAY[id, commercial_partner_id]) FROM res_partner
                    WHERE write_date >= %s""",
                since,
            ),
            SQL(
                "SELECT partner_id FROM crm_lifecycle_queue WHERE company_id = %s",
                company.id,
            ),
            SQL(
                """SELECT partner_id FROM crm_lifecycle_transition
                    WHERE company_id = %s AND date_end IS NULL AND date_due <= %s""",
                company.id,
                today,
            ),
        ]

    # --- STEP 2: FACTS

    @api.model
    def _customers_sql(self, company, only_changed) -> SQL:
        """Return ``id, create_date`` of the customers of ``company``."""
        partners = self.env["res.partner"]
        query = partners._search(partners._get_customer_domain(company))
        if only_changed:
            query.add_where(
                SQL("res_partner.id IN (SELECT customer_id FROM crm_lifecycle_changed)")
            )
        return query.select(
            SQL.identifier("res_partner", "id"),
            SQL.identifier("res_partner", "create_date"),
        )

    @api.model
    def _facts_sql(self, policy, today, only_changed, rules) -> SQL:
        """Return one row per customer: the fields of ``Facts``, and some instants."""
        company = policy.company_id
        facts = self.env["crm.sale.fact"]
        scope = SQL("SELECT customer_id FROM crm_lifecycle_changed")
        scope = scope if only_changed else None
        return SQL(
            """SELECT c.id AS partner_id, c.create_date,
                      COALESCE(o.order_count, 0) AS order_count,
                      o.first_order, o.last_order, o.first_day, o.last_day,
                      %(today)s::date - o.first_day AS tenure_days,
                      %(today)s::date - o.last_day AS silent_days,
                      CASE WHEN o.day_count > 1
                           THEN (o.last_day - o.first_day)::float8 / (o.day_count - 1)
                      END AS mean_interval,
                      COALESCE(i.has_open_lead, FALSE) AS has_open_lead,
                      %(today)s::date - i.last_contact_day AS contact_days,
                      i.first_contact, i.contact_since, i.last_contact,
                      i.last_contact_day,
                      %(satisfaction)s AS satisfaction
                 FROM (%(customers)s) c
            LEFT JOIN (%(purchases)s) o ON o.customer_id = c.id
            LEFT JOIN (%(interest)s) i ON i.customer_id = c.id
                      %(join_satisfaction)s""",
            today=today,
            customers=self._customers_sql(company, only_changed),
            purchases=self._purchases_sql(
                facts._orders_sql(company, today, scope), company, rules
            ),
            interest=self._interest_sql(company, today, scope, rules),
            **self._satisfaction_parts(company),
        )

    @api.model
    def _satisfaction_parts(self, company):
        statement = self._satisfaction_sql(company)
        if statement is None:
            return {"satisfaction": SQL("NULL::float8"), "join_satisfaction": SQL()}
        return {
            "satisfaction": SQL("s.satisfaction::float8"),
            "join_satisfaction": SQL(
                "LEFT JOIN (%s) s ON s.partner_id = c.id", statement
            ),
        }

    @api.model
    def _purchases_sql(self, orders, company, rules) -> SQL:
        """Return number, first and last of each customer's purchases.

        The days with a purchase are counted only where a rule asks for the interval
        between them: it takes as long again as all the rest.
        """
        facts = self.env["crm.sale.fact"]
        day_count = SQL("NULL::bigint")
        if rules.lapse_factor or rules.loyal_max_interval_days:
            day = facts._local_day_sql(SQL("date_order"), company)
            day_count = SQL("COUNT(DISTINCT %s)", day)
        return SQL(
            """SELECT *, %(first)s AS first_day, %(last)s AS last_day
                 FROM (SELECT customer_id, COUNT(*)::int AS order_count,
                              MIN(date_order) AS first_order,
                              MAX(date_order) AS last_order,
                              %(day_count)s AS day_count
                         FROM (%(orders)s) o
                     GROUP BY customer_id) bought""",
            first=facts._local_day_sql(SQL("first_order"), company),
            last=facts._local_day_sql(SQL("last_order"), company),
            day_count=day_count,
            orders=orders,
        )

    @api.model
    def _interest_sql(self, company, today, scope, rules) -> SQL:
        """Return what each customer enquired: leads, and quotations not yet decided.

        A lead speaks from its creation to its closing. ``contact_since`` is the first
        sign of the interest that still lasts.
        """
        facts = self.env["crm.sale.fact"]
        day = facts._local_day_sql(SQL("last_sign"), company)
        customers = [facts._is_customer_sql()]
        if scope:
            customers.append(SQL("p.commercial_partner_id IN (%s)", scope))
        return SQL(
            """SELECT customer_id,
                      BOOL_OR(is_open) AS has_open_lead,
                      MIN(first_sign) AS first_contact,
                      MIN(first_sign) FILTER (WHERE is_open OR %(day)s >= %(since)s)
                          AS contact_since,
                      MAX(last_sign) AS last_contact,
                      MAX(%(day)s) AS last_contact_day
                 FROM (SELECT p.commercial_partner_id AS customer_id,
                              l.active AND l.won_status = 'pending' AS is_open,
                              l.create_date AS first_sign,
                              GREATEST(l.create_date, l.date_closed) AS last_sign
                         FROM crm_lead l JOIN res_partner p ON p.id = l.partner_id
                        WHERE (l.company_id = %(company)s OR l.company_id IS NULL)
                          AND l.create_date < %(until)s AND %(customers)s
                    UNION ALL
                       SELECT p.commercial_partner_id, FALSE,
                              o.date_order, o.date_order
                         FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
                        WHERE o.company_id = %(company)s
                          AND o.state IN ('draft', 'sent')
                          AND o.date_order < %(until)s AND %(customers)s) sign
             GROUP BY customer_id""",
            day=day,
            since=SQL("%s::date - %s", today, rules.interest_days),
            company=company.id,
            until=facts._end_of_day_sql(today, company),
            customers=SQL(" AND ").join(customers),
        )

    # --- STEP 3: THE DECISION TABLE

    @api.model
    def _decided_sql(self, facts: SQL, rules) -> SQL:
        """Return ``facts`` with reason, state and days until due.

        The SQL of ``decide`` and ``days_until_due`` in ``tools/lifecycle.py``.
        """
        states = SQL(", ").join(SQL("(%s, %s)", *pair) for pair in REASONS.items())
        return SQL(
            """WITH fact AS (SELECT f.*, %(limit)s AS lapse_limit FROM (%(facts)s) f),
                    reasoned AS (SELECT *, %(reason)s AS reason, %(due)s AS due_days
                                   FROM fact)
               SELECT r.*, s.state
                 FROM reasoned r
                 JOIN (VALUES %(states)s) AS s(reason, state) ON s.reason = r.reason""",
            facts=facts,
            limit=self._lapse_limit_sql(rules),
            reason=self._reason_sql(rules),
            due=self._due_sql(rules),
            states=states,
        )

    @api.model
    def _lapse_limit_sql(self, rules) -> SQL:
        if not rules.lapse_factor:
            return SQL("%s::int", rules.lapse_days)
        return SQL(
            """CASE WHEN mean_interval IS NULL THEN %(fixed)s
                    ELSE %(choose)s(%(fixed)s, CEIL(ROUND(
                        (%(factor)s::float8 * mean_interval)::numeric, 6))::int)
               END""",
            fixed=rules.lapse_days,
            factor=rules.lapse_factor,
            choose=SQL("GREATEST" if rules.lapse_choice == "later" else "LEAST"),
        )

    @api.model
    def _reason_sql(self, rules) -> SQL:
        return SQL(
            """CASE WHEN order_count > 0 THEN
                         CASE WHEN silent_days > lapse_limit THEN 'silent'
                              WHEN %(loyal)s THEN 'loyal'
                              WHEN order_count = 1 THEN 'first_purchase'
                              ELSE 'purchases' END
                    WHEN has_open_lead THEN 'open_lead'
                    WHEN contact_days IS NULL THEN 'no_contact'
                    WHEN contact_days <= %(interest)s THEN 'recent_contact'
                    ELSE 'contact_over' END""",
            loyal=self._loyal_sql(rules),
            interest=rules.interest_days,
        )

    @api.model
    def _loyal_sql(self, rules) -> SQL:
        conditions = [
            SQL("order_count >= %s", rules.loyal_min_orders),
            SQL("tenure_days >= %s", rules.loyal_min_tenure_days),
        ]
        if rules.loyal_max_interval_days:
            conditions.append(SQL("mean_interval <= %s", rules.loyal_max_interval_days))
        if rules.loyal_min_satisfaction:
            conditions.append(
                SQL("satisfaction >= %s::float8", rules.loyal_min_satisfaction)
            )
        return SQL(" AND ").join(conditions)

    @api.model
    def _due_sql(self, rules) -> SQL:
        return SQL(
            """CASE WHEN order_count > 0 THEN
                         CASE WHEN silent_days <= lapse_limit THEN
                              LEAST(lapse_limit + 1 - silent_days,
                                    CASE WHEN tenure_days < %(tenure)s
                                         THEN %(tenure)s - tenure_days END) END
                    WHEN NOT has_open_lead AND contact_days <= %(interest)s
                    THEN %(interest)s + 1 - contact_days END""",
            tenure=rules.loyal_min_tenure_days,
            interest=rules.interest_days,
        )
