from odoo import fields, models


class CrmSalesHistoryLine(models.Model):
    """A line of a sales history file that waits to be loaded or was rejected.

    Filled by the check of the import; lines go when their order is loaded, so
    what is left is what remains to be done and what has to be corrected.
    """

    _name = "crm.sales.history.line"
    _description = "Sales History Line"
    _order = "import_id desc, line_number"
    _rec_name = "line_number"
    _log_access = False

    import_id = fields.Many2one(
        "crm.sales.history.import", required=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="import_id.company_id")
    line_number = fields.Integer("Line of the File", readonly=True, aggregator=None)
    order_key = fields.Char("Order", readonly=True)
    partner_key = fields.Char("Customer", readonly=True)
    product_key = fields.Char("Product", readonly=True)
    line_key = fields.Char(readonly=True)
    moment = fields.Datetime("Order Date", readonly=True)
    quantity = fields.Float(digits=(26, 12), readonly=True)
    amount = fields.Float(digits=(26, 12), readonly=True)
    cost = fields.Float(digits=(26, 12), readonly=True)
    currency_code = fields.Char("Currency", readonly=True)
    login = fields.Char("Salesperson", readonly=True)
    details = fields.Json(readonly=True)
    reason_code = fields.Char("Kind of Problem", readonly=True)
    reason = fields.Text("What to Correct", readonly=True)

    _waiting_idx = models.Index("(import_id, line_number) WHERE reason_code IS NULL")
    _order_idx = models.Index("(import_id, order_key)")
