from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    # Finds what was matched since the last refresh
    _crm_changed_idx = models.Index("(create_date)")

    def unlink(self):
        """Queue the customers: a match that was undone leaves nothing behind."""
        lines = (self.debit_move_id | self.credit_move_id).filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self.env["crm.scorecard.queue"]._push(lines.partner_id)
        return super().unlink()
