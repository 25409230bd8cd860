from odoo import models


class SaleOrder(models.Model):
    """Found by what the caller reads from his papers."""

    _inherit = "sale.order"

    _crm_number_idx = models.Index("(lower(name) text_pattern_ops)")
    _crm_customer_number_idx = models.Index(
        "(lower(client_order_ref) text_pattern_ops) WHERE client_order_ref IS NOT NULL"
    )
