from odoo import models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "crm.lifecycle.source.mixin"]

    # Finds the orders written since the last refresh without reading the others
    _crm_changed_idx = models.Index("(write_date, partner_id)")
    # Finds the quotations among the orders
    _crm_quotation_idx = models.Index(
        "(partner_id, date_order) INCLUDE (company_id) WHERE state IN ('draft', 'sent')"
    )
