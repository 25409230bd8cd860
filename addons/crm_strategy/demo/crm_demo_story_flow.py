from datetime import timedelta

from odoo import api, models


class CrmDemoStory(models.AbstractModel):
    """The chapter on document flow: what became of orders that are already there.

    An opportunity is put before an order, and the goods are sent, come short or
    come back by the buttons of the transfers. No order is added, so that the
    figures of the other chapters stay as they are.
    """

    _inherit = "crm.demo.story"

    @api.model
    def _win_order(self, lead, order):
        """Let ``order`` come from the opportunity ``lead``, won on its day."""
        quiet = self.with_context(mail_auto_subscribe_no_notify=True)
        order.with_env(quiet.env).opportunity_id = lead
        lead.with_env(quiet.env).action_set_won()
        lead.date_closed = order.date_order

    @api.model
    def _ship_order(self, order, days, quantity=None):
        """Send the goods ``days`` after the order: all, or ``quantity`` of each line.

        The rest of a part stays open as a backorder.
        """
        transfer = order.picking_ids.filtered(lambda p: p.state != "done")
        for move in transfer.move_ids:
            move.quantity = quantity or move.product_uom_qty
        self._finish_transfer(transfer, order.date_order + timedelta(days=days))

    @api.model
    def _return_goods(self, order, days, quantity):
        """Take ``quantity`` of what was sent back, ``days`` after the order."""
        transfer = order.picking_ids.filtered(lambda p: p.state == "done")
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_model="stock.picking", active_id=transfer.id)
            .create({"picking_id": transfer.id})
        )
        wizard.product_return_moves.quantity = quantity
        back = transfer.browse(wizard.action_create_returns()["res_id"])
        back.move_ids.quantity = quantity
        self._finish_transfer(back, order.date_order + timedelta(days=days))

    @api.model
    def _finish_transfer(self, transfer, moment):
        transfer.move_ids.picked = True
        transfer.with_context(skip_backorder=True, skip_sms=True).button_validate()
        # what happened today in a new database happened then in the story
        transfer.date_done = moment
        transfer.move_ids.date = moment
