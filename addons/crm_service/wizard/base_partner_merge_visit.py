from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Hand cadences over first, and drop proposals that would be double.

        The host moves rows in bulk and deletes all of them when one would be double.
        """
        dst_partner._merge_visits(src_partners)
        self.env.flush_all()
        return super()._update_foreign_keys(src_partners, dst_partner)
