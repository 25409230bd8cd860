from odoo import api, models


class ProductPricelist(models.Model):
    """Pricelists that come with a segment or with a policy of the customer."""

    _inherit = "product.pricelist"

    @api.model
    def _get_partner_pricelist_multi(self, partner_ids):
        """Put the policy's pricelist between the contact's own and the country's.

        Nothing is stored: who leaves the segment has the host's pricelist at once.
        """
        result = super()._get_partner_pricelist_multi(partner_ids)
        policies = self.env["crm.customer.policy"]
        if not result or not policies._is_in_use("pricelist_id"):
            return result
        partners = self.env["res.partner"].browse(partner_ids)._without_own_pricelist()
        applied = policies._get_applied_pricelists(partners, self.env.company)
        for partner_id, pricelist in applied.items():
            if pricelist._get_partner_pricelist_multi_filter_hook():
                result[partner_id] = pricelist
        return result
