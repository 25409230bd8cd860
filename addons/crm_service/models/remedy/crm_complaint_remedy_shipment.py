from odoo import models
from odoo.exceptions import UserError


class CrmComplaintRemedy(models.Model):
    """What warehouse and shipping do comes back to the complaint by itself.

    Called whenever transfers of a remedy are done or cancelled: it looks at all of
    them, so that partial deliveries, backorders and repeated calls give the same.
    """

    _inherit = "crm.complaint.remedy"

    def _sync_shipment(self):
        """Take over what was shipped; go on, or go back where nothing more comes."""
        for remedy in self.filtered(lambda r: r.state in ("granted", "released")):
            moves = remedy._get_moves()
            if remedy._needs_transfer() or moves:
                remedy._sync_moves(moves)

    def _needs_transfer(self):
        self.ensure_one()
        return bool(self.sale_order_id) or self.remedy_type == "return"

    def _sync_moves(self, moves):
        done = moves.filtered(lambda m: m.state == "done")
        is_open = any(move.state not in ("done", "cancel") for move in moves)
        self._take_over_quantities(done)
        if pickings := done.picking_id:
            self.write(self._prepare_shipping_vals(pickings))
        if self._is_complete(done):
            if self.state == "released":
                self._finish()
                self.complaint_id._advance()
        elif not is_open:
            self._give_up(moves)

    def _get_moves(self):
        """Return the moves that bring the goods to or from the customer.

        Further stages of a delivery in several steps come with the earlier ones.
        """
        moves = self.sale_order_id.order_line.move_ids
        moves |= moves.browse(moves._rollup_move_dests())
        outgoing = moves.filtered(lambda m: not m.origin_returned_move_id)
        return outgoing | self.return_ids.move_ids

    def _take_over_quantities(self, done):
        """Write how many pieces of each line are there."""
        for line in self.line_ids:
            if self.remedy_type == "return":
                own = done.filtered(
                    lambda m, x=line: (
                        m.picking_id in self.return_ids and x._is_returned_by(m)
                    )
                )
            else:
                own = done.filtered(
                    lambda m, x=line: (
                        m.sale_line_id.crm_remedy_line_id == x
                        and m.location_dest_id.usage == "customer"
                    )
                )
            quantity = sum(
                move.product_uom._compute_quantity(
                    move.quantity, line.uom_id, round=False
                )
                for move in own
            )
            if self.remedy_type == "replacement" and line._is_without_transfer():
                quantity = line.quantity if self.state == "released" else 0.0
            if line.uom_id.compare(quantity, line.shipped_quantity) != 0:
                line.shipped_quantity = quantity

    # --- NO MORE THAN WAS GRANTED

    def _check_granted(self, leaving):
        """Raise UserError where ``leaving`` moves exceed what finance approved.

        Asked of the order, which nobody changes, and not of the transfer: its demand
        can be raised, goods added to it, and it can be copied.
        """
        lines = self.sale_order_id.order_line
        strange = leaving.filtered(lambda m: not m.sale_line_id)
        for move in strange.filtered("quantity"):
            raise self._get_granted_error(move.product_id, 0.0)
        for line, moves in leaving.grouped("sale_line_id").items():
            if line not in lines:
                continue
            done = line.move_ids.filtered(lambda m: m.state == "done")
            gone = done.filtered(lambda m: m.location_dest_id.usage == "customer")
            back = done.filtered(lambda m: m.location_id.usage == "customer")
            quantity = self._add_up(gone | moves, line) - self._add_up(back, line)
            if line.product_uom_id.compare(quantity, line.product_uom_qty) > 0:
                raise self._get_granted_error(line.product_id, line.product_uom_qty)

    def _add_up(self, moves, line):
        """Return the quantity of ``moves`` in the unit of the order ``line``.

        Parts of a kit are left out: they are counted by other units.
        """
        unit = line.product_uom_id
        return sum(
            move.product_uom._compute_quantity(move.quantity, unit, round=False)
            for move in moves
            if move.product_id == line.product_id
        )

    def _get_granted_error(self, product, quantity):
        return UserError(
            self.env._(
                "Only %(quantity)s %(product)s were granted for %(complaint)s. Do not "
                "ship more than that.",
                quantity=f"{quantity:g}",
                product=product.display_name,
                complaint=self.complaint_id.name,
            )
        )

    def _prepare_shipping_vals(self, pickings):
        """Return ship date; the bridge adds carrier and tracking reference."""
        return {"date_shipped": max(pickings.mapped("date_done"))}

    def _is_complete(self, done):
        """Return whether all that was granted has been shipped or has come back."""
        self.ensure_one()
        if self.remedy_type in ("replacement", "return") and not all(
            line._is_shipped() for line in self.line_ids
        ):
            return False
        return self._is_gift_shipped(done)

    def _is_gift_shipped(self, done):
        gifts = self.sale_order_id.order_line.filtered(
            lambda x: (
                not x.crm_remedy_line_id
                and x.product_id == self.gift_product_id
                and x.product_id.type != "service"
            )
        )
        if not gifts:
            return True
        shipped = sum(
            done.filtered(
                lambda m: (
                    m.sale_line_id in gifts and m.location_dest_id.usage == "customer"
                )
            ).mapped("product_qty")
        )
        wanted = sum(
            line.product_uom_id._compute_quantity(
                line.product_uom_qty, line.product_id.uom_id
            )
            for line in gifts
        )
        return self.gift_product_id.uom_id.compare(shipped, wanted) >= 0

    def _give_up(self, moves):
        """Nothing more is on its way, and not all is there.

        What was shipped stays granted; the rest is free to be decided again.
        """
        names = ", ".join(moves.picking_id.mapped("name")) or self.display_name
        shipped = self.line_ids.filtered("shipped_quantity")
        if not shipped or self.state != "released":
            self._lose_documents(names)
            return
        (self.line_ids - shipped).unlink()
        missing = []
        for line in shipped.filtered(lambda x: not x._is_shipped()):
            rest = line.quantity - line.shipped_quantity
            missing.append(
                f"{rest:g} {line.uom_id.name} {line.product_id.display_name}"
            )
            line.quantity = line.shipped_quantity
        complaint = self.complaint_id
        complaint._give_back(
            self.env._(
                "%(transfer)s was shipped in part and the rest was cancelled: "
                "%(missing)s. Decide what the customer gets for the rest.",
                transfer=names,
                missing="; ".join(missing),
            )
        )
        self._finish(
            amount_company=self._to_company(self.amount),
            percent=100 * self.amount / complaint.amount if complaint.amount else 0.0,
        )
