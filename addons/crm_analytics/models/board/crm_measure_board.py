from datetime import timedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.tools.measure_trend import MeasureResult


class CrmMeasure(models.Model):
    """The measures of winning and keeping customers, one statement for all periods."""

    _inherit = "crm.measure"

    def _measure_cost_to_win(self, company, periods):
        """Costs up to the first purchase of the period's new customers, by number."""
        rows = self.env.execute_query(
            SQL(
                """SELECT p.date_from,
                          (SELECT SUM(c.amount) FROM crm_customer_cost c
                            WHERE c.company_id = %(company)s AND c.phase = 'win'
                              AND c.date BETWEEN p.date_from AND p.date_to)::float8,
                          (SELECT COUNT(*) FROM crm_customer_scorecard s
                            WHERE s.company_id = %(company)s
                              AND s.first_order_date BETWEEN p.date_from AND p.date_to)
                     FROM (%(periods)s) p""",
                company=company.id,
                periods=self._periods_sql(periods),
            )
        )
        return self._measure_cost(company, periods, rows)

    def _measure_cost_to_keep(self, company, periods):
        """Costs after the first purchase, by the earlier customers who bought again."""
        facts = self.env["crm.sale.fact"]
        facts._flush_sources()
        orders = facts._orders_sql(
            company, periods[-1].date_to, since=periods[0].date_from
        )
        rows = self.env.execute_query(
            SQL(
                """WITH kept AS (
                       SELECT d.date_from, COUNT(DISTINCT o.customer_id) AS customers
                         FROM (SELECT *, %(day)s AS day FROM (%(orders)s) o) o
                         JOIN (%(days)s) d ON d.day = o.day
                         JOIN crm_customer_scorecard s ON s.partner_id = o.customer_id
                          AND s.company_id = %(company)s
                          AND s.first_order_date < d.date_from
                     GROUP BY d.date_from
                   )
                   SELECT p.date_from,
                          (SELECT SUM(c.amount) FROM crm_customer_cost c
                            WHERE c.company_id = %(company)s AND c.phase = 'keep'
                              AND c.date BETWEEN p.date_from AND p.date_to)::float8,
                          k.customers
                     FROM (%(periods)s) p LEFT JOIN kept k ON k.date_from = p.date_from
                """,
                day=facts._local_day_sql(SQL("o.date_order"), company),
                orders=orders,
                days=self._period_days_sql(periods),
                company=company.id,
                periods=self._periods_sql(periods),
            )
        )
        return self._measure_cost(company, periods, rows)

    def _measure_cost(self, company, periods, rows):
        """Return costs by customers; no figure of days and weeks.

        Costs are kept by month, so they tell of whole months, the running one as far
        as it goes.
        """
        today = self.env["crm.sale.fact"]._get_today(company)
        known = {
            period.date_from
            for period in periods
            if period.date_from.day == 1
            and (
                period.date_to == today or (period.date_to + timedelta(days=1)).day == 1
            )
        }
        found = self._measure_ratio(
            (start, cost or 0, n or 0) for start, cost, n in rows if start in known
        )
        return {p.date_from: MeasureResult(None) for p in periods} | found

    def _drill_cost_to_win(self, company, date_from, date_to):
        return self._open_costs("win", company, date_from, date_to)

    def _drill_cost_to_keep(self, company, date_from, date_to):
        return self._open_costs("keep", company, date_from, date_to)

    def _open_costs(self, phase, company, date_from, date_to):
        """Return the window on the costs of the days."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.crm_customer_cost_action"
        )
        domain = (
            Domain("company_id", "=", company.id)
            & Domain("phase", "=", phase)
            & Domain("date", ">=", date_from)
            & Domain("date", "<=", date_to)
        )
        return {**action, "domain": list(domain)}
