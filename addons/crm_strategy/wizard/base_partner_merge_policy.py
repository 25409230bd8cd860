from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Hand policies, group places and measured rows over before the host does."""
        customer = dst_partner.commercial_partner_id
        for model in (
            "crm.customer.policy",
            "crm.target.group.member",
            "crm.retention.customer",
        ):
            rows = self.env[model].sudo()  # style: CRM109 whoever may merge contacts
            rows._merge_into(customer, src_partners)
        return super()._update_foreign_keys(src_partners, dst_partner)
