from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.tools.measure_trend import MeasureResult


class CrmMeasure(models.Model):
    """The measures of sales activities; what is not done does not count.

    Touches count in the period in which they took place, influenced revenue in that
    of the order. Each is one statement for all periods.
    """

    _inherit = "crm.measure"

    def _measure_sales_activities(self, company, periods):
        """Touches done in the period."""
        sums = self._query_touches(company, periods, SQL("COUNT(a.id), 0"))
        return {start: MeasureResult(float(count)) for start, count, _zero in sums}

    def _measure_sales_activity_reached(self, company, periods):
        """Touches in which the customer was reached, of those with an outcome."""
        pair = SQL("COUNT(a.id) FILTER (WHERE outcome.is_reached), COUNT(a.outcome_id)")
        return self._measure_ratio(self._query_touches(company, periods, pair))

    def _measure_sales_activity_cost(self, company, periods):
        """Mean cost of a touch."""
        pair = SQL("COALESCE(SUM(a.cost), 0)::float8, COUNT(a.id)")
        return self._measure_ratio(self._query_touches(company, periods, pair))

    def _measure_sales_activity_revenue(self, company, periods):
        """Revenue of the orders of the period that touches came before."""
        facts = self.env["crm.sale.fact"]
        touches = self.env["crm.sales.activity"]
        self.env.flush_all()
        query = SQL(
            """SELECT p.date_from, COALESCE(SUM(i.revenue), 0)
                 FROM (%(periods)s) p
            LEFT JOIN (%(influence)s) i ON %(day)s BETWEEN p.date_from AND p.date_to
             GROUP BY p.date_from""",
            periods=self._periods_sql(periods),
            influence=touches._influence_sql(
                company, since=periods[0].date_from, until=periods[-1].date_to
            ),
            day=facts._local_day_sql(SQL("i.date_order"), company),
        )
        return {
            start: MeasureResult(float(revenue))
            for start, revenue in self.env.execute_query(query)
        }

    def _query_touches(self, company, periods, figures):
        """Return rows of a period's start and two figures of its touches ``a``."""
        end = self.env["crm.sale.fact"]._end_of_day_sql
        query = SQL(
            """SELECT p.date_from, %(figures)s
                 FROM (%(periods)s) p
            LEFT JOIN crm_sales_activity a
                   ON a.company_id = %(company)s AND a.state = 'done'
                  AND a.date_start >= %(begin)s AND a.date_start < %(end)s
            LEFT JOIN crm_sales_activity_outcome outcome ON outcome.id = a.outcome_id
             GROUP BY p.date_from""",
            figures=figures,
            periods=self._periods_sql(periods),
            company=company.id,
            begin=end(SQL("(p.date_from - 1)"), company),
            end=end(SQL("p.date_to"), company),
        )
        self.env.flush_all()
        return self.env.execute_query(query)

    # --- DRILL

    def _drill_sales_activities(self, company, date_from, date_to):
        """The touches done in these days."""
        return self._open_touches(self._get_done(company, date_from, date_to))

    def _drill_sales_activity_reached(self, company, date_from, date_to):
        """The touches with an outcome."""
        done = self._get_done(company, date_from, date_to)
        return self._open_touches(done & Domain("outcome_id", "!=", False))

    def _drill_sales_activity_cost(self, company, date_from, date_to):
        """The touches done in these days."""
        return self._drill_sales_activities(company, date_from, date_to)

    def _drill_sales_activity_revenue(self, company, date_from, date_to):
        """The orders of these days that touches came before."""
        return self._prepare_drill_action("sale.order", company, date_from, date_to)

    def _records_sales_activity_revenue(self, company, date_from, date_to):
        """The ids of these orders."""
        touches = self.env["crm.sales.activity"]
        self.env.flush_all()
        return SQL(
            "SELECT order_id FROM (%s) influence",
            touches._influence_sql(company, since=date_from, until=date_to),
        )

    def _get_done(self, company, date_from, date_to):
        start, end = self.env["crm.sale.fact"]._get_utc_bounds(
            company, date_from, date_to
        )
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "done")
            & Domain("date_start", ">=", start)
            & Domain("date_start", "<", end)
        )

    def _open_touches(self, domain):
        return self.env["crm.sales.activity"]._get_open_action(
            list(domain), {"create": False}
        )
