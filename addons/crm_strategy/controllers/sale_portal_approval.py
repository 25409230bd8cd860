from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.http import request, route

from odoo.addons.sale.controllers.portal import CustomerPortal, PaymentPortal


def _get_waiting_message():
    return request.env._(
        "We are still reviewing this quotation. You can accept it as soon as we have "
        "released it; please contact us if it is urgent."
    )


class ApprovalCustomerPortal(CustomerPortal):
    """A customer neither signs nor pays what we have not approved ourselves."""

    def _is_unapproved(self, order_id, access_token):
        try:
            order = self._document_check_access(
                "sale.order", order_id, access_token=access_token
            )
        except (AccessError, MissingError):
            return False  # the host answers that
        return order._is_waiting_for_approval()

    @route()
    def portal_order_page(self, order_id, access_token=None, **kwargs):
        if kwargs.get("payment_amount") and self._is_unapproved(order_id, access_token):
            kwargs["payment_amount"] = None
        return super().portal_order_page(order_id, access_token=access_token, **kwargs)

    @route()
    def portal_quote_accept(self, order_id, access_token=None, **kwargs):
        token = access_token or request.httprequest.args.get("access_token")
        if self._is_unapproved(order_id, token):
            return {"error": _get_waiting_message()}
        return super().portal_quote_accept(
            order_id, access_token=access_token, **kwargs
        )


class ApprovalPaymentPortal(PaymentPortal):
    @route()
    def portal_order_transaction(self, order_id, access_token, **kwargs):
        try:
            order = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            order = request.env["sale.order"]  # the host answers that
        if order and order._is_waiting_for_approval():
            raise ValidationError(_get_waiting_message())
        return super().portal_order_transaction(order_id, access_token, **kwargs)
