from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools.measure_goal import attainment, judge
from ...tools.measure_period import period_of


class CrmMeasureTarget(models.Model):
    """What a measure of a company is to reach in a period, beside what it reached.

    The actual is the kept value of the same period. A goal may be set for periods of
    another length than the measure's own, as for the year of a monthly measure: the
    refresh of the measure computes the values of these periods too, it does not add
    up those of the parts.
    """

    _name = "crm.measure.target"
    _description = "Goal of a Measure"
    _inherit = ["mail.thread"]
    _order = "date_from desc, measure_id, company_id, id"

    measure_id = fields.Many2one(
        "crm.measure", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    unit = fields.Selection(related="measure_id.unit")
    direction = fields.Selection(related="measure_id.direction")
    definition = fields.Text(related="measure_id.definition")
    period = fields.Selection(
        selection=lambda self: self.env["crm.measure"]._selection_period(),
        string="Length",
        compute="_compute_period",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="Length of the period, by default that of the measure.",
    )
    date_from = fields.Date(
        string="From", required=True, help="First day of the period."
    )
    date_to = fields.Date(
        string="To", compute="_compute_date_to", store=True, help="Last day, included."
    )
    baseline = fields.Float(
        digits=0,
        tracking=True,
        help="Where the measure stood when the goal was set; 0 where there is none. "
        "With a baseline, the attainment is the part of the way from it to the goal. "
        "Percentages are fractions: 0.25 stands for 25 %.",
    )
    value = fields.Float(
        string="Goal Figure",
        digits=0,
        required=True,
        tracking=True,
        help="What the measure is to reach. Percentages are fractions: 0.25 stands "
        "for 25 %.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
        ondelete="set null",
        tracking=True,
    )
    note = fields.Text(help="How the goal is to be reached.")

    # Beside the actual
    value_id = fields.Many2one(
        "crm.measure.value", compute="_compute_actual", string="Actual Row"
    )
    actual = fields.Float(compute="_compute_actual", digits=0, string="Actual Figure")
    attainment = fields.Float(
        compute="_compute_actual",
        digits=0,
        string="Attainment Figure",
        help="A fraction: 0.25 stands for 25 %.",
    )
    state = fields.Selection(
        selection="_selection_state", compute="_compute_actual", string="Result"
    )
    period_display = fields.Char(compute="_compute_actual", string="Period")
    baseline_display = fields.Char(compute="_compute_actual", string="Baseline Text")
    goal_display = fields.Char(compute="_compute_actual", string="Goal")
    actual_display = fields.Char(compute="_compute_actual", string="Actual")
    attainment_display = fields.Char(compute="_compute_actual", string="Attainment")
    is_drillable = fields.Boolean(related="measure_id.is_drillable")

    _target_unique = models.Constraint(
        "UNIQUE(measure_id, company_id, period, date_from)",
        "This measure has a goal for this company and period already.",
    )

    # --- PERIOD

    @api.depends("measure_id")
    def _compute_period(self):
        for target in self:
            target.period = target.measure_id.period or target.period

    @api.depends("period", "date_from")
    def _compute_date_to(self):
        for target in self:
            known = target.period and target.date_from
            target.date_to = known and period_of(target.period, target.date_from)[1]

    @api.onchange("measure_id", "period", "date_from", "company_id")
    def _onchange_period(self):
        """Begin with the period, and start from where the measure stood before it."""
        if not (self.measure_id and self.period and self.date_from):
            return
        self.date_from = period_of(self.period, self.date_from).date_from
        if not self.baseline:
            self.baseline = self._get_former_value().value

    def _get_former_value(self):
        """Return the kept value of the period before, if there is one."""
        before = period_of(self.period, self.date_from - timedelta(days=1))
        return self.env["crm.measure.value"].search(
            Domain("measure_id", "=", self.measure_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("period", "=", self.period)
            & Domain("date_from", "=", before.date_from)
            & Domain("dimension_model", "=", False),
            limit=1,
        )

    @api.constrains("period", "date_from")
    def _check_date_from(self):
        for target in self:
            first = period_of(target.period, target.date_from).date_from
            if target.date_from != first:
                raise ValidationError(
                    self.env._(
                        "A period begins on its first day: enter %(first)s instead of "
                        "%(day)s.",
                        first=format_date(self.env, first),
                        day=format_date(self.env, target.date_from),
                    )
                )

    # --- RESULT

    @api.model
    def _selection_state(self):
        return [
            ("met", self.env._("Goal met")),
            ("missed", self.env._("Goal missed")),
            ("running", self.env._("Running")),
            ("unknown", self.env._("No figure yet")),
        ]

    @api.depends(
        "measure_id.value_ids.value",
        "measure_id.unit",
        "measure_id.direction",
        "measure_id.kind",
        "company_id",
        "period",
        "date_from",
        "baseline",
        "value",
    )
    @api.depends_context("lang")
    def _compute_actual(self):
        """Put the kept value of its period beside each goal; one query."""
        values = self.env["crm.measure.value"]
        kept = values.search(
            Domain("measure_id", "in", self.measure_id.ids)
            & Domain("company_id", "in", self.company_id.ids)
            & Domain("period", "in", list(set(self.mapped("period"))))
            & Domain("date_from", "in", list(set(self.mapped("date_from"))))
            & Domain("dimension_model", "=", False)
        )
        found = {row._get_goal_key(): row for row in kept}
        for target in self:
            row = found.get(target._get_goal_key(), values)
            target.update(
                {
                    **target._judge(row),
                    "value_id": row,
                    "actual": row.value,
                    "actual_display": row.value_display or "",
                    "period_display": target._format_period(),
                    "baseline_display": target._format(target.baseline)
                    if target.baseline
                    else "",
                }
            )

    def _get_goal_key(self):
        """Return what a goal and the value of its period have in common."""
        self.ensure_one()
        return (
            self.measure_id._origin.id,
            self.company_id._origin.id,
            self.period,
            self.date_from,
        )

    def _judge(self, row):
        """Return the goal, the attainment and the result for a kept value."""
        reached = None
        state = "unknown"
        if row and self:
            figures = (row.value, self.value)
            reached = attainment(*figures, self.baseline, self.direction)
            is_flow = self.measure_id.kind == "flow"
            state = judge(*figures, self.direction, not row.is_final, is_flow)
        values = self.env["crm.measure.value"]
        return {
            "goal_display": self._format(self.value) if self else "",
            "attainment": reached or 0.0,
            "attainment_display": ""
            if reached is None
            else values._format_figure(reached, "percent"),
            "state": state,
        }

    def _format(self, number):
        return self.env["crm.measure.value"]._format_figure(
            number, self.unit, self.currency_id
        )

    def _format_period(self):
        if not (self.date_from and self.period):
            return ""
        return self.measure_id._format_period(self)

    @api.depends("measure_id.name", "date_from", "period")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for target in self:
            name = target.measure_id.name or ""
            target.display_name = f"{name} {target._format_period()}".strip()

    # --- NEXT YEAR

    def copy_data(self, default=None):
        """A copy is about the same period a year later: one period has one goal."""
        vals_list = super().copy_data(default=default)
        if "date_from" not in (default or {}):
            for target, vals in zip(self, vals_list, strict=True):
                vals["date_from"] = target._get_next_year()
        return vals_list

    def _get_next_year(self):
        """Return the first day of the same period a year later."""
        self.ensure_one()
        day = fields.Date.add(self.date_from, years=1)
        return period_of(self.period, day).date_from

    def action_copy_to_next_year(self):
        """Copy these goals to the same periods of the year after; what is there stays.

        Each starts from what was reached in this year, as far as that is known.
        """
        self.check_access("read")
        self.browse().check_access("create")
        known = self.search(
            Domain("measure_id", "in", self.measure_id.ids)
            & Domain("company_id", "in", self.company_id.ids)
            & Domain("date_from", "in", [goal._get_next_year() for goal in self])
        )
        taken = {goal._get_goal_key() for goal in known}
        vals_list = []
        for goal in self:
            key = (*goal._get_goal_key()[:3], goal._get_next_year())
            if key not in taken:
                [vals] = goal.copy_data()
                vals_list.append({**vals, "baseline": goal.actual})
        copies = self.create(vals_list)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_measure_target_action"
        )
        return {**action, "domain": [("id", "in", (known | copies).ids)], "context": {}}

    # --- DRILL-DOWN

    def action_drill(self):
        """Open the records behind the actual."""
        self.ensure_one()
        self.check_access("read")
        return self.measure_id._get_drill_action(
            self.company_id, self.date_from, self.date_to
        )
