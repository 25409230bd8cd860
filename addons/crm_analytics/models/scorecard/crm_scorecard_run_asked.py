from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_strategy.tools.notification import notification

CRON = "crm_analytics.ir_cron_scorecard_incremental"


class CrmScorecardRun(models.Model):
    """A refresh that somebody asked for, done by the job of the changed customers.

    A refresh at work holds the lock of the policy and writes to it, so what is asked
    for meanwhile stands here. The request stays until its refresh is done or failed:
    where the server stops in between, the next start of the job takes it up again.
    """

    _inherit = "crm.scorecard.run"

    state = fields.Selection(
        selection_add=[("asked", "Asked for")], ondelete={"asked": "cascade"}
    )

    _asked_uniq = models.UniqueIndex(
        "(company_id) WHERE state = 'asked'",
        "Somebody has asked for this refresh already: wait until it is done.",
    )

    @api.model
    def _ask(self, companies):
        """Note that the user asks for a full refresh of ``companies``, each once."""
        runs = self.sudo()  # style: CRM109 whoever may refresh leaves a record
        asked = runs.search(runs._get_asked_domain(companies))
        runs.create(
            [
                {"company_id": company.id, "mode": "full", "state": "asked"}
                for company in companies - asked.company_id
            ]
        )
        if not self.env.ref(CRON)._trigger():
            raise UserError(
                self.env._(
                    "The job that refreshes the scorecards is switched off. Ask your"
                    " administrator to switch it on."
                )
            )
        return notification(
            self.env._("The refresh goes on in the background; its progress is shown."),
            "info",
        )

    @api.model
    def _get_asked_domain(self, companies):
        return [("state", "=", "asked"), ("company_id", "in", companies.ids)]

    # --- CRON

    @api.model
    def _cron_refresh(self, mode="incremental"):
        """Do first what people wait for."""
        asked = self.search([("state", "=", "asked")], order="id")
        if asked and mode == "incremental":
            self._mark_interrupted()
            self.env["crm.job.pass"]._cron_work_off(
                f"{self._name} asked",
                asked.ids,
                lambda run_id: self.browse(run_id)._cron_do_asked(),
            )
        return super()._cron_refresh(mode)

    def _cron_do_asked(self):
        """Do the refresh that was asked for, and tell the person what came of it."""
        asker, company = self.user_id, self.company_id
        runs = self.with_context(lang=asker.lang or self.env.lang).browse()
        policy = self.env["crm.rfm.policy"]._ensure(company)
        run = runs._cron_do_task(policy, "full", None)
        if not run:
            soon = fields.Datetime.now() + timedelta(minutes=1)
            self.env.ref(CRON)._trigger(soon)
            return
        run.user_id = asker
        self.unlink()
        told = run._get_notification()["params"]
        asker._bus_send(
            "simple_notification",
            {
                "title": company.name,
                "message": told["message"],
                "type": told["type"],
                "sticky": True,
            },
        )
