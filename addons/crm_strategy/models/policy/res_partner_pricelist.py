from odoo import models


class ResPartner(models.Model):
    """Pricelists entered by hand on a contact stay above those of policies."""

    _inherit = "res.partner"

    def _without_own_pricelist(self):
        """Return those on whose form nobody entered a pricelist that can be used."""
        own = "specific_property_product_pricelist"
        return self.with_context(active_test=False).filtered(
            lambda p: not p[own]._get_partner_pricelist_multi_filter_hook()
        )

    def _inverse_product_pricelist(self):
        """Keep a pricelist entered by hand even if the host would give it by itself.

        The host forgets what equals its default. Where a policy gives another one,
        the default is a choice like any other.
        """
        chosen = {partner: partner.property_product_pricelist for partner in self}
        result = super()._inverse_product_pricelist()
        policies = self.env["crm.customer.policy"]
        applied = policies._get_applied_pricelists(self, self.env.company)
        for partner, pricelist in chosen.items():
            policy = applied.get(partner.id)
            if policy and pricelist:
                own = pricelist if pricelist != policy else pricelist.browse()
                partner.specific_property_product_pricelist = own
        return result
