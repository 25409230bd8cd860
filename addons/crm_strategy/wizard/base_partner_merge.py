from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Hand memberships, roles, observations and supply over first, one by one.

        The host moves rows in bulk and deletes all of them when one would be
        double; the history of the merged contacts would be lost. It moves the
        companies below them in bulk as well, so the heads of groups follow after.
        """
        dst_partner._merge_segment_memberships(src_partners)
        dst_partner._merge_partner_roles(src_partners)
        self.env["crm.supply.record"]._merge_of(dst_partner, src_partners)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        assignments = self.env["crm.partner.role.assignment"]
        assignments._refresh_group_heads(dst_partner.ids)
        return result
