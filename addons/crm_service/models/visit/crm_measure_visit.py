from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.tools.measure_trend import MeasureResult


class CrmMeasure(models.Model):
    """The measures of visits; a visit counts in the period of its day."""

    _inherit = "crm.measure"

    def _measure_visits_done(self, company, periods):
        """Visits done in the period."""
        return {
            start: MeasureResult(float(done))
            for start, done, _planned, _cost in self._query_visits(company, periods)
        }

    def _measure_visit_coverage(self, company, periods):
        """Visits done, of those that were planned for the period."""
        return {
            start: MeasureResult.ratio(done, planned)
            for start, done, planned, _cost in self._query_visits(company, periods)
        }

    def _measure_visit_cost(self, company, periods):
        """Cost of a visit: of all visits done, by their number."""
        return {
            start: MeasureResult.ratio(cost, done)
            for start, done, _planned, cost in self._query_visits(company, periods)
        }

    def _query_visits(self, company, periods):
        """Return (start, done, planned, cost) of each period, one statement."""
        end = self.env["crm.sale.fact"]._end_of_day_sql
        self.env["crm.sales.activity"].flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT p.date_from,
                          COUNT(a.id) FILTER (WHERE a.state = 'done'),
                          COUNT(a.id) FILTER (
                              WHERE a.is_scheduled AND a.state <> 'proposed'),
                          SUM(a.cost) FILTER (WHERE a.state = 'done')
                     FROM (%(periods)s) p
                LEFT JOIN crm_sales_activity a
                       ON a.company_id = %(company)s AND a.is_visit
                      AND a.date_start >= %(begin)s AND a.date_start < %(end)s
                 GROUP BY p.date_from""",
                periods=self._periods_sql(periods),
                company=company.id,
                begin=end(SQL("(p.date_from - 1)"), company),
                end=end(SQL("p.date_to"), company),
            )
        )

    # --- DRILL-DOWN

    def _drill_visits_done(self, company, date_from, date_to):
        return self._open_visits(company, date_from, date_to, ["done"])

    def _drill_visit_coverage(self, company, date_from, date_to):
        states = ["planned", "confirmed", "done", "cancelled"]
        action = self._open_visits(company, date_from, date_to, states)
        action["domain"] += [("is_scheduled", "=", True)]
        return action

    def _drill_visit_cost(self, company, date_from, date_to):
        return self._open_visits(company, date_from, date_to, ["done"])

    def _open_visits(self, company, date_from, date_to, states):
        begin, end = self.env["crm.sale.fact"]._get_utc_bounds(
            company, date_from, date_to
        )
        domain = Domain("company_id", "=", company.id) & Domain("is_visit", "=", True)
        domain &= Domain("date_start", ">=", begin) & Domain("date_start", "<", end)
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_service.crm_visit_action_list"
            ),
            "domain": list(domain & Domain("state", "in", states)),
            "context": {"create": False},
        }
