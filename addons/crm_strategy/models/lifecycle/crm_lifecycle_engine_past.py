from odoo import api, models
from odoo.tools import SQL

#: the facts that a stay keeps
SHOWN_FACTS = (
    "order_count",
    "tenure_days",
    "silent_days",
    "mean_interval",
    "contact_days",
    "satisfaction",
)


class CrmLifecycleEngine(models.AbstractModel):
    """The past of customers who are placed for the first time."""

    _inherit = "crm.lifecycle.engine"

    @api.model
    def _open_first(self, policy, now):
        """Place new customers with the steps that brought them there.

        :return: number of customers
        """
        company = policy.company_id
        [[count]] = self.env.execute_query(
            SQL(
                """SELECT COUNT(*) FROM crm_lifecycle_change c
                    WHERE c.stay_id IS NULL AND NOT %s""",
                self._known_sql(company),
            )
        )
        if count:
            method = "rule" if policy.watermark else "reconstructed"
            rows = self._past_sql(policy, now, method)
            self._count(self._insert_sql(company, now, rows))
        return count

    @api.model
    def _past_sql(self, policy, now, method) -> SQL:
        """Return the stays of each new customer, the last of them open.

        Facts belong to the present stay only: those of former ones are not known.
        """
        return SQL(
            """WITH newcomer AS (
                   SELECT c.*, %(loyal_since)s AS loyal_since
                     FROM crm_lifecycle_change c
                LEFT JOIN (%(reached)s) reached ON reached.customer_id = c.partner_id
                    WHERE c.stay_id IS NULL AND NOT %(known)s
               ), step AS (
                   SELECT n.partner_id, s.number, s.state, s.reason,
                          LEAST(s.since, %(now)s) AS since
                     FROM newcomer n CROSS JOIN LATERAL (VALUES %(steps)s)
                          AS s(number, state, reason, since)
                    WHERE s.since IS NOT NULL
               ), stay AS (
                   SELECT *,
                          LEAD(since) OVER past AS date_end,
                          LEAD(state) OVER past AS next_state,
                          LAG(state) OVER past AS previous_state,
                          since - LAG(since) OVER past AS stayed
                     FROM step
                   WINDOW past AS (PARTITION BY partner_id ORDER BY number)
               )
               SELECT n.partner_id, s.state, s.reason, s.previous_state, s.next_state,
                      s.stayed,
                      %(method)s AS method, s.since AS date_start, s.date_end,
                      n.date_due, %(facts)s
                 FROM stay s JOIN newcomer n ON n.partner_id = s.partner_id
             ORDER BY s.partner_id, s.number""",
            loyal_since=self._loyal_since_sql(policy),
            reached=self._reached_sql(policy, now),
            known=self._known_sql(policy.company_id),
            now=now,
            steps=self._steps_sql(policy, now),
            method=method,
            facts=SQL(", ").join(map(self._present_fact_sql, SHOWN_FACTS)),
        )

    @api.model
    def _present_fact_sql(self, name) -> SQL:
        return SQL(
            "CASE WHEN s.date_end IS NULL THEN n.%(name)s END AS %(name)s",
            name=SQL.identifier(name),
        )

    @api.model
    def _steps_sql(self, policy, now) -> SQL:
        """Return the steps of newcomer ``n``: number, state, reason, since or NULL."""
        facts, company = self.env["crm.sale.fact"], policy.company_id
        rules = policy._get_rules()
        end_of_day = facts._end_of_day_sql
        contact_over = end_of_day(
            SQL("n.last_contact_day + %s", rules.interest_days), company
        )
        lapsed_since = end_of_day(SQL("n.last_day + n.lapse_limit"), company)
        return SQL(
            """(1, 'prospect', 'no_contact', CASE
                    WHEN n.state = 'prospect' AND n.reason = 'no_contact'
                    THEN COALESCE(n.create_date, %(now)s)
                    WHEN n.create_date < LEAST(n.first_contact, n.first_order)
                    THEN n.create_date END),
               (2, 'interested', CASE WHEN n.has_open_lead AND n.order_count = 0
                                      THEN 'open_lead' ELSE 'recent_contact' END,
                   CASE WHEN n.state = 'interested' THEN n.contact_since
                        WHEN n.order_count = 0 OR n.first_contact < n.first_order
                        THEN n.first_contact END),
               (3, 'prospect', 'contact_over', CASE
                    WHEN n.reason = 'contact_over' THEN %(contact_over)s END),
               (4, 'buying', CASE WHEN n.order_count = 1 OR n.state != 'buying'
                                  THEN 'first_purchase' ELSE 'purchases' END,
                   n.first_order),
               (5, 'loyal', 'loyal', CASE
                    WHEN n.state = 'loyal' THEN n.loyal_since END),
               (6, 'lapsed', 'silent', CASE
                    WHEN n.state = 'lapsed' THEN %(lapsed_since)s END)""",
            now=now,
            contact_over=contact_over,
            lapsed_since=lapsed_since,
        )

    @api.model
    def _loyal_since_sql(self, policy) -> SQL:
        """Return when newcomer ``c`` had the orders and the tenure of the loyal."""
        rules = policy._get_rules()
        facts, company = self.env["crm.sale.fact"], policy.company_id
        return SQL(
            "GREATEST(reached.date_order, CASE WHEN %s > 0 THEN %s END)",
            rules.loyal_min_tenure_days,
            facts._end_of_day_sql(
                SQL("c.first_day + %s", rules.loyal_min_tenure_days - 1), company
            ),
        )

    @api.model
    def _reached_sql(self, policy, now) -> SQL:
        """Return the order by which each loyal newcomer had enough of them."""
        facts, company = self.env["crm.sale.fact"], policy.company_id
        loyal = SQL(
            """SELECT partner_id FROM crm_lifecycle_change
                WHERE stay_id IS NULL AND state = 'loyal'"""
        )
        return SQL(
            """SELECT customer_id,
                      (ARRAY_AGG(date_order ORDER BY date_order))[%s] AS date_order
                 FROM (%s) o
             GROUP BY customer_id""",
            policy.loyal_min_orders,
            facts._orders_sql(company, None, loyal),
        )
