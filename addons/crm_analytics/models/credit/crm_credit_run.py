import time

from odoo import api, fields, models

from odoo.addons.crm_strategy.tools.notification import notification

from .crm_credit_policy import CUTS, MONTHS, REVIEWS

STEPS = ("compute", "compare", "write")


class CrmCreditRun(models.Model):
    """The record of one assessment of all customers of a company."""

    _name = "crm.credit.run"
    _description = "Credit Run"
    _inherit = ["crm.run.mixin", "crm.run.asked.mixin"]
    _order = "id desc"
    _rec_name = "date_start"
    _policy_model = "crm.credit.policy"
    _progress = "crm-credit"
    _asked_cron = "crm_analytics.ir_cron_credit_attend"
    _asked_mode = "manual"

    mode = fields.Selection(
        [("monthly", "Monthly"), ("manual", "By hand")], required=True, readonly=True
    )
    state = fields.Selection(
        selection_add=[("asked", "Asked for")], ondelete={"asked": "cascade"}
    )
    customer_count = fields.Integer("Customers looked at", readonly=True)
    unknown_count = fields.Integer(
        "Without a grade",
        readonly=True,
        help="Customers of whose payments nothing is known: no invoice in 12 months,"
        " nothing open and no external rating.",
    )
    inserted_count = fields.Integer("New assessments", readonly=True)
    changed_count = fields.Integer("Grades changed", readonly=True)
    waiting_count = fields.Integer(
        "To decide", readonly=True, help="New assessments that wait for a decision."
    )
    ended_count = fields.Integer(
        "Grades withdrawn",
        readonly=True,
        help="Assessments in force that the figures do not support any more.",
    )
    assessment_ids = fields.One2many("crm.credit.assessment", "run_id", readonly=True)
    parameter_text = fields.Text("Rules", compute="_compute_parameter_text")

    _asked_uniq = models.UniqueIndex(
        "(company_id) WHERE state = 'asked'",
        "Somebody has asked for this assessment already: wait until it is done.",
    )

    @api.depends("parameters")
    def _compute_parameter_text(self):
        labels = self.env["crm.credit.policy"].fields_get(attributes=["string"])
        for run in self:
            rules = run.parameters or {}
            run.parameter_text = "\n".join(
                [
                    *(
                        f"{labels[name]['string']}: {value}"
                        for name, value in rules.get("rules", {}).items()
                        if name in labels
                    ),
                    *map(self._get_factor_text, rules.get("factors", [])),
                ]
            )

    @api.model
    def _get_factor_text(self, factor):
        """Return a line on a factor: its weight, and its points by steps."""
        steps = ", ".join(f"{start}: {points}" for start, points in factor["steps"])
        return self.env._(
            "%(name)s x %(weight)s (%(steps)s)",
            name=factor["name"],
            weight=factor["weight"],
            steps=steps or "-",
        )

    # --- ACTIONS

    def action_view_assessments(self):
        """Open what this run wrote."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.crm_credit_assessment_action"
        )
        return {**action, "domain": [("run_id", "=", self.id)], "context": {}}

    # --- BUSINESS

    @api.model
    def _refresh(self, company, mode="manual"):
        """Assess all customers of ``company``; return the run. Commits nothing.

        A failure is raised: nothing of the run stays, nor its record.
        """
        run = self._start(company, mode)
        run._work()
        return run

    @api.model
    def _run_safely(self, company, mode="manual"):
        """As :meth:`_refresh`, but record a failure on the run instead of raising."""
        run = self._start(company, mode)
        run._work_safely()
        return run

    def _work(self):
        """Assess, and record the figures and the duration."""
        self.ensure_one()
        started = time.monotonic()
        policy = self.env["crm.credit.policy"]._ensure(self.company_id)
        counts = self.env["crm.credit.assessment"]._assess(self)
        self.write(
            {
                **counts,
                "state": "done",
                "error": False,
                "duration": time.monotonic() - started,
                "parameters": self._get_parameters(policy),
            }
        )
        self._note(policy)

    def _work_safely(self, *args):
        result = super()._work_safely(*args)
        if self.state == "failed":
            self._note(self.env["crm.credit.policy"]._ensure(self.company_id))
        return result

    def _note(self, policy):
        """Tell on the rules what came of this run."""
        system = policy.sudo()  # style: CRM109 the run notes what it did
        vals = {"assess_error": self.error}
        if self.state == "done":
            facts = self.env["crm.sale.fact"]
            vals["date_assessed"] = facts._get_today(self.company_id)
        system.write(vals)

    @api.model
    def _get_parameters(self, policy):
        """Return the rules by which customers are assessed now."""
        names = [*CUTS, *MONTHS.values(), "limit_step", *REVIEWS.values()]
        factors = self.env["crm.credit.factor"]._ensure(policy.company_id)
        return {
            "rules": {name: policy[name] for name in [*names, "is_change_decided"]},
            "factors": [
                {
                    "id": factor.id,
                    "name": factor.name,
                    "weight": factor.weight,
                    "steps": [
                        (step._get_start_text(), step.points)
                        for step in factor.step_ids.sorted()
                    ],
                }
                for factor in factors
            ],
        }

    @api.model
    def _get_steps(self):
        return STEPS

    def _get_notification(self):
        """Return the client action that tells what came of these runs."""
        failed = self.filtered(lambda run: run.state == "failed")
        if failed:
            return notification("\n".join(failed.mapped("error")), "danger")
        message = self.env._(
            "%(customers)s customers assessed: %(new)s new assessments, %(changed)s"
            " grades changed, %(waiting)s to decide, %(unknown)s without a grade.",
            customers=sum(self.mapped("customer_count")),
            new=sum(self.mapped("inserted_count")),
            changed=sum(self.mapped("changed_count")),
            waiting=sum(self.mapped("waiting_count")),
            unknown=sum(self.mapped("unknown_count")),
        )
        after = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.crm_credit_assessment_action"
        )
        return notification(message, "success", after)

    # --- CRON

    @api.model
    def _cron_assess(self):
        """Assess the customers of each company that keeps scorecards."""
        self._mark_interrupted()
        companies = self.env["crm.rfm.policy"].search([]).company_id
        policies = self.env["crm.credit.policy"]._ensure(companies)
        self.env["crm.job.pass"]._cron_work_off(
            self._name,
            policies.ids,
            lambda ref: self._cron_do_one(policies.browse(ref), "monthly"),
        )

    @api.model
    def _cron_do_asked_one(self, policy):
        return self._cron_do_one(policy, "manual")

    @api.model
    def _cron_do_one(self, policy, mode):
        """Assess for one company; return the run, or none if another is at work."""
        if not policy.try_lock_for_update():
            return self.browse()
        run = self._start(policy.company_id, mode)
        self.env["ir.cron"]._commit_progress()
        run._work_safely()
        return run
