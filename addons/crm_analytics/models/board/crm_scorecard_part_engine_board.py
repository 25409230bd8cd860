from odoo import api, models


class CrmScorecardPartEngine(models.AbstractModel):
    """Scoring everybody also works out cohorts, costs and the company's figures."""

    _inherit = "crm.scorecard.part.engine"

    @api.model
    def _get_board_models(self):
        """Return what is worked out after the scores, in this order."""
        return ["crm.cohort", "crm.customer.cost", "crm.seven.p.summary"]

    @api.model
    def _refresh(self, policy, run, counts, since):
        # after a change of factors an incremental run scores everybody, too
        is_whole = counts.get("mode") == "full" or not self._is_usable(policy, since)
        result = super()._refresh(policy, run, counts, since)
        if is_whole:
            for name in self._get_board_models():
                model = self.env[name].sudo()  # style: CRM109 kept by the system
                model._refresh(policy.company_id, counts["as_of"])
        return result
