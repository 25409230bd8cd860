from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.satisfaction import SCALES


class CrmSatisfactionRule(models.Model):
    """Which customers are asked how satisfied they are, when, and how often.

    Who is to be asked is found by ``crm_satisfaction_rule_plan.py``; what becomes
    of a request stands in ``crm.satisfaction.request``.
    """

    _name = "crm.satisfaction.rule"
    _description = "Satisfaction Rule"
    _inherit = ["crm.contact.rule.mixin", "mail.thread"]
    _order = "sequence, id"

    # When
    trigger = fields.Selection(
        [
            ("complaint_closed", "Complaint Closed"),
            ("delivery_done", "Order Delivered"),
            ("cadence", "Every Few Months"),
        ],
        required=True,
        default="complaint_closed",
        tracking=True,
        help="An order counts as delivered when nothing is left to be shipped.",
    )
    delay_days = fields.Integer(
        "Days to Wait",
        default=1,
        help="The questionnaire is sent this number of days after the event.",
    )
    cadence_months = fields.Integer("Interval (Months)", default=6)
    date_from = fields.Date(
        "Start Date",
        required=True,
        default=fields.Date.context_today,
        help="Customers are not asked about cases closed or orders delivered "
        "before this date.",
    )

    # What
    survey_id = fields.Many2one(
        "survey.survey",
        "Questionnaire",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("crm_score_question_id", "!=", False)],
        tracking=True,
    )
    score_kind = fields.Selection(
        related="survey_id.crm_score_kind", related_sudo=True, string="Kind of Score"
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        "E-mail",
        ondelete="set null",
        index="btree_not_null",
        domain=[("model", "=", "crm.satisfaction.request")],
        help="Leave empty to use the default e-mail.",
    )
    reminder_days = fields.Integer(
        "Remind after (Days)",
        default=5,
        help="Customers who have not answered are reminded once. 0 means no reminder.",
    )
    expire_days = fields.Integer(
        "Link Valid for (Days)", default=30, required=True, tracking=True
    )
    cap_days = fields.Integer(
        "Minimum Days between Questionnaires",
        default=30,
        tracking=True,
        help="Customers who were asked by any rule within this number of days are "
        "not asked again. All contacts of a company count together. 0 means "
        "no limit.",
    )

    # Who
    service_team_ids = fields.Many2many("crm.service.team", string="Service Teams")
    kind_ids = fields.Many2many("crm.complaint.kind", string="Kinds of Complaint")
    team_ids = fields.Many2many("crm.team", string="Sales Teams")
    segment_ids = fields.Many2many(
        "crm.segment",
        string="Segments",
        groups="crm_service.group_manager,crm_strategy.group_user",
        help="Used with “Every Few Months”. Leave empty to ask all customers who "
        "have ever bought.",
    )

    # Low answers
    low_value = fields.Integer(
        "Low Score up to",
        default=lambda self: SCALES["csat"].alarm,
        help="Answers from the lowest value up to and including this one count as "
        "low. Enter it on the scale of the questionnaire.",
    )
    low_action = fields.Selection(
        [
            ("none", "Nothing"),
            ("activity", "To-Do for the Team Leader"),
            ("complaint", "New Complaint"),
        ],
        "Action on Low Score",
        required=True,
        default="activity",
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        index="btree_not_null",
        help="Receives the to-do for a low score if none of the teams has a leader.",
    )
    low_kind_id = fields.Many2one(
        "crm.complaint.kind",
        "Kind of the New Complaint",
        ondelete="set null",
        index="btree_not_null",
    )

    # State of the planning
    watermark = fields.Datetime(readonly=True, copy=False)
    request_ids = fields.One2many("crm.satisfaction.request", "rule_id")
    sent_count = fields.Integer("Sent", compute="_compute_counts")
    answered_count = fields.Integer("Answered", compute="_compute_counts")
    answer_rate = fields.Float(
        compute="_compute_counts",
        help="Share of the sent questionnaires that were answered, as a fraction.",
    )

    _days_not_negative = models.Constraint(
        "CHECK(delay_days >= 0 AND reminder_days >= 0 AND cap_days >= 0)",
        "Days cannot be negative.",
    )
    _cadence_range = models.Constraint(
        "CHECK(cadence_months BETWEEN 1 AND 120)",
        "The interval must be between 1 and 120 months.",
    )
    _expire_range = models.Constraint(
        "CHECK(expire_days BETWEEN 1 AND 365)",
        "The link must be valid for 1 to 365 days.",
    )

    # --- COMPUTE

    @api.depends("request_ids.state")
    def _compute_counts(self):
        sent, answered = {}, {}
        for rule, state, count in self.env["crm.satisfaction.request"]._read_group(
            [("rule_id", "in", self.ids), ("date_sent", "!=", False)],
            ["rule_id", "state"],
            ["__count"],
        ):
            sent[rule] = sent.get(rule, 0) + count
            if state == "answered":
                answered[rule] = count
        for rule in self:
            rule.sent_count = sent.get(rule._origin, 0)
            rule.answered_count = answered.get(rule._origin, 0)
            rule.answer_rate = (
                rule.answered_count / rule.sent_count if rule.sent_count else 0.0
            )

    # --- CHECKS

    @api.onchange("survey_id")
    def _onchange_survey_id(self):
        if self.score_kind:
            self.low_value = SCALES[self.score_kind].alarm

    @api.constrains("survey_id")
    def _check_survey(self):
        self.survey_id.sudo()._check_is_scored()  # style: CRM109 reads kind, question

    @api.constrains("reminder_days", "expire_days")
    def _check_reminder(self):
        for rule in self:
            if rule.reminder_days >= rule.expire_days:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” would send the reminder after the link has "
                        "expired. Send the reminder earlier, or extend the validity "
                        "of the link.",
                        rule=rule.name,
                    )
                )

    @api.constrains("trigger", "service_team_ids", "kind_ids")
    def _check_filters(self):
        for rule in self:
            if rule.trigger != "complaint_closed" and (
                rule.service_team_ids or rule.kind_ids
            ):
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” does not ask about complaints. Remove the service "
                        "teams and kinds of complaint from it.",
                        rule=rule.name,
                    )
                )

    @api.constrains("company_id", "team_ids", "service_team_ids", "segment_ids")
    def _check_companies(self):
        for rule in self:
            others = (
                (rule.team_ids.company_id | rule.service_team_ids.company_id)
                | rule.segment_ids.company_id
            ) - rule.company_id
            if others:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” asks customers of %(company)s. Choose teams and "
                        "segments of this company, or shared ones.",
                        rule=rule.name,
                        company=rule.company_id.name,
                    )
                )

    def _get_low_value(self, kind):
        """Return up to which answer is low; another scale has its own usual one."""
        self.ensure_one()
        return self.low_value if self.score_kind == kind else SCALES[kind].alarm

    def write(self, vals):
        """A rule that watches something else looks at everything from its day on.

        One that was archived does not ask about the time of its rest.
        """
        if vals.get("active"):
            vals = {"date_from": fields.Date.context_today(self), **vals}
        if {"trigger", "date_from", "company_id"} & set(vals):
            vals = {**vals, "watermark": False}
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked(self):
        asked = self.sudo()  # style: CRM109 requests that the user cannot see count
        if asked := asked.filtered("request_ids"):
            raise ValidationError(
                self.env._(
                    "“%(rule)s” has already been used to ask customers and cannot be "
                    "deleted. Archive it instead.",
                    rule=asked[0].name,
                )
            )

    # --- ACTIONS

    def action_open_requests(self):
        """Open what was asked by this rule."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.crm_satisfaction_request_action"
        )
        return {**action, "domain": [("rule_id", "=", self.id)], "context": {}}

    def action_plan(self):
        """Look now for customers to ask, instead of waiting for the job."""
        self.check_access("write")
        self._plan()
