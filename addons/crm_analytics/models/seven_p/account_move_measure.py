from odoo import models


class AccountMove(models.Model):
    """Lists the invoices behind a measure."""

    _name = "account.move"
    _inherit = ["account.move", "crm.measure.drill.mixin"]
