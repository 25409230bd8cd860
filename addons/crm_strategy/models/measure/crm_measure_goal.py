from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.measure_period import Period, cut_off, periods_until


class CrmMeasure(models.Model):
    """Goals beside the figures, and the values of periods that only goals have."""

    _inherit = "crm.measure"

    target_ids = fields.One2many("crm.measure.target", "measure_id", string="Goals")
    goal_display = fields.Char(compute="_compute_goal", string="Goal")
    attainment_display = fields.Char(compute="_compute_goal", string="Attainment")
    goal_state = fields.Selection(
        selection=lambda self: self.env["crm.measure.target"]._selection_state(),
        compute="_compute_goal",
        string="Goal Result",
    )

    @api.depends(
        "unit", "direction", "kind", "period", "value_ids.value", "target_ids.value"
    )
    @api.depends_context("company", "lang")
    def _compute_goal(self):
        """Show the goal of the period of the current figure."""
        for measure in self:
            value = measure.current_value_id
            measure.goal_display = value.goal_display
            measure.attainment_display = value.attainment_display
            measure.goal_state = value.goal_state

    def action_open_goals(self):
        """Open the goals of this measure."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_measure_target_action"
        )
        return {
            **action,
            "name": self.name,
            "domain": [("measure_id", "=", self.id)],
            "context": {"default_measure_id": self.id},
        }

    def _refresh_company(self, company, count):
        res = super()._refresh_company(company, count)
        self._refresh_goals(company)
        return res

    def _refresh_goals(self, company):
        """Compute the values of goals whose periods are not the measure's own.

        One statement per length of periods. As other values, those of the running
        period and the one before are computed again, older ones stay.
        """
        today = self.env["crm.sale.fact"]._get_today(company)
        goals = self.env["crm.measure.target"].search(
            Domain("measure_id", "=", self.id)
            & Domain("company_id", "=", company.id)
            & Domain("period", "!=", self.period)
            & Domain("date_from", "<=", today),
            order="date_from",
        )
        for unit, of_unit in goals.grouped("period").items():
            recent = periods_until(unit, today, 2)[0].date_from
            periods = [
                Period(goal.date_from, goal.date_to)
                for goal in of_unit
                if goal.date_from >= recent or not goal.value_id.is_final
            ]
            if periods:
                results = self._call_method(company, cut_off(periods, today))
                self._keep(company, today, periods, results, unit)


class CrmMeasureValue(models.Model):
    """The goal that was set for the period of a value."""

    _inherit = "crm.measure.value"

    target_id = fields.Many2one(
        "crm.measure.target", compute="_compute_goal", string="Goal Set"
    )
    goal_display = fields.Char(compute="_compute_goal", string="Goal")
    attainment = fields.Float(
        compute="_compute_goal",
        digits=0,
        string="Attainment Figure",
        help="A fraction: 0.25 stands for 25 %.",
    )
    attainment_display = fields.Char(compute="_compute_goal", string="Attainment")
    goal_state = fields.Selection(
        selection=lambda self: self.env["crm.measure.target"]._selection_state(),
        compute="_compute_goal",
        string="Goal Result",
    )

    @api.depends(
        "value",
        "is_final",
        "measure_id.kind",
        "measure_id.direction",
        "measure_id.target_ids.value",
        "measure_id.target_ids.baseline",
        "measure_id.target_ids.date_from",
        "measure_id.target_ids.period",
    )
    @api.depends_context("lang")
    def _compute_goal(self):
        """Put the goal of its period beside each value; one query."""
        targets = self.env["crm.measure.target"]
        goals = targets.search(
            Domain("measure_id", "in", self.measure_id.ids)
            & Domain("company_id", "in", self.company_id.ids)
            & Domain("date_from", "in", list(set(self.mapped("date_from"))))
        )
        found = {goal._get_goal_key(): goal for goal in goals}
        for value in self:
            goal = targets
            if not value.dimension_model:
                goal = found.get(value._get_goal_key(), targets)
            verdict = goal._judge(value)
            state = verdict.pop("state")
            verdict["goal_state"] = state if goal else False
            value.update({**verdict, "target_id": goal})

    def _get_goal_key(self):
        """Return what a value and the goal of its period have in common."""
        self.ensure_one()
        return (
            self.measure_id._origin.id,
            self.company_id._origin.id,
            self.period,
            self.date_from,
        )
