from odoo import api, fields, models
from odoo.tools import format_amount, formatLang

from ...tools.measure_trend import differs


class CrmMeasureValue(models.Model):
    """The figure of a measure for one company and period, as it was kept.

    Only the system writes values. A period is final once it was computed after
    its end; final values are recomputed for the last few periods only (late
    credit notes) and otherwise stay as they were. A dimension (a team, a segment,
    a division) splits a figure further; without one it is the company's.
    """

    _name = "crm.measure.value"
    _description = "Measure Value"
    _order = "date_from desc, measure_id, company_id, id"

    measure_id = fields.Many2one(
        "crm.measure", required=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="cascade", readonly=True, index=True
    )
    period = fields.Selection(
        selection=lambda self: self.env["crm.measure"]._selection_period(),
        required=True,
        readonly=True,
    )
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(
        string="To", required=True, readonly=True, help="Last day, included."
    )
    dimension_model = fields.Char(readonly=True)
    dimension_res_id = fields.Many2oneReference(
        string="Dimension Record", model_field="dimension_model", readonly=True
    )
    dimension_label = fields.Char(string="Dimension", readonly=True)

    value = fields.Float(
        digits=0,
        readonly=True,
        aggregator="avg",
        help="Percentages are kept as fractions: 0.25 stands for 25 %.",
    )
    numerator = fields.Float(
        digits=0, readonly=True, help="For rates: what is divided."
    )
    denominator = fields.Float(
        digits=0, readonly=True, help="For rates: by what is divided."
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    computed_at = fields.Datetime(
        string="Computed On",
        required=True,
        readonly=True,
        help="When the figure last changed; an unchanged one is not written again.",
    )
    is_final = fields.Boolean(
        string="Final",
        readonly=True,
        help="The period was over when the value was computed.",
    )
    unit = fields.Selection(related="measure_id.unit")
    value_display = fields.Char(compute="_compute_value_display", string="Value Text")
    share_display = fields.Char(
        compute="_compute_value_display",
        string="Made of",
        help="Numerator and denominator of a rate.",
    )
    is_drillable = fields.Boolean(related="measure_id.is_drillable")

    _value_unique = models.UniqueIndex(
        "(measure_id, company_id, date_from, period, "
        "COALESCE(dimension_model, ''), COALESCE(dimension_res_id, 0))",
        "This measure has a value for this company, period and dimension already.",
    )
    _dates_ordered = models.Constraint(
        "CHECK(date_from <= date_to)", "A period cannot end before it begins."
    )

    @api.depends("value", "numerator", "denominator", "currency_id", "measure_id.unit")
    @api.depends_context("lang")
    def _compute_value_display(self):
        for value in self:
            value.value_display = self._format_figure(
                value.value, value.unit, value.currency_id
            )
            value.share_display = ""
            if value.denominator:
                value.share_display = self.env._(
                    "%(numerator)s of %(denominator)s",
                    numerator=self._format_number(value.numerator),
                    denominator=self._format_number(value.denominator),
                )

    @api.depends("measure_id.name", "date_from", "period")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for value in self:
            label = value.measure_id._format_period(value) if value.date_from else ""
            value.display_name = f"{value.measure_id.name or ''} {label}".strip()

    # --- FORMATS

    @api.model
    def _format_number(self, number, digits=None):
        """Return ``number`` as the user's language writes it; whole if it is."""
        if digits is None:
            digits = 0 if float(number).is_integer() else 2
        return formatLang(self.env, number, digits=digits)

    @api.model
    def _format_figure(self, number, unit, currency=None):
        """Return ``number`` in its unit, as the user's language writes it."""
        if unit == "money" and currency:
            return format_amount(self.env, number, currency)
        if unit == "percent":
            return self.env._(
                "%(number)s %%", number=self._format_number(number * 100, 1)
            )
        if unit == "days":
            return self.env._("%(number)s days", number=self._format_number(number, 1))
        return self._format_number(number, 2 if unit == "ratio" else None)

    # --- KEEPING

    def _is_same(self, vals):
        """Tell whether this row already says what ``vals`` would write."""
        self.ensure_one()
        if self.is_final != vals["is_final"] or self.date_to != vals["date_to"]:
            return False
        if self.currency_id.id != vals["currency_id"]:
            return False
        figures = ("value", "numerator", "denominator")
        return not any(differs(self[name], vals[name]) for name in figures)

    # --- DRILL-DOWN

    def action_drill(self):
        """Open the records behind this value."""
        self.ensure_one()
        self.check_access("read")
        return self.measure_id._get_drill_action(
            self.company_id, self.date_from, self.date_to
        )
