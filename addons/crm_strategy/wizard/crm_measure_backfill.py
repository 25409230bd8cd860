from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.measure_period import periods_between

#: Longest range: ten years of days.
MAX_PERIODS = 3660


class CrmMeasureBackfill(models.TransientModel):
    """Compute the values of measures again from a chosen day on."""

    _name = "crm.measure.backfill"
    _description = "Recompute Past Values of Measures"

    measure_ids = fields.Many2many(
        "crm.measure",
        string="Measures",
        required=True,
        default=lambda self: self._default_measure_ids(),
    )
    date_from = fields.Date(
        string="Since",
        required=True,
        default=lambda self: self._default_date_from(),
        help="The period of this day and all later ones are computed again, "
        "final ones too.",
    )

    @api.model
    def _default_measure_ids(self):
        chosen = self.env.context.get("active_ids")
        if self.env.context.get("active_model") == "crm.measure" and chosen:
            return self.env["crm.measure"].browse(chosen)
        return self.env["crm.measure"].search([])

    @api.model
    def _default_date_from(self):
        return fields.Date.subtract(fields.Date.context_today(self), years=2)

    def action_backfill(self):
        """Recompute all periods from the chosen day to today."""
        self.ensure_one()
        self.measure_ids.check_access("write")
        today = fields.Date.context_today(self)
        if self.date_from > today:
            raise UserError(
                self.env._("Choose a day in the past: no figures lie in the future.")
            )
        for unit, measures in self.measure_ids.grouped("period").items():
            count = len(periods_between(unit, self.date_from, today)) - 1
            if count >= MAX_PERIODS:
                raise UserError(
                    self.env._(
                        "That is %(count)s periods; at most %(limit)s can be computed "
                        "at once. Choose a later day or longer periods.",
                        count=count,
                        limit=MAX_PERIODS,
                    )
                )
            measures._refresh_now(count)
        return self.measure_ids._get_reload_action()
