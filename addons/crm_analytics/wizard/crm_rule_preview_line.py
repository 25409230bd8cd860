from odoo import fields, models


class CrmRulePreviewLine(models.TransientModel):
    """A number of a rule as it would be."""

    _name = "crm.rule.preview.line"
    _description = "Rule in a Preview"

    preview_id = fields.Many2one(
        "crm.rule.preview", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char("Rule", required=True, readonly=True)
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        model_field="res_model", required=True, readonly=True
    )
    field_name = fields.Char(required=True, readonly=True)
    value_now = fields.Float("Now", digits=(16, 2), readonly=True)
    value = fields.Float("After", digits=(16, 2))
