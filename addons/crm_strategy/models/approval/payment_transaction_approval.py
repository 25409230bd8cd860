from odoo import models


class PaymentTransaction(models.Model):
    """Money for a quotation that is not approved is kept; the order waits."""

    _inherit = "payment.transaction"

    def _post_process(self):
        return super(
            PaymentTransaction, self.with_context(crm_strategy_is_paid=True)
        )._post_process()

    def _check_amount_and_confirm_order(self):
        unapproved = self.sale_order_ids.filtered(
            lambda order: order.state in ("draft", "sent")
        )._get_unapproved()
        if not unapproved:
            return super()._check_amount_and_confirm_order()
        for order in unapproved:
            order._message_log(
                body=self.env._(
                    "The customer paid, but the quotation is not approved. It can be "
                    "confirmed once it is."
                )
            )
        ready = self.filtered(lambda tx: not tx.sale_order_ids & unapproved)
        return super(PaymentTransaction, ready)._check_amount_and_confirm_order()
