from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.concept_states import ALERT
from ...tools.measure_trend import tone_of

OPEN_STATES = ("new", "acknowledged", "progress")
ACTIVITY = "mail.mail_activity_data_warning"


class CrmAlert(models.Model):
    """A figure of one period that met a rule: who looks into it, why, and what helped.

    Only the system raises alerts. The rule's condition is kept as it was; figures
    follow corrections of the measure as long as the alert is not closed.
    """

    _name = "crm.alert"
    _description = "Alert"
    _inherit = [
        "crm.system.fields.mixin",
        "crm.state.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_raised desc, severity desc, id desc"
    _transitions = ALERT
    _begins_as = "new"
    # whoever reads an alert may comment on it and finish the action that is his
    _mail_post_access = "read"

    # What was raised
    rule_id = fields.Many2one(
        "crm.alert.rule", required=True, readonly=True, ondelete="cascade", index=True
    )
    measure_id = fields.Many2one(
        "crm.measure", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade", index=True
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    unit = fields.Selection(related="measure_id.unit")
    period = fields.Selection(
        selection=lambda self: self.env["crm.measure"]._selection_period(),
        required=True,
        readonly=True,
    )
    date_from = fields.Date("From", required=True, readonly=True)
    date_to = fields.Date("To", required=True, readonly=True)
    date_raised = fields.Date(
        "Raised On", default=fields.Date.context_today, required=True, readonly=True
    )
    severity = fields.Selection(
        selection=lambda self: (
            self.env["crm.alert.rule"]
            ._fields["severity"]
            ._description_selection(self.env)
        ),
        required=True,
        default="2",
        tracking=True,
    )
    condition = fields.Selection(
        selection=lambda self: (
            self.env["crm.alert.rule"]
            ._fields["condition"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    compare_with = fields.Selection(
        selection=lambda self: (
            self.env["crm.alert.rule"]
            ._fields["compare_with"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    threshold = fields.Float(digits=0, readonly=True, aggregator=None)
    is_percent = fields.Boolean("In Percent", readonly=True)
    in_a_row = fields.Integer("Periods in a Row", readonly=True, aggregator=None)
    value = fields.Float(digits=0, readonly=True, aggregator=None)
    reference = fields.Float("Compared With", digits=0, readonly=True, aggregator=None)
    has_reference = fields.Boolean(readonly=True)
    compared = fields.Float(
        "Compared with the Threshold", digits=0, readonly=True, aggregator=None
    )
    tone = fields.Selection(
        [("good", "Good"), ("bad", "Bad"), ("neutral", "Neutral")],
        compute="_compute_texts",
    )
    sentence = fields.Char("What Happened", compute="_compute_texts")
    value_display = fields.Char("Figure", compute="_compute_texts")
    reference_display = fields.Char("Figure Compared With", compute="_compute_texts")
    threshold_display = fields.Char("Threshold Figure", compute="_compute_texts")
    period_display = fields.Char("Period Name", compute="_compute_texts")
    is_drillable = fields.Boolean(related="measure_id.is_drillable")

    # Who looks into it, and why it happened
    state = fields.Selection(
        [
            ("new", "New"),
            ("acknowledged", "Acknowledged"),
            ("progress", "In Progress"),
            ("closed", "Closed"),
            ("void", "Void"),
        ],
        default="new",
        required=True,
        index=True,
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        domain=[("share", "=", False)],
        index="btree_not_null",
        tracking=True,
    )
    cause_id = fields.Many2one("crm.alert.cause", tracking=True)
    cause_note = fields.Text("Why It Happened")
    action_ids = fields.One2many(
        "crm.alert.action", "alert_id", string="Corrective Actions"
    )
    result = fields.Text(help="What was found out and achieved; needed to close.")
    decision_ids = fields.One2many("crm.decision", "alert_id", string="Decisions")

    # Whether it worked
    value_after = fields.Float(digits=0, readonly=True, aggregator=None)
    date_after = fields.Date("Period After Ends", readonly=True)
    is_recovered = fields.Boolean(
        "Recovered",
        readonly=True,
        help="The newest period after the alert does not meet the condition.",
    )
    after_display = fields.Char("Figure Afterwards", compute="_compute_texts")
    date_acknowledged = fields.Datetime("Acknowledged On", readonly=True)
    date_closed = fields.Datetime("Closed On", readonly=True)
    days_to_acknowledge = fields.Float(
        compute="_compute_days", store=True, aggregator="avg", digits=(16, 1)
    )
    days_to_close = fields.Float(
        compute="_compute_days", store=True, aggregator="avg", digits=(16, 1)
    )

    _period_unique = models.UniqueIndex(
        "(rule_id, company_id, date_from, period)",
        "The rule has raised an alert for this company and period already.",
    )

    # --- TEXTS

    @api.depends(
        "value",
        "reference",
        "threshold",
        "value_after",
        "measure_id",
        "date_from",
        "date_after",
        "has_reference",
        "is_percent",
    )
    @api.depends_context("lang")
    def _compute_texts(self):
        for alert in self:
            reference = alert._format(alert.reference) if alert.has_reference else ""
            unit = "percent" if alert.is_percent else None
            change = alert._get_distance()
            alert.value_display = alert._format(alert.value)
            alert.reference_display = reference
            alert.threshold_display = alert._format(alert.threshold, unit)
            alert.after_display = ""
            if alert.date_after:
                alert.after_display = alert._format(alert.value_after)
            alert.period_display = (
                alert.measure_id._format_period(alert) if alert.date_from else ""
            )
            alert.tone = tone_of(change, alert.measure_id.direction or "neutral")
            alert.sentence = alert._get_sentence()

    def _format(self, number, unit=None):
        return self.env["crm.measure.value"]._format_figure(
            number, unit or self.unit, self.currency_id
        )

    def _get_distance(self):
        """Return how far the figure is from what it was held against."""
        return self.value - (self.reference if self.has_reference else self.threshold)

    def _get_sentence(self):
        """Return what happened in words, in the reader's language."""
        texts = {
            "measure": self.measure_id.name or "",
            "value": self.value_display,
            "reference": self.reference_display,
            "threshold": self.threshold_display,
            "change": self._format(abs(self.compared), self.is_percent and "percent"),
        }
        if self.condition == "above":
            text = self.env._("%(measure)s is %(value)s, above %(threshold)s", **texts)
        elif self.condition == "below":
            text = self.env._("%(measure)s is %(value)s, below %(threshold)s", **texts)
        elif self.condition == "rise":
            text = self.env._(
                "%(measure)s rose by %(change)s from %(reference)s to %(value)s "
                "(limit %(threshold)s)",
                **texts,
            )
        else:
            text = self.env._(
                "%(measure)s fell by %(change)s from %(reference)s to %(value)s "
                "(limit %(threshold)s)",
                **texts,
            )
        if self.in_a_row > 1:
            text = self.env._(
                "%(text)s, %(count)s periods in a row", text=text, count=self.in_a_row
            )
        return text

    @api.depends("rule_id.name", "date_from", "period")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for alert in self:
            label = alert.measure_id._format_period(alert) if alert.date_from else ""
            alert.display_name = f"{alert.rule_id.name or ''} {label}".strip()

    @api.depends("date_acknowledged", "date_closed", "create_date")
    def _compute_days(self):
        for alert in self:
            begin = alert.create_date
            for name, end in (
                ("days_to_acknowledge", alert.date_acknowledged),
                ("days_to_close", alert.date_closed),
            ):
                span = end - begin if begin and end else timedelta()
                alert[name] = span / timedelta(days=1)

    # --- CHECKS

    @api.constrains("state", "result")
    def _check_result(self):
        for alert in self:
            if alert.state == "closed" and not (alert.result or "").strip():
                raise ValidationError(
                    self.env._(
                        "“%(name)s” has no result yet. Enter under Result what was "
                        "found out and achieved, then close the alert.",
                        name=alert.display_name,
                    )
                )

    # --- STATES

    def write(self, vals):
        moved = self.browse()
        if vals.get("user_id"):
            moved = self.filtered(lambda a: a.user_id.id != vals["user_id"])
        result = super().write(vals)
        moved._plan_answer()
        return result

    def _after_move(self, old_state):
        now = fields.Datetime.now()
        for alert in self:
            vals = {"date_closed": now if alert.state == "closed" else False}
            if alert.state == "new":
                vals["date_acknowledged"] = False
            elif alert.state != "void":
                vals["date_acknowledged"] = alert.date_acknowledged or now
            alert.sudo().write(vals)  # style: CRM109 days follow the state
            if alert.state == "closed":
                alert.activity_feedback([ACTIVITY], feedback=alert.result)
            elif alert.state == "void":
                alert.activity_unlink([ACTIVITY])
            elif old_state in ("closed", "void"):
                alert._plan_answer()
        return super()._after_move(old_state)

    def _plan_answer(self):
        """Give the owner an activity, in the place of one that he had."""
        for alert in self.filtered(lambda a: a.state in OPEN_STATES):
            alert.activity_unlink([ACTIVITY])
            if not alert.user_id:
                continue
            rule = alert.rule_id
            today = fields.Date.context_today(alert)
            alert.activity_schedule(
                ACTIVITY,
                today + timedelta(days=rule.days_to_answer),
                summary=alert.sentence,
                note=rule.advice,
                user_id=alert.user_id.id,
            )

    # --- ACTIONS

    def action_acknowledge(self):
        """The owner has seen it."""
        self._move("acknowledge")

    def action_start(self):
        """Somebody works on it."""
        self._move("start")

    def action_close(self):
        """Done, with a result."""
        self._move("close")

    def action_reopen(self):
        """Work on it again."""
        self._move("reopen")

    def action_drill(self):
        """Open the records behind the figure."""
        self.ensure_one()
        self.check_access("read")
        return self.measure_id._get_drill_action(
            self.company_id, self.date_from, self.date_to
        )

    def action_create_decision(self):
        """Begin a decision on this alert, with its measure among the figures."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decision"),
            "res_model": "crm.decision",
            "views": [[False, "form"]],
            "context": {
                "default_alert_id": self.id,
                "default_company_id": self.company_id.id,
                "default_question": self.sentence,
            },
        }

    # --- WATCH

    def _follow(self, finding):
        """Take over a figure that was recomputed since; see ``crm.alert.rule``."""
        self.ensure_one()
        if self.state == "closed":
            return
        vals = self.rule_id._prepare_figure_vals(finding)
        if any(self[name] != value for name, value in vals.items()):
            self.write(vals)
        if self.state == "void" and finding["is_raised"]:
            self._move_by_system(
                "revive", self.env._("The figure meets the rule again.")
            )
        elif self.state != "void" and not finding["is_raised"]:
            self._move_by_system(
                "void",
                self.env._(
                    "Void: the figure was computed again and is %(value)s now, which "
                    "does not meet the rule.",
                    value=self.value_display,
                ),
            )

    def _move_by_system(self, action, note):
        self._move(action)
        self.message_post(body=note)

    def _update_after(self, newest):
        """Keep the newest figure after each alert, and whether it meets the rule.

        :param newest: of the alerts' rule and company, see ``_find`` of the rule
        """
        for alert in self:
            vals = {"value_after": 0.0, "date_after": False, "is_recovered": False}
            if newest["date_from"] > alert.date_to:
                vals = {
                    "value_after": newest["value"],
                    "date_after": newest["date_to"],
                    "is_recovered": not newest["is_raised"],
                }
            if any(alert[name] != value for name, value in vals.items()):
                alert.write(vals)
