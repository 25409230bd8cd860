from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Hand the lifecycle over first, one present state per company.

        The host moves rows in bulk and deletes all of them when one would be double.
        """
        self.env["crm.lifecycle.transition"]._merge_stays(
            dst_partner.commercial_partner_id, src_partners
        )
        result = super()._update_foreign_keys(src_partners, dst_partner)
        queue = self.env["crm.lifecycle.queue"].sudo()  # style: CRM109 a note, no data
        queue._push(dst_partner)
        return result
