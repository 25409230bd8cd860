from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """After how long customers are asked again what they need."""

    _inherit = "res.config.settings"

    crm_need_months = fields.Integer(
        related="company_id.crm_need_months", readonly=False
    )
