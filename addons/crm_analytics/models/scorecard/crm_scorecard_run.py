import time

from odoo import api, fields, models
from odoo.tools.misc import format_date

from odoo.addons.crm_strategy.tools.notification import notification


class CrmScorecardRun(models.Model):
    """The record of one refresh of the scorecards of one company."""

    _name = "crm.scorecard.run"
    _description = "Scorecard Run"
    _inherit = ["crm.run.mixin"]
    _order = "id desc"
    _rec_name = "date_start"
    _policy_model = "crm.rfm.policy"

    mode = fields.Selection(
        [
            ("full", "Full"),
            ("incremental", "Changed customers"),
            ("month_end", "Month end"),
        ],
        required=True,
        readonly=True,
    )
    as_of = fields.Date("Scored as of", readonly=True)
    customer_count = fields.Integer("Customers looked at", readonly=True)
    inserted_count = fields.Integer("New", readonly=True)
    updated_count = fields.Integer("Changed", readonly=True)
    deleted_count = fields.Integer("Removed", readonly=True)
    corrected_count = fields.Integer(
        "Corrected",
        readonly=True,
        help="Rows of a full refresh whose figures had changed although nothing told"
        " so: 0 is the goal.",
    )
    # --- PARAMETERS

    def _get_parameter_lines(self, parameters):
        """Add how recency, frequency and monetary were scored."""
        labels = self._get_labels("crm.rfm.cut", "dimension")
        methods = self._get_labels("crm.rfm.policy", "recency_method")
        return [
            *super()._get_parameter_lines(parameters),
            *(
                (
                    label,
                    "{} ({})".format(
                        methods[parameters[dimension]["method"]],
                        " < ".join(
                            self._get_rfm_bound_text(dimension, bound)
                            for bound in parameters[dimension]["bounds"]
                        ),
                    ),
                )
                for dimension, label in labels.items()
                if dimension in parameters
            ),
        ]

    def _get_rfm_bound_text(self, dimension, bound):
        """Return a bound, kept as text: a day, a number or an amount."""
        if bound is None:
            return "-"
        if dimension == "recency":
            return format_date(self.env, bound)
        if dimension == "monetary":
            return self.company_id.currency_id.format(float(bound))
        return self._get_number_text(float(bound))

    # --- BUSINESS

    @api.model
    def _refresh(self, company, as_of=None, mode="incremental"):
        """Refresh the scorecards of ``company``; return the run. Commits nothing.

        A failure is raised: nothing of the refresh stays, nor its record.
        See :meth:`crm.scorecard.engine._refresh` for the arguments.
        """
        run = self._start(company, mode)
        run._work(lambda engine, policy: engine._refresh(policy, mode, as_of))
        return run

    @api.model
    def _run_safely(self, company, mode="incremental"):
        """As :meth:`_refresh`, but record a failure on the run instead of raising."""
        run = self._start(company, mode)
        # rows were seen before now, so what is open now tells too little: go on from
        # where the last refresh did
        run._work_safely(
            lambda engine, policy: engine._refresh(
                policy, mode, watermark=policy.watermark
            )
        )
        return run

    def _work(self, task):
        """Do ``task(engine, policy)`` and record its counts and duration."""
        self.ensure_one()
        started = time.monotonic()
        policy = self.env["crm.rfm.policy"]._ensure(self.company_id)
        engine = self.env["crm.scorecard.engine"].sudo()  # style: CRM109 writes scores
        counts = task(engine, policy)
        self.write(
            {
                "mode": counts.get("mode", self.mode),
                "state": "done",
                "error": False,
                "as_of": counts.get("as_of"),
                "duration": time.monotonic() - started,
                "customer_count": counts.get("customers", 0),
                "inserted_count": counts.get("inserted", 0),
                "updated_count": counts.get("updated", 0),
                "deleted_count": counts.get("deleted", 0),
                "corrected_count": counts.get("corrected", 0),
                "parameters": {
                    **(self.parameters or {}),
                    **policy._get_parameters(),
                },
            }
        )

    def _get_notification(self):
        """Return the client action that tells what came of these runs."""
        failed = self.filtered(lambda run: run.state == "failed")
        if failed:
            message = "\n".join(failed.mapped("error"))
        else:
            message = self.env._(
                "%(customers)s customers scored: %(new)s new, %(changed)s changed,"
                " %(removed)s removed, in %(seconds)s seconds.",
                customers=sum(self.mapped("customer_count")),
                new=sum(self.mapped("inserted_count")),
                changed=sum(self.mapped("updated_count")),
                removed=sum(self.mapped("deleted_count")),
                seconds=f"{sum(self.mapped('duration')):.1f}",
            )
        return notification(message, "danger" if failed else "success")

    # --- CRON

    @api.model
    def _cron_refresh(self, mode="incremental"):
        """Refresh every company; the full mode first adds missing month ends.

        Each month end and each company is committed for itself, so a stop loses no
        more than the piece at hand, and the next start goes on there.
        """
        self._mark_interrupted()
        companies = self.env["res.company"].search([])
        policies = self.env["crm.rfm.policy"]._ensure(companies)
        tasks = {
            f"{policy.id} {task_mode} {day or ''}".strip(): (policy, task_mode, day)
            for policy, task_mode, day in self._get_cron_tasks(policies, mode)
        }
        self.env["crm.job.pass"]._cron_work_off(
            f"{self._name} {mode}", tasks, lambda name: self._cron_do_task(*tasks[name])
        )

    @api.model
    def _cron_do_task(self, policy, mode, day):
        """Do one piece of work of a job; return the record of it, if it was done."""
        if day and day not in policy._get_missing_month_ends()[:1]:
            return self  # a later month end must not hide one that failed
        if not policy.try_lock_for_update():
            return self  # refreshed by somebody else right now: his turn is next time
        run = self._start(policy.company_id, mode)
        # before the commit: the work must see all that is not open any more
        watermark = self.env["crm.watermark"]._read()
        self.env["ir.cron"]._commit_progress()
        run._work_safely(self._get_task(mode, day, watermark))
        run._drop_idle()
        return run

    @api.model
    def _get_cron_tasks(self, policies, mode):
        """Return ``(policy, mode, day)`` of each piece of work, in order."""
        tasks = []
        for policy in policies:
            if mode == "full":
                tasks += [
                    (policy, "month_end", month_end)
                    for month_end in policy._get_missing_month_ends()
                ]
            tasks.append((policy, mode, None))
        return tasks

    @api.model
    def _get_task(self, mode, day, watermark=None):
        if mode == "month_end":
            return lambda engine, policy: engine._snapshot(policy, day)
        return lambda engine, policy: engine._refresh(policy, mode, watermark=watermark)

    def _drop_idle(self):
        """Forget a run that found nobody to look at: it would only hide the others."""
        self.filtered(
            lambda run: (
                run.mode == "incremental"
                and run.state == "done"
                and not run.customer_count
                and not run.deleted_count
            )
        ).unlink()
