from odoo import models
from odoo.fields import Command


class CrmComplaintRemedy(models.Model):
    """Goods without a price: the order that replaces what was complained of."""

    _inherit = "crm.complaint.remedy"

    def _make_replacement(self):
        self._make_order()

    def _make_order(self):
        """Make the order and confirm it, so that its transfer exists and is held."""
        self.ensure_one()
        order = self.sale_order_id or self.env["sale.order"].search(
            [("crm_remedy_id", "=", self.id), ("state", "!=", "cancel")], limit=1
        )
        if not order or order.state == "cancel":
            order = self.env["sale.order"].create(self._prepare_order_vals())
        self.sale_order_id = order
        if order.state in ("draft", "sent"):
            order.action_confirm()
        if not order.locked:
            order.action_lock()
        self.complaint_id._message_log(
            body=self.env._("Replacement order %s", order._get_html_link())
        )

    def _prepare_order_vals(self):
        """Return the values of the order; carriers come from the bridge."""
        self.ensure_one()
        complaint = self.complaint_id
        origin = complaint.order_id
        customer = origin.partner_id or complaint.partner_id
        parts = filter(None, (complaint.name, origin.name))
        vals = {
            "crm_remedy_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": customer.id,
            "partner_shipping_id": self.delivery_partner_id.id,
            "origin": " / ".join(parts),
            "client_order_ref": origin.client_order_ref,
            "user_id": origin.user_id.id or complaint.commercial_partner_id.user_id.id,
            "order_line": [
                Command.create(vals) for vals in self._prepare_order_line_vals()
            ],
        }
        if origin:
            vals |= {
                "partner_invoice_id": origin.partner_invoice_id.id,
                "pricelist_id": origin.pricelist_id.id,
                "team_id": origin.team_id.id,
                "warehouse_id": origin.warehouse_id.id,
            }
        return vals

    def _prepare_order_line_vals(self):
        """Return the lines: replaced pieces, then the gift."""
        free = {"price_unit": 0.0, "technical_price_unit": 0.0, "discount": 0.0}
        vals_list = []
        if self.remedy_type == "replacement":
            vals_list += [
                {
                    **free,
                    "product_id": line.product_id.id,
                    "product_uom_qty": line.quantity,
                    "product_uom_id": line.uom_id.id,
                    "crm_remedy_line_id": line.id,
                }
                for line in self.line_ids
            ]
        if self.gift_product_id:
            vals_list.append(
                {
                    **free,
                    "product_id": self.gift_product_id.id,
                    "product_uom_qty": self.gift_quantity,
                }
            )
        return vals_list

    # --- COST

    def _get_cost_replacement(self):
        return self._get_cost_of_goods()

    def _get_cost_of_goods(self):
        """Return the value of what was shipped, the products' cost of what was not."""
        cost = 0.0
        for line in self.sale_order_id.order_line:
            product = line.product_id.with_company(self.company_id)
            moves = line.move_ids.filtered(
                lambda m: m.state == "done" and m.location_dest_id.usage == "customer"
            )
            shipped = sum(
                move.product_uom._compute_quantity(
                    move.quantity, line.product_uom_id, round=False
                )
                for move in moves
            )
            value = sum(abs(move.value) for move in moves)
            open_quantity = max(line.product_uom_qty - shipped, 0.0)
            if self.state in ("done", "lost"):
                open_quantity = 0.0 if moves else line.product_uom_qty
            unit = line.product_uom_id._compute_quantity(
                open_quantity, product.uom_id, round=False
            )
            if moves and not value:
                unit += line.product_uom_id._compute_quantity(
                    shipped, product.uom_id, round=False
                )
            cost += value + unit * product.standard_price
        return cost
