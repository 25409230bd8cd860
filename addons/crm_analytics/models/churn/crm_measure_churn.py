from odoo import models
from odoo.tools import SQL

from odoo.addons.crm_strategy.tools.measure_trend import MeasureResult


class CrmMeasure(models.Model):
    """Who stayed: of the customers of a year, those who bought in the year after it.

    The year after it is the 12 months that end with the period, so the figure of a
    month is comparable with that of any other month.
    """

    _inherit = "crm.measure"

    def _measure_retention_rate(self, company, periods):
        """Customers of the 12 months before the last 12 who bought in these."""
        return {
            start: MeasureResult.ratio(kept, former)
            for start, kept, former in self._query_retention(company, periods)
        }

    def _measure_churn_rate(self, company, periods):
        """Customers of the 12 months before the last 12 who did not buy in these."""
        return {
            start: MeasureResult.ratio(former - kept, former)
            for start, kept, former in self._query_retention(company, periods)
        }

    def _query_retention(self, company, periods):
        """Return period start, kept and former customers, one statement."""
        return self.env.execute_query(
            SQL(
                """WITH period AS (%(periods)s), bought AS MATERIALIZED (
                       SELECT customer_id, %(day)s AS day
                         FROM (%(orders)s) o
                     GROUP BY 1, 2
                   ), judged AS (
                       SELECT p.date_from, b.customer_id,
                              BOOL_OR(b.day > p.middle) AS is_kept
                         FROM (SELECT date_from, date_to,
                                      (date_to - INTERVAL '1 year')::date AS middle,
                                      (date_to - INTERVAL '2 years')::date AS first
                                 FROM period) p
                         JOIN bought b ON b.day > p.first AND b.day <= p.date_to
                     GROUP BY p.date_from, b.customer_id
                       HAVING BOOL_OR(b.day <= p.middle)
                   )
                   SELECT p.date_from, COUNT(j.customer_id) FILTER (WHERE j.is_kept),
                          COUNT(j.customer_id)
                     FROM period p
                LEFT JOIN judged j USING (date_from)
                 GROUP BY p.date_from""",
                periods=self._periods_sql(periods),
                day=self.env["crm.sale.fact"]._local_day_sql(
                    SQL("date_order"), company
                ),
                orders=self.env["crm.sale.fact"]._orders_sql(
                    company, periods[-1].date_to
                ),
            )
        )

    # --- DRILL-DOWN

    def _records_retention_rate(self, company, _date_from, date_to):
        return self._retention_records(company, date_to, SQL("is_kept"))

    def _records_churn_rate(self, company, _date_from, date_to):
        return self._retention_records(company, date_to, SQL("NOT is_kept"))

    def _retention_records(self, company, date_to, which):
        facts = self.env["crm.sale.fact"]
        return SQL(
            """SELECT customer_id
                 FROM (SELECT customer_id, BOOL_OR(day > %(middle)s) AS is_kept
                         FROM (SELECT customer_id, %(day)s AS day
                                 FROM (%(orders)s) o) b
                        WHERE day > (%(to)s::date - INTERVAL '2 years')::date
                     GROUP BY customer_id
                       HAVING BOOL_OR(day <= %(middle)s)) judged
                WHERE %(which)s""",
            middle=SQL("(%s::date - INTERVAL '1 year')::date", date_to),
            day=facts._local_day_sql(SQL("date_order"), company),
            orders=facts._orders_sql(company, date_to),
            to=date_to,
            which=which,
        )

    def _drill_retention_rate(self, company, date_from, date_to):
        """The customers who stayed: the numerator of the rate."""
        return self._prepare_drill_action("res.partner", company, date_from, date_to)

    def _drill_churn_rate(self, company, date_from, date_to):
        """The customers who did not come back: the numerator of the rate."""
        return self._prepare_drill_action("res.partner", company, date_from, date_to)
