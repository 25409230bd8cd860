from odoo import fields, models

from .res_partner import GROUPS


class ResPartner(models.Model):
    _inherit = "res.partner"

    # analysts read needs as salespeople do
    need_ids = fields.One2many(groups=GROUPS)
    open_need_count = fields.Integer(groups=GROUPS)
