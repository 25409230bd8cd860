from odoo import fields, models

from ..models.res_partner import GROUPS


class SaleReport(models.Model):
    """Analysts read divisions as salespeople do; goods go to places."""

    _inherit = "sale.report"

    crm_division_id = fields.Many2one(groups=GROUPS)
    crm_place_id = fields.Many2one(
        "res.partner", "Delivery Address", readonly=True, groups=GROUPS
    )

    crm_place_country_id = fields.Many2one(
        related="crm_place_id.country_id", string="Delivery Country", groups=GROUPS
    )
    crm_place_state_id = fields.Many2one(
        related="crm_place_id.state_id", string="Delivery State", groups=GROUPS
    )

    def _select_additional_fields(self):
        return {
            **super()._select_additional_fields(),
            "crm_place_id": "s.partner_shipping_id",
        }

    def _group_by_sale(self):
        return f"{super()._group_by_sale()}, s.partner_shipping_id"
