from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import credit
from ..seven_p.seven_p_fields import Score

GRADE = [(grade, grade) for grade in credit.GRADES]
#: What people enter, in a draft
ENTERED = ("override_grade", "is_limit_overridden", "override_limit", "override_reason")


class CrmCreditAssessment(models.Model):
    """How far one customer can be trusted with unpaid goods, and why.

    The monthly run writes assessments by SQL, see
    ``crm_credit_assessment_run.py``; people make drafts. One is in force per customer
    and company; the others are its history.
    """

    _name = "crm.credit.assessment"
    _description = "Credit Assessment"
    _inherit = [
        "crm.state.mixin",
        "crm.system.fields.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date desc, id desc"
    _transitions = credit.ASSESSMENT
    _system_actions = credit.SYSTEM_ACTIONS
    _begins_as = "draft"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    date = fields.Date(
        required=True, readonly=True, copy=False, default=fields.Date.context_today
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("proposed", "Proposed"),
            ("in_force", "In Force"),
            ("superseded", "Superseded"),
            ("rejected", "Rejected"),
        ],
        default="draft",
        required=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )

    # --- what the figures say
    score = Score(
        readonly=True,
        copy=False,
        help="Mean of the points of the factors by their weights: 0 (risky) to 100.",
    )
    score_grade = fields.Selection(GRADE, "Grade by score", readonly=True, copy=False)
    line_values = fields.Json(readonly=True, copy=False)
    monthly_invoiced = fields.Monetary(
        "Invoiced per month",
        readonly=True,
        copy=False,
        help="A twelfth of the untaxed invoices less credit notes of 12 months.",
    )
    overdue_amount = fields.Monetary("Overdue", readonly=True, copy=False)
    exposure = fields.Monetary(
        "Open amount",
        readonly=True,
        copy=False,
        help="What the receivable accounts showed as open.",
    )

    # --- what a person says instead
    override_grade = fields.Selection(GRADE, copy=False, tracking=True)
    is_limit_overridden = fields.Boolean("Another limit", copy=False)
    override_limit = fields.Monetary(copy=False, tracking=True)
    override_reason = fields.Text(copy=False, tracking=True)

    # --- what counts
    risk_grade = fields.Selection(
        GRADE,
        compute="_compute_risk_grade",
        store=True,
        tracking=True,
        help="A is the safest, E the riskiest.",
    )
    credit_limit_proposed = fields.Monetary(
        "Proposed limit",
        compute="_compute_credit_limit_proposed",
        store=True,
        help="Invoiced per month x months allowed for the grade, less what is overdue;"
        " rounded down as the credit rules say, never below 0.",
    )
    date_review = fields.Date(
        "Next review", compute="_compute_date_review", store=True, tracking=True
    )
    former_grade = fields.Selection(GRADE, readonly=True, copy=False)
    grade_change = fields.Selection(
        [
            ("first", "First grade"),
            ("better", "Better"),
            ("same", "Same"),
            ("worse", "Worse"),
        ],
        compute="_compute_grade_change",
        store=True,
    )
    run_id = fields.Many2one(
        "crm.credit.run",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The assessment of all customers that this comes from.",
    )

    # --- who
    proposed_by_id = fields.Many2one(
        "res.users",
        "Proposed by",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Empty: the monthly assessment.",
    )
    overridden_by_id = fields.Many2one(
        "res.users",
        "Overridden by",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Who entered another grade or limit than the figures say.",
    )
    decided_by_id = fields.Many2one(
        "res.users", "Decided by", readonly=True, copy=False, ondelete="restrict"
    )
    date_decided = fields.Datetime("Decided on", readonly=True, copy=False)

    _in_force_uniq = models.UniqueIndex(
        "(company_id, partner_id) WHERE state = 'in_force'",
        "A customer has one assessment in force per company.",
    )
    _review_idx = models.Index("(company_id, date_review) WHERE state = 'in_force'")

    # --- COMPUTE

    @api.depends("partner_id", "date")
    def _compute_display_name(self):
        for one in self:
            day = fields.Date.to_string(one.date) if one.date else ""
            one.display_name = f"{one.partner_id.display_name or ''} {day}".strip()

    @api.depends("score_grade", "override_grade")
    def _compute_risk_grade(self):
        for one in self:
            one.risk_grade = one.override_grade or one.score_grade

    @api.depends(
        "risk_grade",
        "monthly_invoiced",
        "overdue_amount",
        "is_limit_overridden",
        "override_limit",
    )
    def _compute_credit_limit_proposed(self):
        policies = self._get_policies()
        for one in self:
            if one.is_limit_overridden:
                one.credit_limit_proposed = one.override_limit
                continue
            policy = policies.get(one.company_id)
            known = policy and one.risk_grade
            one.credit_limit_proposed = known and credit.credit_limit(
                one.monthly_invoiced,
                policy[f"months_{one.risk_grade.lower()}"],
                one.overdue_amount,
                policy.limit_step,
            )

    @api.depends("risk_grade", "date")
    def _compute_date_review(self):
        policies = self._get_policies()
        for one in self:
            policy = policies.get(one.company_id)
            one.date_review = (
                policy
                and one.risk_grade
                and credit.review_day(
                    one.date, policy[f"review_{one.risk_grade.lower()}"]
                )
            )

    @api.depends("former_grade", "risk_grade")
    def _compute_grade_change(self):
        for one in self:
            one.grade_change = credit.grade_change(one.former_grade, one.risk_grade)

    def _get_policies(self):
        """Return ``{company: rules}`` of these."""
        policies = self.env["crm.credit.policy"]._ensure(self.company_id)
        known = policies.sudo()  # style: CRM109 rules that everybody is judged by
        return {policy.company_id: policy for policy in known}

    # --- CHECKS

    @api.constrains("override_grade", "is_limit_overridden", "override_reason")
    def _check_override_reason(self):
        for one in self:
            is_other = one.override_grade or one.is_limit_overridden
            if is_other and not (one.override_reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: give the reason for another grade or limit than "
                        "the figures say.",
                        name=one.display_name,
                    )
                )

    @api.constrains("override_limit")
    def _check_override_limit(self):
        if any(one.override_limit < 0 for one in self):
            raise ValidationError(self.env._("A limit cannot be negative."))

    @api.constrains("partner_id")
    def _check_partner_id(self):
        for one in self:
            customer = one.partner_id.commercial_partner_id
            if customer != one.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact: assess %(customer)s.",
                        contact=one.partner_id.display_name,
                        customer=customer.display_name,
                    )
                )

    # --- ORM

    @api.model_create_multi
    def create(self, vals_list):
        assessments = super().create(vals_list)
        drafts = assessments.filtered(lambda one: one.state == "draft")
        drafts.filtered(lambda one: any(one[name] for name in ENTERED))._note_override()
        drafts._fill()
        return assessments

    def write(self, vals):
        if not self.env.su:
            self._check_write(vals)
        if vals.get("state") == "in_force":
            self._supersede_former()
        if set(ENTERED) & vals.keys():
            self._note_override()
        return super().write(vals)

    def _note_override(self):
        """Keep who says something else than the figures: he does not decide on it."""
        system = self.sudo()  # style: CRM109 who did what, kept by the system
        system.overridden_by_id = self.env.user

    def _check_write(self, vals):
        """Let nobody change what was proposed, nor decide who may not."""
        if {"partner_id", "company_id"} & vals.keys():
            raise UserError(
                self.env._(
                    "An assessment belongs to its customer and company: make a new one."
                )
            )
        fixed = self.filtered(lambda one: one.state != "draft")
        if fixed and set(ENTERED) & vals.keys():
            raise UserError(
                self.env._(
                    "“%(name)s” is no draft any more. Set it back to draft, or make a "
                    "new assessment.",
                    name=fixed[0].display_name,
                )
            )
        if "state" in vals:
            self._check_decision(vals["state"])
