from odoo import api, fields, models


class CrmScorecardRun(models.Model):
    """A refresh that somebody asked for, done by the job of the changed customers."""

    _name = "crm.scorecard.run"
    _inherit = ["crm.scorecard.run", "crm.run.asked.mixin"]
    _asked_cron = "crm_analytics.ir_cron_scorecard_incremental"
    _asked_mode = "full"

    state = fields.Selection(
        selection_add=[("asked", "Asked for")], ondelete={"asked": "cascade"}
    )

    _asked_uniq = models.UniqueIndex(
        "(company_id) WHERE state = 'asked'",
        "Somebody has asked for this refresh already: wait until it is done.",
    )

    # --- CRON

    @api.model
    def _cron_refresh(self, mode="incremental"):
        """Do first what people wait for."""
        if mode == "incremental":
            self._cron_do_all_asked()
        return super()._cron_refresh(mode)

    @api.model
    def _cron_do_asked_one(self, policy):
        return self._cron_do_task(policy, "full", None)
