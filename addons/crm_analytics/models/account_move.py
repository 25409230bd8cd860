from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    # Finds the customer invoices written since the last refresh
    _crm_changed_idx = models.Index(
        "(write_date, partner_id)"
        " WHERE move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
    )
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
