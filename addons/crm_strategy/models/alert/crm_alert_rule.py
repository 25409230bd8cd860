from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.alert_condition import CHANGES


class CrmAlertRule(models.Model):
    """When a measure calls for attention, and whose.

    How rules are evaluated stands in ``crm_alert_watch.py``, the condition itself
    in ``tools/alert_condition.py``.
    """

    _name = "crm.alert.rule"
    _description = "Alert Rule"
    _inherit = ["crm.due.mixin", "mail.thread"]
    _order = "sequence, id"

    def _default_date_from(self):
        """The last month that is over is watched from the start."""
        return fields.Date.context_today(self) - relativedelta(months=1)

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    measure_id = fields.Many2one(
        "crm.measure", required=True, ondelete="cascade", index=True, tracking=True
    )
    company_id = fields.Many2one(
        "res.company",
        ondelete="cascade",
        default=lambda self: self.env.company,
        index="btree_not_null",
        help="Empty: every company is watched, each with alerts of its own.",
    )
    unit = fields.Selection(related="measure_id.unit")

    # Condition
    condition = fields.Selection(
        [
            ("above", "Is above"),
            ("below", "Is below"),
            ("rise", "Rises by more than"),
            ("fall", "Falls by more than"),
        ],
        default="below",
        required=True,
        tracking=True,
    )
    threshold = fields.Float(
        digits=0,
        required=True,
        tracking=True,
        help="In the unit of the measure, or in percent of the figure compared with. "
        "Percentages are kept as fractions: 0.25 stands for 25 %.",
    )
    is_percent = fields.Boolean("In Percent", default=True)
    compare_with = fields.Selection(
        [
            ("previous", "The previous period"),
            ("last_year", "The same period last year"),
        ],
        default="previous",
        required=True,
    )
    in_a_row = fields.Integer(
        "Periods in a Row",
        default=1,
        required=True,
        help="How many periods, one after the other, must meet the condition.",
    )
    includes_running = fields.Boolean(
        "Also the Running Period",
        help="Otherwise only periods that are over are looked at: half a month says "
        "nothing against a whole one.",
    )
    date_from = fields.Date(
        "Watch From",
        default=lambda self: self._default_date_from(),
        required=True,
        help="Periods that ended before this day raise no alert.",
    )

    # What an alert begins with
    severity = fields.Selection(
        [("1", "Low"), ("2", "Medium"), ("3", "High")], default="2", required=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        index="btree_not_null",
        tracking=True,
        help="Gets the alert. If this user has left, or does not work in the company, "
        "the owner of the measure gets it, else the first sales manager of the "
        "company.",
    )
    days_to_answer = fields.Integer(
        default=3, required=True, help="When the owner's activity is due."
    )
    cause_id = fields.Many2one("crm.alert.cause", "Usual Cause")
    advice = fields.Text(translate=True, help="What to look at first.")

    # State of the watch
    alert_ids = fields.One2many("crm.alert", "rule_id", string="Alerts")
    alert_count = fields.Integer(compute="_compute_alert_count")
    sentence = fields.Char("Rule", compute="_compute_sentence")
    warning = fields.Char(compute="_compute_warning")
    checked_at = fields.Datetime("Checked On", readonly=True, copy=False)
    check_due = fields.Datetime(readonly=True, copy=False)
    error = fields.Text("Failure", readonly=True, copy=False)

    _in_a_row_range = models.Constraint(
        "CHECK(in_a_row BETWEEN 1 AND 24)",
        "The number of periods in a row must be between 1 and 24.",
    )
    _days_not_negative = models.Constraint(
        "CHECK(days_to_answer >= 0)", "The days to answer cannot be negative."
    )

    @api.depends_context("allowed_company_ids")
    def _compute_alert_count(self):
        counts = dict(
            self.env["crm.alert"]._read_group(
                [("rule_id", "in", self.ids)], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.alert_count = counts.get(rule._origin, 0)

    @api.depends(
        "measure_id",
        "condition",
        "threshold",
        "is_percent",
        "compare_with",
        "in_a_row",
        "company_id",
    )
    @api.depends_context("lang", "company")
    def _compute_sentence(self):
        for rule in self:
            rule.sentence = rule._get_sentence() if rule.measure_id else ""

    def _get_sentence(self):
        """Return the rule in words: “Revenue falls by more than 10 % ...”."""
        labels = dict(self._fields["condition"]._description_selection(self.env))
        text = self.env._(
            "%(measure)s %(condition)s %(threshold)s",
            measure=self.measure_id.name,
            condition=labels[self.condition].lower(),
            threshold=self._format_threshold(self.company_id or self.env.company),
        )
        if self._is_about_change():
            labels = dict(self._fields["compare_with"]._description_selection(self.env))
            text = self.env._(
                "%(text)s against %(reference)s",
                text=text,
                reference=labels[self.compare_with].lower(),
            )
        if self.in_a_row > 1:
            text = self.env._(
                "%(text)s, %(count)s periods in a row", text=text, count=self.in_a_row
            )
        return text

    @api.depends(
        "measure_id.active",
        "user_id.active",
        "measure_id",
        "user_id",
        "company_id",
    )
    def _compute_warning(self):
        """Say why nothing will be watched, or who else will get the alerts."""
        for rule in self:
            user = rule.user_id
            rule.warning = False
            if rule.measure_id and not rule.measure_id.active:
                rule.warning = self.env._(
                    "The measure is archived and gets no new values, so nothing is "
                    "watched. Restore the measure, or archive this rule."
                )
            elif not rule._is_fit_owner(user, rule.company_id):
                rule.warning = self.env._(
                    "The owner is missing, archived, or does not work in the company: "
                    "alerts go to the owner of the measure, else to the first sales "
                    "manager of the company. Choose another owner."
                )

    # --- CHECKS

    @api.constrains("condition", "threshold")
    def _check_threshold(self):
        for rule in self:
            if rule._is_about_change() and rule.threshold <= 0:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” has no threshold. Enter by how much the figure "
                        "must rise or fall, as a number above zero.",
                        name=rule.name,
                    )
                )

    @api.constrains("measure_id", "active")
    def _check_measure(self):
        for rule in self:
            if rule.active and not rule.measure_id.active:
                raise ValidationError(
                    self.env._(
                        "“%(measure)s” is archived and gets no new values. Restore "
                        "it, or choose another measure.",
                        measure=rule.measure_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Ask for a threshold: zero may be meant, but has to be said."""
        for vals in vals_list:
            if "threshold" not in {**self.default_get(["threshold"]), **vals}:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” has no threshold. Enter the figure at which the "
                        "alert is raised.",
                        name=vals.get("name") or self.env._("The rule"),
                    )
                )
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.sudo()  # style: CRM109 alerts of other companies count too
        if used := used.filtered("alert_ids"):
            raise ValidationError(
                self.env._(
                    "“%(name)s” has raised alerts, which stay on record. Archive the "
                    "rule instead.",
                    name=used[0].name,
                )
            )

    # --- HELPERS

    def _is_about_change(self):
        self.ensure_one()
        return self.condition in CHANGES

    def _format_threshold(self, company):
        """Return the threshold as people read it, in the company's currency."""
        is_share = self._is_about_change() and self.is_percent
        return self.env["crm.measure.value"]._format_figure(
            self.threshold, "percent" if is_share else self.unit, company.currency_id
        )

    @api.model
    def _is_fit_owner(self, user, company):
        """Tell whether ``user`` can take alerts of ``company`` (any, if empty)."""
        companies = user.sudo().company_ids  # style: CRM109 only to tell if he is in it
        return (
            bool(user)
            and user.active
            and not user.share
            and (not company or company in companies)
        )

    def _get_owner(self, company):
        """Return who gets an alert of ``company``; see the help of ``user_id``."""
        self.ensure_one()
        managers = self.env.ref("crm_strategy.group_manager").all_user_ids.sorted("id")
        for user in (self.user_id, self.measure_id.user_id, *managers):
            if self._is_fit_owner(user, company):
                return user
        return self.env["res.users"]

    # --- ACTIONS

    def action_open_alerts(self):
        """Open what this rule has raised."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_alert_action"
        )
        return {**action, "domain": [("rule_id", "=", self.id)], "context": {}}

    def action_check(self):
        """Look at the kept figures now."""
        self.check_access("write")
        self._watch()
        if failed := self.filtered("error"):
            raise ValidationError(
                self.env._("The rule could not be checked: %s", failed[0].error)
            )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_try(self):
        """Show which past periods would have raised an alert; raise none."""
        self.ensure_one()
        trial = self.env["crm.alert.trial"]._create_for(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try the Rule"),
            "res_model": trial._name,
            "res_id": trial.id,
            "views": [[False, "form"]],
            "target": "new",
        }
