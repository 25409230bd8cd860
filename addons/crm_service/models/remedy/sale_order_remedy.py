from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """Orders that replace goods, and what was promised for the next quotation."""

    _name = "sale.order"
    _inherit = ["sale.order", "crm.remedy.document.mixin"]

    _crm_remedy_once_idx = models.UniqueIndex(
        "(crm_remedy_id) WHERE crm_remedy_id IS NOT NULL AND state != 'cancel'",
        "This remedy already has an order.",
    )

    # --- REPLACEMENT: decided on the complaint, approved by finance there

    def _is_unapproved(self, is_sending):
        """Its approval is that of the complaint and of finance."""
        return not self._get_remedies() and super()._is_unapproved(is_sending)

    def _is_approval_settled(self):
        """Goods without a price are no quotation that gives away its margin."""
        return not self._get_remedies() and super()._is_approval_settled()

    def _action_cancel(self):
        result = super()._action_cancel()
        self._get_remedies()._sync_shipment()
        return result

    def action_draft(self):
        """What was promised again elsewhere is not given a second time."""
        for order in self.sudo():  # style: CRM109 the customer's promise, not his right
            if order.crm_remedy_id:
                raise UserError(
                    self.env._(
                        "%(order)s is a replacement order for a complaint. To send "
                        "the goods after all, decide again on the complaint.",
                        order=order.name,
                    )
                )
        result = super().action_draft()
        self._drop_used_discounts()
        return result
