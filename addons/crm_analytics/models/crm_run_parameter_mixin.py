from odoo import api, fields, models
from odoo.tools.misc import formatLang


class CrmRunParameterMixin(models.AbstractModel):
    """What a run worked by: kept as data, shown in the words of the reader.

    A model gives ``_get_parameter_lines``; topics that add parameters extend it.
    """

    _name = "crm.run.parameter.mixin"
    _description = "Parameters of a Run"

    parameters = fields.Json(readonly=True)
    parameter_text = fields.Text("Rules in force", compute="_compute_parameter_text")

    @api.depends("parameters")
    @api.depends_context("lang")
    def _compute_parameter_text(self):
        for run in self:
            lines = run._get_parameter_lines(run.parameters) if run.parameters else []
            run.parameter_text = "\n".join(f"{label}: {text}" for label, text in lines)

    def _get_parameter_lines(self, parameters):
        """Return pairs of label and text for the ``parameters`` of this run."""
        return []

    # --- WORDS

    @api.model
    def _get_number_text(self, value, unit=""):
        """Return a number as the reader writes it, with its unit."""
        digits = 0 if float(value).is_integer() else 2
        return f"{formatLang(self.env, value, digits=digits)} {unit or ''}".strip()

    @api.model
    def _get_sign_text(self, sign, unit):
        """Return how much a sign of churn counted."""
        return self.env._(
            "weight %(weight)s, says nothing at %(zero)s, most at %(full)s",
            weight=self._get_number_text(sign["weight"]),
            zero=self._get_number_text(sign["value_zero"], unit),
            full=self._get_number_text(sign["value_full"], unit),
        )

    @api.model
    def _get_labels(self, model, name):
        """Return ``{value: label}`` of a selection, in the reader's language."""
        return dict(self.env[model]._fields[name]._description_selection(self.env))
