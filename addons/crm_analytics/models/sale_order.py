from odoo import models


class SaleOrder(models.Model):
    """An order that leaves its customer changes his scorecard."""

    _name = "sale.order"
    _inherit = ["sale.order", "crm.scorecard.leave.mixin"]
