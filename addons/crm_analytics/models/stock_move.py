from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    # Finds the deliveries of orders written since the last refresh
    _crm_changed_idx = models.Index(
        "(write_date, sale_line_id) WHERE sale_line_id IS NOT NULL"
    )
