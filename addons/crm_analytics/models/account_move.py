from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    # Finds the customer invoices written since the last refresh
    _crm_changed_idx = models.Index(
        "(write_date, partner_id)"
        " WHERE move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
    )
