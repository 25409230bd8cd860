from odoo import fields, models


class CrmComplaintRemedy(models.Model):
    """The carrier chosen with the remedy, and what comes back from the transfer."""

    _inherit = "crm.complaint.remedy"

    carrier_id = fields.Many2one(
        "delivery.carrier",
        "Ship With",
        check_company=True,
        index="btree_not_null",
        ondelete="set null",
        help="Copied to the transfer. The customer is not charged for it.",
    )

    def _prepare_order_vals(self):
        return {**super()._prepare_order_vals(), "carrier_id": self.carrier_id.id}

    def _make_documents(self):
        """Put the carrier on the transfers, whatever their rules pass on."""
        result = super()._make_documents()
        for remedy in self.filtered("carrier_id"):
            pickings = remedy.sale_order_id.picking_ids | remedy.return_ids
            pickings.filtered(
                lambda p: p.state not in ("done", "cancel") and not p.carrier_id
            ).carrier_id = remedy.carrier_id
        return result

    def _prepare_step_snapshot(self):
        vals = super()._prepare_step_snapshot()
        if self.carrier_id:
            note = self.env._("Carrier: %s", self.carrier_id.name)
            vals["message"] = "\n".join(filter(None, (note, vals["message"])))
        return vals

    def _prepare_shipping_vals(self, pickings):
        return {
            **super()._prepare_shipping_vals(pickings),
            **self._prepare_tracking_vals(pickings),
        }

    def _prepare_tracking_vals(self, pickings):
        """Return carriers and tracking references, each once, oldest first."""
        shipped = pickings.sorted("id")
        names = dict.fromkeys(shipped.carrier_id.mapped("name"))
        refs = dict.fromkeys(filter(None, shipped.mapped("carrier_tracking_ref")))
        return {
            "carrier_name": ", ".join(names) or False,
            "tracking_ref": ", ".join(refs) or False,
        }

    def _take_tracking(self):
        """Take over what was entered on the transfers after they were done."""
        for remedy in self:
            pickings = remedy.sale_order_id.picking_ids | remedy.return_ids
            done = pickings.filtered(lambda p: p.state == "done")
            if done:
                remedy.write(remedy._prepare_tracking_vals(done))
