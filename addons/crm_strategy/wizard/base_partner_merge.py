from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Hand the segment memberships over first, one by one.

        The host moves rows in bulk and deletes all of them when one would be
        double; the segment history of the merged contacts would be lost.
        """
        dst_partner._merge_segment_memberships(src_partners)
        return super()._update_foreign_keys(src_partners, dst_partner)
