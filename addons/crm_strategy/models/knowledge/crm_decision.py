from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.concept_states import DECISION


class CrmDecision(models.Model):
    """What was decided on which figures, what was expected, and what came of it.

    When it is decided, the figures are frozen as they were known (see
    ``crm.decision.measure``); on the review date the one who decided is reminded,
    and the figures after it tell whether the expectation was met.
    """

    _name = "crm.decision"
    _description = "Decision"
    _inherit = [
        "crm.system.fields.mixin",
        "crm.state.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date desc, id desc"
    _check_company_auto = True
    _transitions = DECISION
    _begins_as = "draft"

    def _default_date(self):
        return fields.Date.context_today(self)

    # What was decided
    name = fields.Char("Decision", required=True, tracking=True)
    question = fields.Text(help="What had to be decided.")
    options = fields.Text(help="What could have been done, with pros and cons.")
    decision = fields.Text("What Was Decided", tracking=True)
    reason = fields.Text()
    user_id = fields.Many2one(
        "res.users",
        "Decided By",
        default=lambda self: self.env.user,
        required=True,
        ondelete="restrict",
        domain=[("share", "=", False)],
        index=True,
        tracking=True,
    )
    date = fields.Date(
        "Decided On", default=lambda self: self._default_date(), required=True
    )
    date_review = fields.Date("Review On", tracking=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    cost_estimate = fields.Monetary("Estimated Cost")
    line_ids = fields.One2many(
        "crm.decision.measure", "decision_id", string="Figures", copy=True
    )

    # Where it belongs
    alert_id = fields.Many2one(
        "crm.alert", check_company=True, index="btree_not_null", copy=False
    )
    segment_id = fields.Many2one("crm.segment", check_company=True)
    lesson_id = fields.Many2one("crm.lesson", "Lesson Learnt", copy=False)

    # What came of it
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("decided", "Decided"),
            ("reviewed", "Reviewed"),
            ("withdrawn", "Withdrawn"),
        ],
        default="draft",
        required=True,
        copy=False,
        index=True,
        tracking=True,
    )
    result = fields.Text(copy=False, help="What came of it, besides the figures.")
    effect = fields.Selection(
        [
            ("better", "Better than Expected"),
            ("expected", "As Expected"),
            ("partly", "Partly"),
            ("none", "No Effect"),
            ("worse", "Worse than Before"),
        ],
        copy=False,
        tracking=True,
    )
    met_count = fields.Integer(
        "Expectations Met", compute="_compute_met_count", store=True
    )
    checked_count = fields.Integer(
        "Expectations Checked", compute="_compute_met_count", store=True
    )

    _cost_not_negative = models.Constraint(
        "CHECK(cost_estimate >= 0)", "The estimated cost cannot be negative."
    )

    @api.depends("line_ids.outcome")
    def _compute_met_count(self):
        for decision in self:
            outcomes = decision.line_ids.mapped("outcome")
            decision.met_count = outcomes.count("met")
            decision.checked_count = outcomes.count("met") + outcomes.count("missed")

    # --- CHECKS

    @api.constrains("date", "date_review")
    def _check_date_review(self):
        for decision in self:
            if decision.date_review and decision.date_review < decision.date:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” would be reviewed before it is decided. Choose a "
                        "review date from %(date)s on.",
                        name=decision.name,
                        date=fields.Date.to_string(decision.date),
                    )
                )

    @api.constrains("state", "decision", "result", "effect")
    def _check_outcome(self):
        for decision in self:
            if decision.state in ("decided", "reviewed") and not decision.decision:
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: enter what was decided first.", name=decision.name
                    )
                )
            if decision.state == "reviewed" and not (
                decision.result and decision.effect
            ):
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: enter result and effect, then mark it reviewed.",
                        name=decision.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if decided := self.filtered(lambda d: d.state in ("decided", "reviewed")):
            raise UserError(
                self.env._(
                    "“%(name)s” was decided and stays on record. Withdraw it instead.",
                    name=decided[0].name,
                )
            )

    # --- CRUD

    def write(self, vals):
        result = super().write(vals)
        if {"date_review", "user_id"} & set(vals):
            self.filtered(lambda d: d.state == "decided")._plan_review()
        return result

    def _after_move(self, old_state):
        for decision in self:
            if decision.state == "decided":
                if old_state == "draft":
                    decision.line_ids._freeze()
                decision._plan_review()
            elif decision.state == "reviewed":
                decision.line_ids._update_after()
                decision.activity_feedback(
                    ["mail.mail_activity_data_todo"], feedback=decision.result
                )
            else:
                decision.activity_unlink(["mail.mail_activity_data_todo"])
        return super()._after_move(old_state)

    def _plan_review(self):
        """Remind the one who decided, on the review date, once."""
        for decision in self:
            decision.activity_unlink(["mail.mail_activity_data_todo"])
            if decision.date_review and decision.user_id.active:
                decision.activity_schedule(
                    "mail.mail_activity_data_todo",
                    decision.date_review,
                    summary=self.env._("Review the decision: what came of it?"),
                    user_id=decision.user_id.id,
                )

    # --- ACTIONS

    def action_decide(self):
        """Put the decision on record with the figures as they are known."""
        self._move("decide")

    def action_review(self):
        """Record what came of it."""
        self._move("review")

    def action_withdraw(self):
        """Take the decision back."""
        self._move("withdraw")

    def action_reopen(self):
        """Review it once more."""
        self._move("reopen")

    def action_reset(self):
        """Work on a withdrawn decision again."""
        self._move("reset")

    def action_update_figures(self):
        """Read the figures after the decision again."""
        self.check_access("write")
        self.line_ids._update_after()

    def action_create_lesson(self):
        """Write down what was learnt, beginning with what the decision says."""
        self.ensure_one()
        if not self.lesson_id:
            self.lesson_id = self.env["crm.lesson"].create(self._prepare_lesson_vals())
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lesson",
            "res_id": self.lesson_id.id,
            "views": [[False, "form"]],
        }

    def _prepare_lesson_vals(self):
        kinds = {"better": "success", "expected": "success", "worse": "failure"}
        return {
            "name": self.name,
            "kind": kinds.get(self.effect, "insight"),
            "context": self.question,
            "tried": self.decision,
            "learnt": self.result,
            "segment_id": self.segment_id.id,
            "company_id": self.company_id.id,
            "document_ref": f"{self._name},{self.id}",
        }
