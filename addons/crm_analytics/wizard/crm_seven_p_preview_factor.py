from odoo import fields, models


class CrmSevenPPreviewFactor(models.TransientModel):
    """A factor as it would be."""

    _name = "crm.seven.p.preview.factor"
    _description = "Factor in a Preview"

    preview_id = fields.Many2one(
        "crm.seven.p.preview", required=True, index=True, ondelete="cascade"
    )
    factor_id = fields.Many2one(
        "crm.scorecard.factor", required=True, readonly=True, ondelete="cascade"
    )
    part = fields.Selection(related="factor_id.part")
    unit = fields.Char(related="factor_id.unit")
    weight = fields.Float()
    value_zero = fields.Float("0 points at", digits=(16, 2))
    value_full = fields.Float("100 points at", digits=(16, 2))
