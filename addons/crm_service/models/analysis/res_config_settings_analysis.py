from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """What the analysis of complaints counts with."""

    _inherit = "res.config.settings"

    crm_service_currency_id = fields.Many2one(
        "res.currency", "Currency of Service Costs", related="company_id.currency_id"
    )
    crm_service_hour_cost = fields.Monetary(
        related="company_id.crm_service_hour_cost",
        readonly=False,
        currency_field="crm_service_currency_id",
    )
    crm_service_recovery_days = fields.Integer(
        related="company_id.crm_service_recovery_days", readonly=False
    )
    crm_service_group_minimum = fields.Integer(
        related="company_id.crm_service_group_minimum", readonly=False
    )
