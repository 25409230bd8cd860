from odoo import api, models


class CrmScorecardPartEngine(models.AbstractModel):
    """Fills the parts from their sources and scores them, set-based, after the core."""

    _name = "crm.scorecard.part.engine"
    _description = "Engine of the Scorecard Parts"

    @api.model
    def _refresh(self, policy, run, counts, since):
        """Bring all parts and scores of the policy's company up to date.

        :param run: the ``crm.scorecard.run`` that gets a row per part
        :param counts: what the core refresh told: mode, as_of, changed
        :param since: the watermark of the refresh before
        """
