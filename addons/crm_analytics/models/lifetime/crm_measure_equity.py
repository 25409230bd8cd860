from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_strategy.tools.measure_trend import MeasureResult


class CrmMeasure(models.Model):
    """Customer equity: what all customers together are worth."""

    _inherit = "crm.measure"

    def _measure_customer_equity(self, company, periods):
        """Sum of the lifetime values: as it is today, kept from now on."""
        today = self.env["crm.sale.fact"]._get_today(company)
        running = [p for p in periods if p.date_from <= today <= p.date_to]
        if not running:
            return {}
        domain = self._get_equity_domain(company)
        [[value, count]] = self.env["crm.scorecard.prospecting"]._read_group(
            domain, [], ["lifetime_value:sum", "__count"]
        )
        result = MeasureResult(float(value) if count else None)
        return {period.date_from: result for period in running}

    def _get_equity_domain(self, company):
        return Domain("company_id", "=", company.id) & Domain("model_id", "!=", False)

    def _drill_customer_equity(self, company, _date_from, _date_to):
        """The customers whose lifetime values add up."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_analytics.crm_scorecard_prospecting_action_equity"
            ),
            "domain": list(self._get_equity_domain(company)),
        }
