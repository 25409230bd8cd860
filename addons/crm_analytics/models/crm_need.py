from odoo import fields, models


class CrmNeed(models.Model):
    _inherit = "crm.need"

    # analysts see what needs led to, as salespeople do
    lead_id = fields.Many2one(
        groups="crm_strategy.group_user,crm_analytics.group_analyst"
    )
