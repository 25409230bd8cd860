from odoo import fields, models

from .res_partner import GROUPS


class ResPartner(models.Model):
    """Analysts read how a customer is treated; the checklist is the sellers'."""

    _inherit = "res.partner"

    crm_policy_ids = fields.One2many(groups=GROUPS)
    crm_service_level_id = fields.Many2one(groups=GROUPS)
    crm_service_level_source = fields.Char(groups=GROUPS)
    crm_visits_per_year = fields.Integer(groups=GROUPS)
    crm_visits_per_year_source = fields.Char(groups=GROUPS)
    crm_calls_per_year = fields.Integer(groups=GROUPS)
    crm_calls_per_year_source = fields.Char(groups=GROUPS)
    crm_reply_hours = fields.Float(groups=GROUPS)
    crm_reply_hours_source = fields.Char(groups=GROUPS)
    crm_pricelist_id = fields.Many2one(groups=GROUPS)
    crm_pricelist_source = fields.Char(groups=GROUPS)
    crm_special_instructions = fields.Text(groups=GROUPS)
    crm_special_instructions_source = fields.Char(groups=GROUPS)
