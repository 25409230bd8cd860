from odoo import api, models
from odoo.tools import SQL

from ...tools.seven_p import MONTHS, WEEKDAYS, Source
from ..scorecard.crm_scorecard_columns import exact


class CrmScorecardSource(models.AbstractModel):
    """Persistency: what the orders of the last 24 months say of loyalty."""

    _inherit = "crm.scorecard.source"

    @api.model
    def _get_sources(self):
        return [
            *super()._get_sources(),
            Source(
                "persistency_orders",
                "persistency",
                self.env._("Orders of the last 24 months"),
                (
                    "recent_order_count",
                    "former_order_count",
                    "recent_revenue",
                    "former_revenue",
                    "revenue_trend",
                    "active_month_count",
                    "peak_month",
                    "peak_weekday",
                    "peak_share",
                    "is_retained",
                ),
                "_persistency_orders_sql",
                zero=(
                    "recent_order_count",
                    "former_order_count",
                    "recent_revenue",
                    "former_revenue",
                    "active_month_count",
                ),
                prepare=("_prepare_bought",),
            ),
            Source(
                "persistency_card",
                "persistency",
                self.env._("Days of all orders"),
                ("customer_since", "regularity"),
                "_persistency_card_sql",
            ),
        ]

    @api.model
    def _persistency_card_sql(self, company, window, customers) -> SQL:
        """Return since when, and how regularly, each customer buys."""
        return SQL(
            """SELECT customer_id, first_order_date AS customer_since,
                      CASE WHEN interval_spread IS NOT NULL AND interval_mean > 0
                           THEN %s END AS regularity
                 FROM (%s) card WHERE TRUE %s""",
            exact(SQL("interval_mean / (interval_mean + interval_spread)"), 2),
            self._cards_sql(company, window),
            self._only_sql(customers, SQL("customer_id")),
        )

    @api.model
    def _prepare_bought(self, company, window, customers):
        """Pass over two years of orders once, for all who compare the years.

        Makes ``crm_scorecard_bought``: one row per customer who ordered, with the
        numbers and amounts of :meth:`_bought_sql`.
        """
        self.env["crm.scorecard.engine"]._make_table(
            "crm_scorecard_bought", self._bought_sql(company, window, customers)
        )

    @api.model
    def _persistency_orders_sql(self, _company, window, _customers) -> SQL:
        """Return the figures of two years of orders.

        Amounts by month of the year and numbers by day of the week are summed beside
        each other: grouping by them before would sort the orders twice.
        """
        return SQL(
            """WITH taken AS (%(taken)s)
               SELECT customer_id, recent_order_count, former_order_count,
                      net.recent_revenue, net.former_revenue,
                      (net.recent_revenue - net.former_revenue)
                          / NULLIF(ABS(net.recent_revenue) + ABS(net.former_revenue), 0)
                          AS revenue_trend,
                      BIT_COUNT(recent_months::bit(12)) AS active_month_count,
                      CASE WHEN peak.amount > 0
                           THEN ARRAY_POSITION(months, peak.amount) END AS peak_month,
                      ARRAY_POSITION(weekdays, peak.orders) AS peak_weekday,
                      CASE WHEN peak.amount > 0 AND peak.total > 0
                           THEN 100 * peak.amount / peak.total END AS peak_share,
                      CASE WHEN former_order_count > 0
                           THEN recent_order_count > 0 END AS is_retained
                 FROM crm_scorecard_bought b
            FULL JOIN taken t USING (customer_id)
           CROSS JOIN LATERAL (
                      SELECT COALESCE(b.recent, 0) - COALESCE(t.recent, 0)
                                 AS recent_revenue,
                             COALESCE(b.former, 0) - COALESCE(t.former, 0)
                                 AS former_revenue) net
           CROSS JOIN LATERAL (
                      SELECT GREATEST(%(months)s) AS amount,
                             GREATEST(%(weekdays)s) AS orders,
                             total) peak""",
            taken=self._taken_back_sql(window),
            months=self._places_sql("months", len(MONTHS)),
            weekdays=self._places_sql("weekdays", len(WEEKDAYS)),
        )

    @api.model
    def _places_sql(self, column, count) -> SQL:
        """Return ``column[1], column[2], ...``."""
        return SQL(", ").join(
            SQL("%s[%s]", SQL.identifier(column), place)
            for place in range(1, count + 1)
        )

    @api.model
    def _bought_sql(self, company, window, customers) -> SQL:
        """Return numbers and amounts of the orders of both years, per customer.

        OFFSET 0: month and weekday are worked out once per order, not once per sum;
        the sums by month are of whole numbers, which are quicker than exact ones.
        """
        facts = self._facts()
        orders = facts._orders_sql(
            company, window.as_of, customers, since=window.former_start
        )
        months = SQL(", ").join(
            SQL("COALESCE(SUM(mills) FILTER (WHERE month = %s), 0)", place)
            for place in range(1, len(MONTHS) + 1)
        )
        weekdays = SQL(", ").join(
            SQL("COUNT(*) FILTER (WHERE weekday = %s)", place)
            for place in range(1, len(WEEKDAYS) + 1)
        )
        return SQL(
            """SELECT customer_id,
                      COUNT(*) FILTER (WHERE is_recent) AS recent_order_count,
                      COUNT(*) FILTER (WHERE NOT is_recent) AS former_order_count,
                      COALESCE(SUM(revenue) FILTER (WHERE is_recent), 0) AS recent,
                      COALESCE(SUM(revenue) FILTER (WHERE NOT is_recent), 0) AS former,
                      SUM(mills) AS total,
                      BIT_OR(1 << (month - 1)) FILTER (WHERE is_recent)
                          AS recent_months,
                      ARRAY[%(months)s] AS months,
                      ARRAY[%(weekdays)s] AS weekdays
                 FROM (SELECT customer_id, revenue, day >= %(start)s AS is_recent,
                              (revenue * 1000)::bigint AS mills,
                              DATE_PART('month', day)::int AS month,
                              DATE_PART('isodow', day)::int AS weekday
                         FROM (SELECT customer_id, revenue, %(day)s AS day
                                 FROM (%(orders)s) o) dated
                       OFFSET 0) placed
             GROUP BY customer_id""",
            months=months,
            weekdays=weekdays,
            start=window.start,
            day=facts._local_day_sql(SQL("date_order"), company),
            orders=orders,
        )

    @api.model
    def _taken_back_sql(self, window) -> SQL:
        """Return what credit notes of both years took back, per customer."""
        return SQL(
            """SELECT customer_id,
                      SUM(revenue) FILTER (WHERE day >= %(start)s) AS recent,
                      SUM(revenue) FILTER (WHERE day < %(start)s) AS former
                 FROM crm_scorecard_refunded
                WHERE day >= %(former_start)s
             GROUP BY customer_id""",
            start=window.start,
            former_start=window.former_start,
        )
