from odoo import models

#: What changes a line without changing its order
QUEUED = {"qty_delivered", "product_id", "product_uom_id"}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def write(self, vals):
        """Queue the customers: a quantity typed in leaves the order as it is."""
        if QUEUED & vals.keys():
            customers = self.sudo().order_id.partner_id  # style: CRM109 whose it is
            self.env["crm.scorecard.queue"]._push(customers)
        return super().write(vals)
