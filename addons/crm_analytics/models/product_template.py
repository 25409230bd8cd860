from odoo import fields, models

from .res_partner import GROUPS

SHEET_READERS = f"{GROUPS},crm_service.group_agent"


class ProductTemplate(models.Model):
    """Analysts read divisions and the product sheet as salespeople do."""

    _inherit = "product.template"

    crm_division_own_id = fields.Many2one(groups=GROUPS)
    crm_division_id = fields.Many2one(groups=GROUPS)
    crm_sales_argument = fields.Text(groups=SHEET_READERS)
