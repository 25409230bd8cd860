from odoo import fields, models

from .res_partner import GROUPS


class ProductTemplate(models.Model):
    """Analysts read divisions as salespeople do."""

    _inherit = "product.template"

    crm_division_own_id = fields.Many2one(groups=GROUPS)
    crm_division_id = fields.Many2one(groups=GROUPS)
