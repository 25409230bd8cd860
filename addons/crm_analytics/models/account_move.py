from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    # Finds the customer invoices written since the last refresh
    _crm_changed_idx = models.Index(
        "(write_date, partner_id)"
        " WHERE move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
    )
    # and the entries among whose lines may be receivables
    _crm_entry_changed_idx = models.Index("(write_date) WHERE move_type = 'entry'")
    # All that crm.sale.fact reads of a customer's invoices, in one narrow index
    _crm_fact_idx = models.Index(
        "(partner_id) INCLUDE (company_id, invoice_date, amount_untaxed_signed)"
        " WHERE state = 'posted'"
        " AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
    )
    # Finds the few credit notes without reading the invoices among them
    _crm_credit_idx = models.Index(
        "(company_id, invoice_date) INCLUDE (id)"
        " WHERE state = 'posted' AND move_type = 'out_refund'"
    )

    def write(self, vals):
        """Queue the former customer of an invoice that moves to another one."""
        if "partner_id" in vals:
            self._queue_scorecards()
        return super().write(vals)

    def unlink(self):
        """Queue the customers: a deleted invoice has no write date to tell of it."""
        self._queue_scorecards()
        return super().unlink()

    def _queue_scorecards(self):
        """Score the customers anew whose invoices, or whose orders' invoices, these
        are; an invoice may go to someone else than the customer of its order."""
        sales = self.filtered(lambda move: move.is_sale_document(include_receipts=True))
        lines = sales.invoice_line_ids.sudo()  # style: CRM109 whose orders these bill
        customers = sales.partner_id | lines.sale_line_ids.order_id.partner_id
        self.env["crm.scorecard.queue"]._push(customers)
