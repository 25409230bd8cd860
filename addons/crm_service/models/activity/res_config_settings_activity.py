from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Which touches are logged by themselves, and how long they count for orders."""

    _inherit = "res.config.settings"

    crm_activity_from_activity = fields.Boolean(
        related="company_id.crm_activity_from_activity", readonly=False
    )
    crm_activity_from_meeting = fields.Boolean(
        related="company_id.crm_activity_from_meeting", readonly=False
    )
    crm_activity_from_email = fields.Boolean(
        related="company_id.crm_activity_from_email", readonly=False
    )
    crm_activity_influence_days = fields.Integer(
        related="company_id.crm_activity_influence_days", readonly=False
    )
