from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The value classes of customer service."""

    _inherit = "res.config.settings"

    crm_service_value_scheme_id = fields.Many2one(
        related="company_id.crm_service_value_scheme_id", readonly=False
    )
