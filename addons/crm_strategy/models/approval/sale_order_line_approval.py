from odoo import api, models


class SaleOrderLine(models.Model):
    """A line that changes after approval makes the approval of its order void."""

    _inherit = "sale.order.line"

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
