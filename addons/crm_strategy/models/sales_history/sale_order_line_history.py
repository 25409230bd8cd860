from odoo import models


class SaleOrderLine(models.Model):
    """Lines of loaded orders are settled: delivered and invoiced elsewhere.

    The rule stands where every computation passes, so it holds whichever
    add-ons (stock, timesheets, expenses) compute these fields, in any order.
    """

    _inherit = "sale.order.line"

    _SALES_HISTORY_SETTLED = {
        "qty_delivered": lambda line: line.product_uom_qty,
        "qty_delivered_at_date": lambda line: line.product_uom_qty,
        "qty_invoiced": lambda line: line.product_uom_qty,
        "qty_invoiced_at_date": lambda line: line.product_uom_qty,
        "qty_invoiced_posted": lambda line: line.product_uom_qty,
        "qty_to_invoice": lambda line: 0.0,
        "invoice_status": lambda line: "invoiced",
        "untaxed_amount_invoiced": lambda line: line.price_subtotal,
        "untaxed_amount_to_invoice": lambda line: 0.0,
        "amount_invoiced": lambda line: line.price_total,
        "amount_to_invoice": lambda line: 0.0,
    }

    def _compute_field_value(self, field):  # style: CRM107 hook of the host
        settled = self._SALES_HISTORY_SETTLED.get(field.name)
        if not settled and not (field.store and not field.readonly):
            return super()._compute_field_value(field)
        history = self.order_id._origin.filtered("sales_history_key")
        loaded = self.filtered(lambda line: line.order_id._origin in history)
        if not settled:  # defaults are filled in on new lines only
            loaded = loaded.filtered(lambda line: line._origin)
        if rest := self - loaded:
            super(SaleOrderLine, rest)._compute_field_value(field)
        if settled:
            for line in loaded:
                line[field.name] = settled(line)
        else:
            self.env["sale.order"]._keep_origin_values(loaded, field)
        return None
