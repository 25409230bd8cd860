from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Let occasions of the merged contacts count for the one who stays."""
        result = super()._update_foreign_keys(src_partners, dst_partner)
        dst_partner._merge_care_keys(src_partners)
        return result
