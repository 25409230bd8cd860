from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.crm_strategy.models.measure.crm_measure import SPARKLINE_PERIODS
from odoo.addons.crm_strategy.tools.measure_trend import tone_of

from ...tools.finding import FINDING, SYSTEM_ACTIONS


class CrmFinding(models.Model):
    """Something in the figures that the system proposes to look at, and what it means.

    Only the system proposes findings: see ``crm_finding_watch.py``, and
    ``tools/finding.py`` for the rules. A person accepts one with his conclusion or
    dismisses it with a reason; then it keeps the figures that he saw. A dismissed one
    stays on record, so that it is not proposed again. One that is still proposed
    follows its figure, and is withdrawn where the figure was corrected away.
    """

    _name = "crm.finding"
    _description = "Finding"
    _inherit = [
        "crm.state.mixin",
        "crm.system.fields.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_from desc, strength desc, id desc"
    _rec_names_search = ["measure_id", "dimension_label"]
    _transitions = FINDING
    _system_actions = SYSTEM_ACTIONS
    _begins_as = "proposed"
    # whoever reads a finding may comment on it and finish the activity that is his
    _mail_post_access = "read"

    # What was found
    name = fields.Char("Finding", compute="_compute_texts")
    measure_id = fields.Many2one(
        "crm.measure", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade", index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    unit = fields.Selection(related="measure_id.unit")
    definition = fields.Text(related="measure_id.definition")
    period = fields.Selection(
        selection=lambda self: self.env["crm.measure"]._selection_period(),
        string="Length",
        required=True,
        readonly=True,
    )
    date_from = fields.Date("From", required=True, readonly=True)
    date_to = fields.Date(
        "To", required=True, readonly=True, help="Last day, included."
    )
    dimension_model = fields.Char(readonly=True)
    dimension_res_id = fields.Many2oneReference(
        string="Dimension Record", model_field="dimension_model", readonly=True
    )
    dimension_label = fields.Char(
        string="Part", readonly=True, help="Empty: the figure of the whole company."
    )
    kind = fields.Selection(
        [
            ("outlier", "Out of the usual"),
            ("level", "New level"),
            ("trend", "Trend"),
            ("goal_missed", "Goal missed"),
            ("goal_reached", "Goal reached"),
        ],
        required=True,
        readonly=True,
    )
    side = fields.Selection(
        [("above", "Above"), ("below", "Below")], required=True, readonly=True
    )
    value = fields.Float("Figure", digits=0, readonly=True, aggregator=None)
    expected_low = fields.Float(
        "Lowest Usual Figure", digits=0, readonly=True, aggregator=None
    )
    expected_high = fields.Float(
        "Highest Usual Figure", digits=0, readonly=True, aggregator=None
    )
    goal = fields.Float("Goal Figure", digits=0, readonly=True, aggregator=None)
    count = fields.Integer("Periods in a Row", readonly=True, aggregator=None)
    is_seasonal = fields.Boolean(
        "By Season",
        readonly=True,
        help="The figure was held against the same period of the season before.",
    )
    strength = fields.Float(
        digits=(16, 1),
        readonly=True,
        aggregator="max",
        help="How many spreads the figure is from what is usual, or from its goal.",
    )
    tone = fields.Selection(
        [("good", "Good news"), ("bad", "Bad news"), ("neutral", "Neutral")],
        string="News",
        compute="_compute_tone",
        store=True,
        help="By what is better for the measure: more or less.",
    )
    date_proposed = fields.Date(
        "Proposed On",
        required=True,
        readonly=True,
        default=fields.Date.context_today,
    )
    value_display = fields.Char("Value", compute="_compute_texts")
    usual_display = fields.Char("Usually", compute="_compute_texts")
    goal_display = fields.Char("Goal", compute="_compute_texts")
    period_display = fields.Char("Period", compute="_compute_texts")
    sparkline = fields.Text("Last Periods", compute="_compute_sparkline")
    is_drillable = fields.Boolean(compute="_compute_is_drillable")

    # What it means
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("accepted", "Accepted"),
            ("dismissed", "Dismissed"),
            ("withdrawn", "Withdrawn"),
        ],
        default="proposed",
        required=True,
        index=True,
        tracking=True,
        group_expand=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        domain=lambda self: self._get_reader_domain(),
        index="btree_not_null",
        tracking=True,
    )
    conclusion = fields.Text(
        tracking=True, help="What the figure means; needed to accept."
    )
    next_action = fields.Char(
        help="What is to be done about it. The responsible gets an activity when the "
        "finding is accepted."
    )
    date_action = fields.Date(
        "Due", help="When the next action is due; in a week by default."
    )
    dismissal_reason = fields.Text(
        tracking=True, help="Why nobody needs to look at it; needed to dismiss."
    )
    decided_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="set null"
    )
    date_decided = fields.Datetime("Decided On", readonly=True, copy=False)

    _found_unique = models.UniqueIndex(
        "(measure_id, company_id, date_from, period, kind, "
        "COALESCE(dimension_model, ''), COALESCE(dimension_res_id, 0))",
        "This was proposed already for this measure, company and period.",
    )

    @api.model
    def _get_reader_domain(self):
        """Return the domain of who can be responsible: who may read findings."""
        readers = self.env.ref("crm_analytics.group_analyst")
        return (
            f"[('share', '=', False), ('company_ids', 'in', company_id), "
            f"('all_group_ids', 'in', {readers.ids})]"
        )

    # --- TEXTS

    @api.depends("kind", "side", "measure_id.direction")
    def _compute_tone(self):
        for finding in self:
            if finding.kind in ("goal_missed", "goal_reached"):
                finding.tone = "good" if finding.kind == "goal_reached" else "bad"
            else:
                difference = 1 if finding.side == "above" else -1
                finding.tone = tone_of(
                    difference, finding.measure_id.direction or "neutral"
                )

    @api.depends(
        "measure_id.name",
        "measure_id.unit",
        "dimension_label",
        "kind",
        "side",
        "date_from",
        "period",
        "value",
        "expected_low",
        "expected_high",
        "goal",
        "count",
    )
    @api.depends_context("lang")
    def _compute_texts(self):
        for finding in self:
            is_goal = finding._is_about_goal()
            low, high = finding.expected_low, finding.expected_high
            finding.value_display = finding._format(finding.value)
            finding.goal_display = finding._format(finding.goal) if is_goal else ""
            finding.usual_display = (
                ""
                if is_goal
                else self.env._(
                    "%(low)s to %(high)s",
                    low=finding._format(low),
                    high=finding._format(high),
                )
            )
            finding.period_display = (
                finding.measure_id._format_period(finding) if finding.date_from else ""
            )
            finding.name = finding._get_sentence()

    def _is_about_goal(self):
        return self.kind in ("goal_missed", "goal_reached")

    def _format(self, number):
        return self.env["crm.measure.value"]._format_figure(
            number, self.unit, self.currency_id
        )

    def _get_sentence(self):
        """Return what was found in words, in the reader's language."""
        texts = {
            "measure": self._get_subject(),
            "period": self.period_display,
            "value": self.value_display,
            "usual": self.usual_display,
            "goal": self.goal_display,
            "count": self.count,
        }
        if self.kind == "outlier":
            return self.env._(
                "%(measure)s, %(period)s: %(value)s, usually %(usual)s", **texts
            )
        if self.kind == "level":
            return self._get_level_sentence(texts)
        if self.kind == "trend":
            return self._get_trend_sentence(texts)
        if self.kind == "goal_missed":
            return self.env._(
                "%(measure)s, %(period)s: %(value)s, goal of %(goal)s missed", **texts
            )
        return self.env._(
            "%(measure)s, %(period)s: %(value)s, goal of %(goal)s reached", **texts
        )

    def _get_level_sentence(self, texts):
        if self.side == "above":
            return self.env._(
                "%(measure)s has been at a higher level for %(count)s periods up to "
                "%(period)s: %(value)s, usually %(usual)s",
                **texts,
            )
        return self.env._(
            "%(measure)s has been at a lower level for %(count)s periods up to "
            "%(period)s: %(value)s, usually %(usual)s",
            **texts,
        )

    def _get_trend_sentence(self, texts):
        if self.side == "above":
            return self.env._(
                "%(measure)s has risen for %(count)s periods up to %(period)s: "
                "%(value)s, usually %(usual)s",
                **texts,
            )
        return self.env._(
            "%(measure)s has fallen for %(count)s periods up to %(period)s: %(value)s, "
            "usually %(usual)s",
            **texts,
        )

    def _get_subject(self):
        """Return of what the figure is: the measure, and its part if it is of one."""
        name = self.measure_id.name or ""
        return f"{name} ({self.dimension_label})" if self.dimension_label else name

    @api.depends("measure_id", "company_id", "period", "date_to")
    @api.depends_context("lang")
    def _compute_sparkline(self):
        """Draw the periods up to the one of the finding; one query."""
        values = self.env["crm.measure.value"].search(
            Domain("measure_id", "in", self.measure_id.ids)
            & Domain("company_id", "in", self.company_id.ids)
            & Domain("period", "in", list(set(self.mapped("period")))),
            order="date_from desc",
        )
        by_series = values.grouped(lambda value: value._get_series_key())
        for finding in self:
            known = by_series.get(finding._get_series_key(), values.browse())
            drawn = known.filtered(lambda v, day=finding.date_to: v.date_to <= day)
            finding.sparkline = finding.measure_id._prepare_sparkline(
                drawn[:SPARKLINE_PERIODS]
            )

    def _get_series_key(self):
        """Return what a finding and the kept values that it is about have in common."""
        return (
            self.measure_id.id,
            self.company_id.id,
            self.period,
            self.dimension_model or False,
            self.dimension_res_id or 0,
        )

    @api.depends("measure_id.method", "dimension_model")
    def _compute_is_drillable(self):
        for finding in self:
            finding.is_drillable = (
                finding.measure_id.is_drillable and not finding.dimension_model
            )

    # --- CHECKS

    @api.constrains("state", "conclusion")
    def _check_conclusion(self):
        for finding in self:
            if finding.state == "accepted" and not (finding.conclusion or "").strip():
                raise ValidationError(
                    self.env._(
                        "“%(name)s” has no conclusion yet. Enter what the figure "
                        "means, then accept the finding.",
                        name=finding.name,
                    )
                )

    @api.constrains("state", "dismissal_reason")
    def _check_dismissal_reason(self):
        for finding in self:
            reason = (finding.dismissal_reason or "").strip()
            if finding.state == "dismissed" and not reason:
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: enter under Dismissal Reason why nobody needs to "
                        "look at it, then dismiss the finding.",
                        name=finding.name,
                    )
                )

    @api.constrains("user_id", "company_id")
    def _check_user_id(self):
        for finding in self:
            user = finding.user_id
            if user and not finding._is_reader(user, finding.company_id):
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot read the findings of %(company)s. Choose an "
                        "analyst or a manager who works there.",
                        user=user.name,
                        company=finding.company_id.name,
                    )
                )

    @api.model
    def _is_reader(self, user, company):
        """Tell whether ``user`` may read findings of ``company``."""
        known = user.sudo()  # style: CRM109 only to tell whether he may read it
        readers = self.env.ref("crm_analytics.group_analyst")
        return (
            known.active
            and readers in known.all_group_ids
            and company in known.company_ids
        )
