from odoo import fields, models

from odoo.addons.crm_strategy.models.res_partner import OUR_USERS


class SaleReport(models.Model):
    """What replaces other goods can be told from a purchase in the sales analysis."""

    _inherit = "sale.report"

    crm_remedy_id = fields.Many2one(
        "crm.complaint.remedy", "Remedy", readonly=True, groups=OUR_USERS
    )

    def _select_additional_fields(self):
        return {
            **super()._select_additional_fields(),
            "crm_remedy_id": "s.crm_remedy_id",
        }

    def _group_by_sale(self):
        return f"{super()._group_by_sale()}, s.crm_remedy_id"
