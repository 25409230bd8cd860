from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # Finds the orders written since the last refresh without reading the others
    _crm_changed_idx = models.Index("(write_date, partner_id)")
    # Finds the quotations among the orders
    _crm_quotation_idx = models.Index(
        "(partner_id, date_order) INCLUDE (company_id) WHERE state IN ('draft', 'sent')"
    )

    def write(self, vals):
        """Queue the former customer of an order that moves to another one."""
        if "partner_id" in vals or "company_id" in vals:
            self._queue_lifecycle()
        return super().write(vals)

    def unlink(self):
        """Queue the customer: a deleted order has no write date to tell of it."""
        self._queue_lifecycle()
        return super().unlink()

    def _queue_lifecycle(self):
        queue = self.env["crm.lifecycle.queue"].sudo()  # style: CRM109 a note, no data
        queue._push(self.sudo().partner_id)  # style: CRM109 whose order it was
