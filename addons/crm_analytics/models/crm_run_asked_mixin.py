from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_strategy.tools.notification import notification


class CrmRunAskedMixin(models.AbstractModel):
    """A run that somebody asked for, done by a job.

    A run at work holds the lock of the policy and writes to it, so what is asked for
    meanwhile stands here. The request stays until its run is done or failed: where the
    server stops in between, the next start of the job takes it up again.

    A model gives the state ``asked``, unique per company, ``_asked_cron``,
    ``_asked_mode``, ``_cron_do_asked_one`` and ``_get_notification``.
    """

    _name = "crm.run.asked.mixin"
    _description = "Requested Run"

    _asked_cron = None
    _asked_mode = None

    @api.model
    def _ask(self, companies):
        """Note that the user asks for a run for ``companies``, each once."""
        runs = self.sudo()  # style: CRM109 whoever may refresh leaves a record
        asked = runs.search(runs._get_asked_domain(companies))
        runs.create(
            [
                {"company_id": company.id, "mode": self._asked_mode, "state": "asked"}
                for company in companies - asked.company_id
            ]
        )
        if not self.env.ref(self._asked_cron)._trigger():
            raise UserError(
                self.env._(
                    "The job that does this is switched off. Ask your administrator to"
                    " switch it on."
                )
            )
        return notification(
            self.env._("The refresh goes on in the background; its progress is shown."),
            "info",
        )

    @api.model
    def _get_asked_domain(self, companies):
        return [("state", "=", "asked"), ("company_id", "in", companies.ids)]

    @api.model
    def _get_asked(self, companies):
        """Return ``{company: run}`` of what is asked for."""
        asked = self.search(self._get_asked_domain(companies))
        return {run.company_id: run for run in asked}

    # --- CRON

    @api.model
    def _cron_do_all_asked(self):
        """Do what people wait for."""
        asked = self.search([("state", "=", "asked")], order="id")
        if asked:
            self._mark_interrupted()
            self.env["crm.job.pass"]._cron_work_off(
                f"{self._name} asked",
                asked.ids,
                lambda run_id: self.browse(run_id)._cron_do_asked(),
            )

    def _cron_do_asked(self):
        """Do the run that was asked for, and tell the person what came of it."""
        asker, company = self.user_id, self.company_id
        runs = self.with_context(lang=asker.lang or self.env.lang).browse()
        run = runs._cron_do_asked_one(self.env[self._policy_model]._ensure(company))
        if not run:
            soon = fields.Datetime.now() + timedelta(minutes=1)
            self.env.ref(self._asked_cron)._trigger(soon)
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

    @api.model
    def _cron_do_asked_one(self, policy):
        """Do what was asked for; return the run, or none if it is at work already."""
        raise NotImplementedError
