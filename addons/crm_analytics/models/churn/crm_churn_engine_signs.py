from odoo import api, models
from odoo.tools import SQL

from ...tools import seven_p

#: where nobody bought twice
TYPICAL_DAYS = 90.0
MONTHS = 12


class CrmChurnEngine(models.AbstractModel):
    """The signs of churn, as of today or of a day in the past."""

    _inherit = "crm.churn.engine"

    @api.model
    def _signs_sql(
        self, company, as_of, cards: SQL, customers=None, known=None, is_past=True
    ) -> SQL:
        """Return one row per card: ``customer_id, silent_days`` and a column per sign.

        :param as_of: last day that counts; who ordered later, between two full
            refreshes, is not silent at all
        :param cards: relation with ``customer_id, last_order_date,
            purchase_day_count, interval_mean, interval_spread`` as of that day
        :param customers: statement giving the ids of the customers, or None for all
        :param known: statements in place of those of this model, where the figures
            are at hand: ``years`` (:meth:`_years_sql`), ``late`` (:meth:`_late_sql`)
        :param is_past: whether the typical interval is that of ``cards``, too
        """
        known = known or {}
        return SQL(
            """SELECT c.customer_id, c.silent_days, c.few_orders,
                      c.silent_days / (c.gap + COALESCE(c.interval_spread, c.gap / 2))
                          AS overdue,
                      c.silent_days / %(typical)s::float8 AS silence,
                      100.0 * (1 - y.recent_orders::float8
                               / NULLIF(y.former_orders, 0)) AS fewer_orders,
                      CASE WHEN y.former_revenue > 0 THEN
                           100.0 * (1 - (y.recent_revenue / y.former_revenue)::float8)
                      END AS less_revenue,
                      COALESCE(k.complaints, 0)::float8 AS complaint,
                      d.late_share AS late_delivery,
                      a.satisfaction AS dissatisfied
                 FROM (SELECT customer_id, interval_spread::float8,
                              GREATEST(0, %(as_of)s::date - last_order_date)::float8
                                  AS silent_days,
                              purchase_day_count::float8 AS few_orders,
                              COALESCE(NULLIF(interval_mean, 0), %(typical)s)::float8
                                  AS gap
                         FROM (%(cards)s) card) c
            LEFT JOIN (%(years)s) y USING (customer_id)
            LEFT JOIN (%(complaints)s) k USING (customer_id)
            LEFT JOIN (%(late)s) d USING (customer_id)
            LEFT JOIN (%(answers)s) a USING (customer_id)""",
            as_of=as_of,
            typical=self._typical_sql(company, cards, is_past),
            cards=cards,
            complaints=self._complaints_sql(company, as_of, customers),
            years=known.get("years") or self._years_sql(company, as_of, customers),
            late=known.get("late") or self._late_sql(company, as_of, customers),
            answers=self._answers_sql(company, as_of, customers),
        )

    @api.model
    def _typical_sql(self, company, cards, is_past) -> SQL:
        """Return the typical interval: of a day in the past, or the one kept."""
        policy = self.env["crm.rfm.policy"]._ensure(company)
        days = self._read_typical(cards) if is_past else policy.typical_interval
        return SQL("%s::float8", days or TYPICAL_DAYS)

    @api.model
    def _keep_typical(self, company, window, cards):
        """Keep the typical interval of ``cards`` for all refreshes of this window.

        The first full refresh of a day that finds one sets it; a later one of the same
        day judges by it too, so that a change of one customer moves no other.
        """
        policy = self.env["crm.rfm.policy"]._ensure(company)
        if policy.typical_interval_date == window.as_of and not policy.is_part_stale:
            return
        days = self._read_typical(cards)
        policy.write(
            {
                "typical_interval": days,
                "typical_interval_date": days and window.as_of,
            }
        )

    @api.model
    def _read_typical(self, cards):
        """Return the median of the customers' mean intervals in days, 0 if none."""
        [[median]] = self.env.execute_query(
            SQL(
                """SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (
                              ORDER BY interval_mean::float8)
                     FROM (%s) card WHERE interval_mean > 0""",
                cards,
            )
        )
        return round(median or 0, 2)

    # --- FACTS

    @api.model
    def _years_sql(self, company, as_of, customers) -> SQL:
        """Return orders and revenue of the last 12 months and of those before."""
        facts = self.env["crm.sale.fact"]
        start, former_start = seven_p.window_days(as_of)
        instant = facts._get_day_start(start, company)
        return SQL(
            """SELECT customer_id,
                      COUNT(*) FILTER (WHERE is_recent) AS recent_orders,
                      COUNT(*) FILTER (WHERE NOT is_recent) AS former_orders,
                      COALESCE(SUM(revenue) FILTER (WHERE is_recent), 0)
                          AS recent_revenue,
                      SUM(revenue) FILTER (WHERE NOT is_recent) AS former_revenue
                 FROM (SELECT customer_id, revenue,
                              date_order >= %(instant)s AS is_recent
                         FROM (%(orders)s) o) dated
             GROUP BY customer_id""",
            instant=instant,
            orders=facts._orders_sql(
                company, as_of, customers=customers, since=former_start
            ),
        )

    @api.model
    def _complaints_sql(self, company, as_of, customers) -> SQL:
        """Return the complaints that were open at the end of the day.

        Opinions are no sign of leaving.
        """
        end = self.env["crm.sale.fact"]._get_utc_bounds(company, as_of, as_of)[1]
        return SQL(
            """SELECT commercial_partner_id AS customer_id, COUNT(*) AS complaints
                 FROM crm_complaint
                WHERE company_id = %(company)s AND type = 'complaint'
                  AND date_received < %(end)s
                  AND (is_open OR date_closed >= %(end)s) %(among)s
             GROUP BY commercial_partner_id""",
            company=company.id,
            end=end,
            among=self._among(customers, SQL("commercial_partner_id")),
        )

    @api.model
    def _late_sql(self, company, as_of, customers) -> SQL:
        """Return the share of the deliveries of the last 12 months that were late.

        In percent of the order lines delivered, by the definition of the deliveries.
        """
        start, _former = seven_p.window_days(as_of)
        deliveries = self.env["crm.delivery.report"]._company_sql(
            company, since=start, until=as_of
        )
        return SQL(
            """SELECT d.partner_id AS customer_id,
                      100.0 * (COUNT(*) FILTER (WHERE d.days_late > 0))::float8
                            / COUNT(*) AS late_share
                 FROM (%s) d
                WHERE true %s
             GROUP BY d.partner_id""",
            deliveries,
            self._among(customers, SQL("d.partner_id")),
        )

    @api.model
    def _answers_sql(self, company, as_of, customers) -> SQL:
        """Return the mean satisfaction of the last 12 months, 0 to 100."""
        facts = self.env["crm.sale.fact"]
        start, _former = seven_p.window_days(as_of)
        return SQL(
            """SELECT commercial_partner_id AS customer_id,
                      AVG(score)::float8 AS satisfaction
                 FROM crm_satisfaction_score
                WHERE company_id = %(company)s
                  AND date >= %(start)s AND date < %(end)s %(among)s
             GROUP BY commercial_partner_id""",
            company=company.id,
            start=facts._get_day_start(start, company),
            end=facts._get_utc_bounds(company, as_of, as_of)[1],
            among=self._among(customers, SQL("commercial_partner_id")),
        )

    @api.model
    def _among(self, customers, column) -> SQL:
        if customers is None:
            return SQL()
        return SQL("AND %s IN (%s)", column, customers)
