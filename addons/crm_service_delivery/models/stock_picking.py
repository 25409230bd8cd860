from odoo import models


class StockPicking(models.Model):
    """Tracking references of remedies; their shipping is not billed."""

    _inherit = "stock.picking"

    def write(self, vals):
        result = super().write(vals)
        if {"carrier_id", "carrier_tracking_ref"} & set(vals):
            self._get_remedies()._take_tracking()
        return result

    def _add_delivery_cost_to_so(self):
        """The customer does not pay for the way of a replacement."""
        if self._get_remedies():
            return None
        return super()._add_delivery_cost_to_so()
