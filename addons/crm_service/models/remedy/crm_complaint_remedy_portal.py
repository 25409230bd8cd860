from odoo import models


class CrmComplaintRemedy(models.Model):
    """What the customer reads of a remedy on the portal; called as superuser."""

    _inherit = "crm.complaint.remedy"

    def _prepare_portal_vals(self):
        """Return {name, amounts, is_taxed, reason, tracking} as the customer sees it.

        ``amounts`` are [(amount, currency)]. Money back is what he sees on his bank
        account, so with taxes; anything else is worth what was granted, without.
        """
        self.ensure_one()
        is_refund = self.remedy_type == "refund"
        tracking = (self.carrier_name, self.tracking_ref)
        return {
            "name": dict(self._get_types()).get(self.remedy_type),
            "amounts": self._get_portal_amounts(),
            "is_taxed": is_refund,
            "reason": (self.remedy_type == "reject" and self.reason) or "",
            "tracking": " ".join(filter(None, tracking)),
        }

    def _get_portal_amounts(self):
        if self.remedy_type != "refund":
            return [(self.amount, self.currency_id)] if self.amount else []
        notes = self.move_ids.filtered(lambda move: move.state == "posted")
        return [
            (sum(own.mapped("amount_total")), currency)
            for currency, own in notes.grouped("currency_id").items()
        ]
