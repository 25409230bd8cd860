from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...tools.remedy_states import BINDING


class CrmComplaintRemedy(models.Model):
    """Goods come back: a return transfer of the delivery they came with."""

    _inherit = "crm.complaint.remedy"

    def _make_return(self):
        """Make a return of each delivery concerned, once."""
        self.ensure_one()
        live = self.return_ids.filtered(lambda p: p.state != "cancel")
        for picking, quantities in self._split_by_delivery().items():
            if picking in live.return_id:
                continue
            wizard = self.env["stock.return.picking"].create(
                {
                    "picking_id": picking.id,
                    "product_return_moves": [
                        Command.create({**vals, "move_id": move.id})
                        for move, vals in quantities.items()
                    ],
                }
            )
            wizard.product_return_moves.filtered(
                lambda x, m=quantities: x.move_id.id not in [k.id for k in m]
            ).unlink()
            found = wizard._create_return()
            found.crm_remedy_id = self
            self.complaint_id._message_log(
                body=self.env._("Return %s", found._get_html_link())
            )

    def _split_by_delivery(self):
        """Return {delivery: {move: values of the return}}, latest deliveries first."""
        result = {}
        refunded = self.complaint_id.remedy_ids.filtered(
            lambda r: r.remedy_type == "refund" and r.state in BINDING
        ).line_ids.complaint_line_id
        for line in self.line_ids:
            rest = line.quantity
            sale_line = line.complaint_line_id.sale_line_id
            moves = sale_line.move_ids.filtered(
                lambda m: m.state == "done" and m.location_dest_id.usage == "customer"
            )
            for move in moves.sorted("date", reverse=True):
                free = move.product_uom._compute_quantity(
                    move.quantity - self._get_returned(move), line.uom_id, round=False
                )
                taken = min(rest, free)
                if line.uom_id.compare(taken, 0) <= 0:
                    continue
                rest -= taken
                result.setdefault(move.picking_id, {})[move] = {
                    "product_id": move.product_id.id,
                    "quantity": line.uom_id._compute_quantity(taken, move.product_uom),
                    "to_refund": line.complaint_line_id in refunded,
                }
            if line.uom_id.compare(rest, 0) > 0:
                raise UserError(
                    self.env._(
                        "%(product)s: the return exceeds the quantity delivered and "
                        "not yet returned by %(quantity)s. Lower the quantity.",
                        product=line.complaint_line_id.product_id.display_name,
                        quantity=f"{rest:g}",
                    )
                )
        return result

    def _get_returned(self, move):
        """Return how many pieces of ``move`` are back or on their way back."""
        back = move.returned_move_ids.filtered(lambda m: m.state != "cancel")
        return sum(
            one.product_uom._compute_quantity(
                one.quantity or one.product_uom_qty, move.product_uom
            )
            for one in back
        )
