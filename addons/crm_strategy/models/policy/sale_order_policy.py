from odoo import api, fields, models

from ..res_partner import OUR_USERS


class SaleOrder(models.Model):
    """What a quotation owes to the customer's policy."""

    _inherit = "sale.order"

    crm_pricelist_source = fields.Char(
        "Pricelist From", compute="_compute_crm_pricelist_source", groups=OUR_USERS
    )
    crm_special_instructions = fields.Text(
        "Special Instructions",
        compute="_compute_crm_special_instructions",
        groups=OUR_USERS,
    )

    @api.depends("partner_id", "company_id", "pricelist_id")
    def _compute_crm_pricelist_source(self):
        """Name the source where the pricelist is the one that policy gives."""
        policies = self.env["crm.customer.policy"]
        self.crm_pricelist_source = False
        if not policies._is_in_use("pricelist_id"):
            return
        for company, orders in self.grouped("company_id").items():
            partners = orders.partner_id.with_company(company)._without_own_pricelist()
            found = policies._get_effective_policies(
                partners, company, ("pricelist_id",)
            )
            for order in orders:
                policy = found.get(order.partner_id.id, {})
                pricelist, source = policy.get("pricelist_id", (None, None))
                if source and pricelist == order.pricelist_id._origin:
                    order.crm_pricelist_source = policies._get_source_text(source)

    @api.depends("partner_id")
    def _compute_crm_special_instructions(self):
        texts = self.partner_id._get_special_instructions()
        for order in self:
            order.crm_special_instructions = texts.get(order.partner_id.id)
