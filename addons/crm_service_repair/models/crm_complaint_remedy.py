from odoo import api, fields, models


class CrmComplaintRemedy(models.Model):
    """Repair: the warehouse repairs what the customer sent, without a price."""

    _inherit = "crm.complaint.remedy"

    repair_ids = fields.One2many(
        "repair.order", "crm_remedy_id", string="Repairs", readonly=True
    )

    @api.model
    def _get_types(self):
        return [*super()._get_types(), ("repair", self.env._("Repair"))]

    def _make_repair(self):
        """Make a repair of each line, once."""
        self.ensure_one()
        live = self.repair_ids.filtered(lambda r: r.state != "cancel")
        for line in self.line_ids - live.crm_remedy_line_id:
            repair = self.env["repair.order"].create(self._prepare_repair_vals(line))
            repair._action_repair_confirm()
            self.complaint_id._message_log(
                body=self.env._("Repair %s", repair._get_html_link())
            )

    def _prepare_repair_vals(self, line):
        origin = line.complaint_line_id
        return {
            "crm_remedy_id": self.id,
            "crm_remedy_line_id": line.id,
            "company_id": self.company_id.id,
            "partner_id": self.complaint_id.partner_id.id,
            "product_id": origin.product_id.id,
            "product_qty": line.quantity,
            "product_uom": line.uom_id.id,
            "lot_id": origin.lot_id.id,
            "under_warranty": True,
            "user_id": False,
            "internal_notes": self.reason,
        }

    # --- WHAT THE WAREHOUSE DOES

    def _sync_repair(self):
        """All repaired: the customer can be told. None left: give back."""
        for remedy in self.filtered(lambda r: r.state in ("granted", "released")):
            live = remedy.repair_ids.filtered(lambda r: r.state != "cancel")
            if not live:
                names = ", ".join(remedy.repair_ids.mapped("name"))
                remedy._lose_documents(names)
            elif all(repair.state == "done" for repair in live):
                remedy._finish()
                remedy.complaint_id._advance()

    def _cancel_documents(self):
        result = super()._cancel_documents()
        self.repair_ids.filtered(
            lambda r: r.state not in ("done", "cancel")
        ).action_repair_cancel()
        return result

    def _has_left(self):
        """What was repaired once stays repaired."""
        return super()._has_left() or "done" in self.repair_ids.mapped("state")

    def _get_documents(self):
        return [*super()._get_documents(), self.repair_ids]

    def _get_step_documents(self, task):
        if task == "repair":
            return self.repair_ids.filtered(lambda r: r.state != "cancel")
        return super()._get_step_documents(task)

    # --- COST

    def _get_cost_repair(self):
        """Return the cost of the parts once they are used, the amount before."""
        done = self.repair_ids.filtered(lambda r: r.state == "done")
        if not done or self.state != "done":
            return self.amount_company
        parts = done.move_ids.filtered(
            lambda m: m.state == "done" and m.repair_line_type == "add"
        )
        return sum(
            move.product_qty
            * move.product_id.with_company(self.company_id).standard_price
            for move in parts
        )
