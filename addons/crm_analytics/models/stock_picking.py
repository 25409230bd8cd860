from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # Finds the deliveries of orders written since the last refresh
    _crm_changed_idx = models.Index("(write_date, sale_id) WHERE sale_id IS NOT NULL")
