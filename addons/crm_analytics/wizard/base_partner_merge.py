from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Drop the scores of the merged partners and score the remaining one anew.

        The host moves the orders by SQL, which no write date tells. The month-end
        history of a partner that is gone goes with him.
        """
        for model_name in ("crm.customer.scorecard", "crm.customer.scorecard.history"):
            self.env[model_name]._drop_of(src_partners)
        for model in self.env["crm.scorecard.part.engine"]._get_models().values():
            model._drop_of(src_partners)
        self.env["crm.seven.p.score.history"]._drop_of(src_partners)
        self.env["crm.customer.cost"]._drop_of(src_partners)
        self.env["crm.profit.month"]._merge_into(src_partners, dst_partner)
        self.env["crm.credit.assessment"]._drop_of(src_partners)
        self.env["crm.scorecard.queue"]._push(src_partners | dst_partner)
        self.env["crm.next.best.offer"]._merge_offers(src_partners, dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env["crm.customer.cost"]._refresh_of(dst_partner)
        return result
