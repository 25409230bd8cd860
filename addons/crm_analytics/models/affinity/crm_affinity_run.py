import time

from odoo import api, fields, models

from odoo.addons.crm_strategy.tools.notification import notification


class CrmAffinityRun(models.Model):
    """The record of one count of what a company sells together."""

    _name = "crm.affinity.run"
    _description = "Affinity Run"
    _inherit = ["crm.run.mixin"]
    _order = "id desc"
    _rec_name = "date_start"
    _policy_model = "crm.affinity.policy"

    mode = fields.Selection(
        [("full", "Full"), ("incremental", "New Orders"), ("offers", "Offers")],
        required=True,
        readonly=True,
    )
    window_start = fields.Datetime("Orders From", readonly=True)
    until = fields.Datetime("Orders Until", readonly=True)
    customer_count = fields.Integer(
        "Customers",
        readonly=True,
        help="Whose offers were worked out. Each batch of them shows at once, the "
        "other customers keep their former offers until their turn.",
    )
    line_count = fields.Integer("Order Lines Read", readonly=True)
    basket_count = fields.Integer(
        "Baskets", readonly=True, help="Of all customers; in this run."
    )
    skipped_count = fields.Integer(
        "Baskets Left Out",
        readonly=True,
        help="Baskets with more items than the policy allows.",
    )
    rule_count = fields.Integer("Rules", readonly=True)
    dropped_count = fields.Integer(
        "Rules Dropped",
        readonly=True,
        help="Rules beyond the number that is kept, those of the fewest baskets. "
        "Raise the minimums of the policy.",
    )
    inserted_count = fields.Integer("New", readonly=True)
    updated_count = fields.Integer("Changed", readonly=True)
    deleted_count = fields.Integer("Removed", readonly=True)
    corrected_count = fields.Integer(
        "Corrected",
        readonly=True,
        help="Products and categories whose number of baskets a full run found to "
        "differ from the kept one: orders cancelled, changed or dated back since.",
    )
    # --- PARAMETERS

    def _get_parameter_lines(self, parameters):
        """Add what was counted, by the labels of the policy."""
        fields_ = self.env["crm.affinity.policy"].fields_get()
        own = {
            "segments": self.env._("Segments"),
            "excluded_products": self.env._("Products Left Out"),
            "excluded_categories": self.env._("Categories Left Out"),
        }
        return [
            *super()._get_parameter_lines(parameters),
            *(
                (
                    own.get(name) or fields_.get(name, {}).get("string", name),
                    self._get_value_text(value, fields_.get(name, {})),
                )
                for name, value in sorted(parameters.items())
            ),
        ]

    @api.model
    def _get_value_text(self, value, field):
        """Return the value of a rule as the form of the policy shows it."""
        if isinstance(value, list):
            return ", ".join(value) or self.env._("none")
        if isinstance(value, bool):
            return self.env._("yes") if value else self.env._("no")
        if isinstance(value, int | float):
            return self._get_number_text(value)
        return dict(field.get("selection", ())).get(value, value)

    # --- BUSINESS

    @api.model
    def _refresh(self, company, mode="incremental", until=None):
        """Count what ``company`` sells together; return the run. Commits nothing.

        :param until: moment (UTC) up to which orders count; default: now, or rather
            the start of the oldest open transaction
        """
        run = self._start(company, mode)
        run._work(until)
        return run

    @api.model
    def _run_safely(self, company, mode="incremental"):
        """As :meth:`_refresh`, but record a failure on the run instead of raising."""
        run = self._start(company, mode)
        run._work_safely()
        return run

    def _work(self, until=None, step=None):
        """Count, and record the figures and the duration."""
        self.ensure_one()
        if step is not None:
            self._work_on_offers(step)
            return
        started = time.monotonic()
        policy = self.env["crm.affinity.policy"]._ensure(self.company_id)
        engine = self.env["crm.affinity.engine"].sudo()  # style: CRM109 writes rules
        figures = engine._refresh(policy, self, until)
        self.write(
            {
                **figures,
                "state": "done",
                "error": False,
                "duration": time.monotonic() - started,
                "parameters": policy._get_parameters(),
            }
        )

    @api.model
    def _offer_step(self, policy, step):
        """Do one step of the offers of a company; a failed run does none of the rest.

        :param step: ``start``, the number of a batch, or ``end``
        """
        mode = [("company_id", "=", policy.company_id.id), ("mode", "=", "offers")]
        run = self.sudo().search(  # style: CRM109 the record of the job
            [*mode, ("state", "=", "running")], limit=1
        )
        if step == "start":
            run.write(
                {
                    "state": "interrupted",
                    "error": self.env._(
                        "The job did not come to an end. Customers of the batches that "
                        "were done have their new offers."
                    ),
                }
            )
            self._start(policy.company_id, "offers")
        elif run:
            run._work_safely(None, step)

    def _work_on_offers(self, step):
        """Do one step, and add it to the figures of the run."""
        started = time.monotonic()
        engine = self.env["crm.next.best.offer.engine"].sudo()  # style: CRM109 offers
        policy = self.env["crm.affinity.policy"]._ensure(self.company_id)
        vals = {}
        if step == "end":
            engine._finish(policy)
            vals = {"state": "done", "parameters": policy._get_parameters()}
        else:
            count = engine._refresh_numbered(policy, step)
            vals = {"customer_count": self.customer_count + count}
        self.write({**vals, "duration": self.duration + time.monotonic() - started})

    @api.model
    def _get_running_domain(self):
        """Leave out offers: between two batches they hold no lock."""
        return [*super()._get_running_domain(), ("mode", "!=", "offers")]

    def _get_notification(self):
        """Return the client action that tells what came of these runs."""
        failed = self.filtered(lambda run: run.state == "failed")
        if failed:
            message = "\n".join(failed.mapped("error"))
        else:
            message = self.env._(
                "%(baskets)s baskets counted: %(rules)s rules, %(new)s of them new, in "
                "%(seconds)s seconds.",
                baskets=sum(self.mapped("basket_count")),
                rules=sum(self.mapped("rule_count")),
                new=sum(self.mapped("inserted_count")),
                seconds=f"{sum(self.mapped('duration')):.1f}",
            )
        return notification(message, "danger" if failed else "success")

    # --- CRON

    @api.model
    def _cron_refresh(self, mode="incremental"):
        """Count for every company; each is committed for itself."""
        self._mark_interrupted()
        policies = self.env["crm.affinity.policy"]._ensure(
            self.env["res.company"].search([])
        )
        self.env["crm.job.pass"]._cron_work_off(
            f"{self._name} {mode}",
            policies.ids,
            lambda policy_id: self._cron_count_one(policies.browse(policy_id), mode),
        )

    @api.model
    def _cron_count_one(self, policy, mode):
        """Count for one company, unless somebody else does so right now."""
        if not policy.try_lock_for_update():
            return
        run = self._start(policy.company_id, mode)
        # before the commit: the work must see all that is not open any more
        until = self.env["crm.watermark"]._read()
        self.env["ir.cron"]._commit_progress()
        run._work_safely(until)
