from odoo import models


class LoyaltyCard(models.Model):
    """Coupons that were given for a complaint."""

    _name = "loyalty.card"
    _inherit = ["loyalty.card", "crm.remedy.document.mixin"]

    _crm_remedy_once_idx = models.UniqueIndex(
        "(crm_remedy_id) WHERE crm_remedy_id IS NOT NULL",
        "This remedy already has a coupon.",
    )
