from odoo import fields, models

from ..res_partner import OUR_USERS


class ResPartner(models.Model):
    _inherit = "res.partner"

    target_group_member_ids = fields.One2many(
        "crm.target.group.member",
        "partner_id",
        string="Target Groups",
        groups=OUR_USERS,
    )
