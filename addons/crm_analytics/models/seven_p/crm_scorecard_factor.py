from odoo import fields, models


class CrmScorecardFactor(models.Model):
    """What one column of a part is worth in the score of that part."""

    _name = "crm.scorecard.factor"
    _description = "Scorecard Factor"
    _order = "company_id, part, sequence, id"

    company_id = fields.Many2one("res.company", ondelete="cascade", index=True)
    part = fields.Selection(
        selection=lambda self: self.env["crm.scorecard.part"]._selection_part(),
        required=True,
    )
    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    column = fields.Char(required=True)
    weight = fields.Float(default=1.0)
    value_zero = fields.Float("0 points at")
    value_full = fields.Float("100 points at", default=100.0)
    is_relative = fields.Boolean("Relative to the company's customers")
    unit = fields.Char(translate=True)
    description = fields.Char(translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    slot = fields.Integer(readonly=True)
