from odoo import models
from odoo.fields import Command, Domain


class CrmComplaintRemedy(models.Model):
    """A discount that was promised stands on the customer's next quotation, once.

    The remedy names the one line on which it is used; it is free again when that
    line is deleted or its quotation cancelled. The line is made when a quotation
    with products is entered or sent, or by its button; where the quotation is worth
    less than the discount, it waits for a larger one.
    """

    _inherit = "crm.complaint.remedy"

    def _is_open_discount(self):
        """Return whether it is promised and not used on a live order."""
        self.ensure_one()
        order = self.discount_line_id.order_id
        return (
            self.remedy_type == "discount"
            and self.state == "done"
            and (not order or order.state == "cancel")
        )

    def _find_open_discounts(self, orders):
        """Return the discounts that the customers of ``orders`` may still use."""
        return self.search(
            Domain("remedy_type", "=", "discount")
            & Domain("state", "=", "done")
            & Domain("partner_id", "in", orders.partner_id.commercial_partner_id.ids)
            & Domain("company_id", "in", orders.company_id.ids)
            & (
                Domain("discount_line_id", "=", False)
                | Domain("discount_line_id.order_id.state", "=", "cancel")
            ),
            order="date_done, id",
        )

    def _use_on(self, order):
        """Put the discount on ``order``; return whether it fits there."""
        self.ensure_one()
        self._lock()
        amount = self._get_discount_amount(order)
        rest = order.currency_id.compare_amounts(order.amount_untaxed, amount)
        if not self._is_open_discount() or rest < 0:
            return False
        order.order_line = [Command.create(self._prepare_discount_vals(order, amount))]
        self.discount_line_id = order.order_line.filtered(
            lambda x: x.crm_discount_remedy_id == self
        )[-1:]
        self.complaint_id._message_log(
            body=self.env._("Discount used on %s", order._get_html_link())
        )
        return True

    def _get_discount_amount(self, order):
        return self.currency_id._convert(
            self.amount,
            order.currency_id,
            order.company_id,
            order.date_order or self.date_done,
        )

    def _prepare_discount_vals(self, order, amount):
        """Return the line; it bears the taxes of the largest line of the order."""
        lines = order.order_line.filtered(lambda x: not x.display_type)
        largest = max(lines, key=lambda x: x.price_subtotal, default=lines)
        wizard = self.env["sale.order.discount"].new({"sale_order_id": order.id})
        lang = order.with_context(lang=order._get_lang())
        return {
            "crm_discount_remedy_id": self.id,
            "product_id": wizard._get_discount_product().id,
            "name": lang.env._(
                "Discount as promised, complaint %s", self.complaint_id.name
            ),
            "product_uom_qty": 1.0,
            "price_unit": -amount,
            "technical_price_unit": 0.0,
            "tax_ids": [Command.set(largest.tax_ids.ids)],
            "sequence": 999,
        }
