from odoo import fields, models

from .res_partner import GROUPS


class ProductCategory(models.Model):
    """Analysts read divisions as salespeople do."""

    _inherit = "product.category"

    crm_division_own_id = fields.Many2one(groups=GROUPS)
    crm_division_id = fields.Many2one(groups=GROUPS)
