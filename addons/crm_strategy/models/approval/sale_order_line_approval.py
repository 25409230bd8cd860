from odoo import api, models

from ...tools.approval import Terms


class SaleOrderLine(models.Model):
    """A line that changes after approval makes the approval of its order void."""

    _inherit = "sale.order.line"

    def _get_approval_terms(self):
        """Return what was agreed in this line, in the unit of its product."""
        unit, own = self.product_id.uom_id, self.product_uom_id
        quantity, price = self.product_uom_qty, self.price_unit
        net = self.price_reduce_taxexcl
        if own and unit and own != unit:
            quantity = own._compute_quantity(quantity, unit, round=False)
            price, net = (own._compute_price(p, unit) for p in (price, net))
        price *= 1 - self.discount / 100
        taxes = tuple(self.tax_ids.ids)
        return Terms(self.product_id.id, quantity, price, net, taxes)

    @api.model_create_multi
    def create(self, vals_list):
        orders = self.env["sale.order"]
        if orders._is_approval_used():
            orders = orders.browse(
                {vals.get("order_id") for vals in vals_list} - {None}
            )
        with orders._watch_approval():
            return super().create(vals_list)

    def write(self, vals):
        orders = self.env["sale.order"]
        watched = {"order_id", *orders._get_approval_line_fields()}
        if vals.keys().isdisjoint(watched) or not orders._is_approval_used():
            return super().write(vals)
        orders = self.order_id | orders.browse(vals.get("order_id"))
        with orders._watch_approval():
            return super().write(vals)

    def unlink(self):
        orders = self.env["sale.order"]
        if orders._is_approval_used():
            orders = self.order_id
        with orders._watch_approval():
            return super().unlink()
