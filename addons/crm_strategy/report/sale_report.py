from odoo import fields, models

from ..models.res_partner import OUR_USERS


class SaleReport(models.Model):
    """Division as a dimension of the host's sales analysis."""

    _inherit = "sale.report"

    crm_division_id = fields.Many2one(
        "crm.division", "Division", readonly=True, groups=OUR_USERS
    )

    def _select_additional_fields(self):
        return {
            **super()._select_additional_fields(),
            "crm_division_id": "t.crm_division_id",
        }

    def _group_by_sale(self):
        return f"{super()._group_by_sale()}, t.crm_division_id"
