from odoo import fields, models

from ..models.res_partner import GROUPS


class SaleReport(models.Model):
    """Analysts read divisions as salespeople do."""

    _inherit = "sale.report"

    crm_division_id = fields.Many2one(groups=GROUPS)
