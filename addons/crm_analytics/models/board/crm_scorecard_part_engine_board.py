from odoo import api, models


class CrmScorecardPartEngine(models.AbstractModel):
    """Scoring everybody also works out cohorts, costs and the company's figures."""

    _inherit = "crm.scorecard.part.engine"

    @api.model
    def _finish(self, policy, window, is_whole, changed):
        result = super()._finish(policy, window, is_whole, changed)
        if is_whole:
            company = policy.company_id
            kept = self.sudo().env  # style: CRM109 kept by the system
            kept["crm.cohort"]._refresh(company, window.as_of)
            kept["crm.customer.cost"]._refresh_recent(company, window, changed)
            kept["crm.seven.p.summary"]._refresh(company, window.as_of)
            job = "crm_analytics.ir_cron_profit_month"
            if cron := kept.ref(job, raise_if_not_found=False):
                cron._trigger()
        return result
