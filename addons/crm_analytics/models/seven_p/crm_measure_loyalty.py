from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.tools.measure_trend import MeasureResult


class CrmMeasure(models.Model):
    """How long and how steadily the customers buy who still do; see the scorecards."""

    _inherit = "crm.measure"

    def _measure_loyalty_tenure(self, company, periods):
        """Mean days since the first purchase; as it is, kept from now on."""
        today = self.env["crm.sale.fact"]._get_today(company)
        days = SQL("%s::date - customer_since", today)
        return self._query_loyalty(company, periods, days)

    def _measure_loyalty_stability(self, company, periods):
        """Mean regularity; as it is, kept from now on."""
        return self._query_loyalty(company, periods, SQL("regularity"))

    def _query_loyalty(self, company, periods, figure):
        """Return the mean of ``figure`` over the customers of the last 12 months."""
        today = self.env["crm.sale.fact"]._get_today(company)
        running = [p for p in periods if p.date_from <= today <= p.date_to]
        if not running:
            return {}
        self.env["crm.scorecard.persistency"].flush_model()
        [pair] = self.env.execute_query(
            SQL(
                """SELECT SUM(%(figure)s), COUNT(%(figure)s)
                     FROM crm_scorecard_persistency
                    WHERE company_id = %(company)s AND recent_order_count > 0""",
                figure=figure,
                company=company.id,
            )
        )
        return {period.date_from: MeasureResult.ratio(*pair) for period in running}

    # --- DRILL-DOWN

    def _drill_loyalty_tenure(self, company, _date_from, _date_to):
        """The customers of the last 12 months, as they are now."""
        return self._open_persistency(company, Domain.TRUE)

    def _drill_loyalty_stability(self, company, _date_from, _date_to):
        """Those of them whose regularity is known."""
        return self._open_persistency(company, Domain("regularity", "!=", False))

    def _open_persistency(self, company, among):
        domain = (
            Domain("company_id", "=", company.id)
            & Domain("recent_order_count", ">", 0)
            & among
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "crm.scorecard.persistency",
            "view_mode": "list",
            "views": [[False, "list"]],
            "domain": list(domain),
            "context": {"create": False},
        }
