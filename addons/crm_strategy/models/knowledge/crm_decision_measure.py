from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools.alert_condition import is_met

#: what was said when it was decided
EXPECTED = {"decision_id", "measure_id", "value_expected", "date_check"}


class CrmDecisionMeasure(models.Model):
    """One figure of a decision: as it was, as it was expected, as it became.

    ``value_before`` is the last period that was over on the decision's day, as it
    was kept at the moment of deciding; later corrections do not change it.
    ``value_after`` is the period that holds the day of the check, once it is over.
    """

    _name = "crm.decision.measure"
    _description = "Figure of a Decision"
    _inherit = ["crm.system.fields.mixin"]
    _order = "decision_id, sequence, id"

    decision_id = fields.Many2one(
        "crm.decision", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="decision_id.company_id", store=True, index=True
    )
    sequence = fields.Integer(default=10)
    measure_id = fields.Many2one(
        "crm.measure", required=True, ondelete="cascade", index=True
    )
    unit = fields.Selection(related="measure_id.unit")
    currency_id = fields.Many2one(related="company_id.currency_id")
    value_before = fields.Float(digits=0, readonly=True, copy=False, aggregator=None)
    date_before = fields.Date(
        "Previous Period Ends",
        readonly=True,
        copy=False,
        help="Last day of the period of the figure.",
    )
    value_expected = fields.Float("Expected", digits=0, aggregator=None, required=True)
    date_check = fields.Date("Check On", required=True)
    value_after = fields.Float(digits=0, readonly=True, copy=False, aggregator=None)
    date_after = fields.Date("Period After Ends", readonly=True, copy=False)
    outcome = fields.Selection(
        [("open", "Not Known Yet"), ("met", "Met"), ("missed", "Missed")],
        compute="_compute_outcome",
        store=True,
    )
    before_display = fields.Char("Before", compute="_compute_displays")
    after_display = fields.Char("After", compute="_compute_displays")
    expected_display = fields.Char("Expected Value", compute="_compute_displays")

    @api.depends(
        "value_before",
        "date_before",
        "value_expected",
        "value_after",
        "date_after",
        "measure_id.direction",
    )
    def _compute_outcome(self):
        for line in self:
            if not line.date_after:
                line.outcome = "open"
                continue
            before = line.value_before if line.date_before else None
            is_line_met = is_met(
                before, line.value_expected, line.value_after, line.measure_id.direction
            )
            line.outcome = "met" if is_line_met else "missed"

    @api.depends(
        "value_before",
        "value_expected",
        "value_after",
        "measure_id.unit",
        "date_before",
        "date_after",
        "currency_id",
    )
    @api.depends_context("lang")
    def _compute_displays(self):
        values = self.env["crm.measure.value"]
        for line in self:
            unit, currency = line.unit, line.currency_id
            line.expected_display = values._format_figure(
                line.value_expected, unit, currency
            )
            line.before_display = line.after_display = ""
            if line.date_before:
                line.before_display = values._format_figure(
                    line.value_before, unit, currency
                )
            if line.date_after:
                line.after_display = values._format_figure(
                    line.value_after, unit, currency
                )

    # --- CRUD: what is on record stays what it was

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_on_record()
        return lines

    def write(self, vals):
        self.check_access("write")
        if not EXPECTED.isdisjoint(vals):
            self._check_on_record()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_record(self):
        self._check_on_record()

    def _check_on_record(self):
        """Refuse to change what was expected when it was decided."""
        decisions = self.decision_id.filtered(
            lambda d: d.state in ("decided", "reviewed")
        )
        if decisions and not self.env.su:
            raise UserError(
                self.env._(
                    "“%(name)s” was decided: its figures and expectations stay on "
                    "record. Withdraw it and set it back to draft to change them.",
                    name=decisions[0].name,
                )
            )

    # --- FIGURES

    def _freeze(self):
        """Keep the figures as they are known when it is decided."""
        kept = self._get_kept_values()
        for line in self.sudo():  # style: CRM109 figures are the system's
            known = [
                value
                for value in kept.get((line.measure_id, line.company_id), ())
                if value.date_to < line.decision_id.date
            ]
            line.date_before = known[-1].date_to if known else False
            line.value_before = known[-1].value if known else 0.0

    def _update_after(self):
        """Read the figures of the periods in which the checks fall."""
        kept = self._get_kept_values()
        for line in self.sudo():  # style: CRM109 figures are the system's
            for value in kept.get((line.measure_id, line.company_id), ()):
                if value.date_from <= line.date_check <= value.date_to:
                    line.date_after, line.value_after = value.date_to, value.value

    def _get_kept_values(self):
        """Return {(measure, company): final values, oldest first}; one query."""
        values = self.env["crm.measure.value"].search(
            Domain("measure_id", "in", self.measure_id.ids)
            & Domain("company_id", "in", self.company_id.ids)
            & Domain("dimension_model", "=", False)
            & Domain("is_final", "=", True),
            order="date_from",
        )
        found = {}
        for value in values:
            if value.period == value.measure_id.period:
                found.setdefault((value.measure_id, value.company_id), []).append(value)
        return found
