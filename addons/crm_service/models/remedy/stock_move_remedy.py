from odoo import models


class StockMove(models.Model):
    """The last gate: whichever way a transfer is validated, its moves come by here."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        self._check_released()
        return super()._action_done(cancel_backorder=cancel_backorder)

    def _action_cancel(self):
        result = super()._action_cancel()
        self._get_remedies()._sync_shipment()
        return result

    def _get_remedies(self):
        moves = self.sudo()  # style: CRM109 what follows from documents
        orders = moves.sale_line_id.order_id | moves.picking_id.sale_id
        return orders.crm_remedy_id | moves.picking_id.crm_remedy_id

    def _check_released(self):
        """Raise UserError for goods that finance has not approved."""
        for remedy in self._get_remedies():
            moves = self.sudo()  # style: CRM109 holds for whoever validates
            remedy._check_held(
                moves.filtered(lambda m, r=remedy: r in m._get_remedies())
            )
