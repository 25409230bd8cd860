from odoo import fields, models

from .res_partner import GROUPS


class ResPartner(models.Model):
    """Analysts read roles and observations as salespeople do."""

    _inherit = "res.partner"

    role_assignment_ids = fields.One2many(groups=GROUPS)
    crm_role_ids = fields.Many2many(groups=GROUPS)
    role_names = fields.Char(groups=GROUPS)
    role_count = fields.Integer(groups=GROUPS)
    group_role_count = fields.Integer(groups=GROUPS)
    observation_ids = fields.One2many(groups=GROUPS)
    observation_count = fields.Integer(groups=GROUPS)
