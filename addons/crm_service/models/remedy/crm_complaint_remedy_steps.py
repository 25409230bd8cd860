from odoo import models

from ...tools import remedy_states
from ...tools.complaint_states import OPEN_STEP_STATES


class CrmComplaintRemedy(models.Model):
    """What finance, warehouse and shipping are asked to do for a remedy."""

    _inherit = "crm.complaint.remedy"

    def _get_task_names(self):
        """Return {task: what the department reads}."""
        return {
            "approve_replacement": self.env._("Approve the free goods"),
            "post_credit_note": self.env._("Check and post the credit note"),
            "ship_replacement": self.env._("Pack and ship"),
            "pick_up": self.env._("Arrange the pickup and receive the returned goods"),
            "repair": self.env._("Repair"),
        }

    def _prepare_steps(self):
        """Return the steps that these remedies still need, as templates."""
        names = self._get_task_names()
        templates = []
        for remedy in self.filtered(lambda r: r.state in ("granted", "released")):
            live = remedy.step_ids.filtered(
                lambda s: s.state in (*OPEN_STEP_STATES, "done")
            )
            for department, task, hours, is_gate in remedy_states.get_tasks(
                remedy.remedy_type, bool(remedy.gift_product_id)
            ):
                if remedy._is_task_open(task, is_gate) and task not in live.filtered(
                    lambda s: s.state in OPEN_STEP_STATES
                ).mapped("task"):
                    templates.append(
                        {
                            "department": department,
                            "task": task,
                            "name": names[task],
                            "hours": hours,
                            "is_gate": is_gate,
                            "remedy_id": remedy.id,
                            **remedy._prepare_step_snapshot(),
                        }
                    )
        return templates

    def _is_task_open(self, task, is_gate):
        """A gate that finance has opened stays open."""
        return not (is_gate and self.state == "released")

    def _prepare_step_snapshot(self):
        """Return what a department has to know; more comes from bridges."""
        self.ensure_one()
        lines = [
            f"{line.quantity:g} {line.uom_id.name} "
            f"{(line.product_id or line.complaint_line_id.product_id).display_name}"
            for line in self.line_ids
        ]
        if self.gift_product_id:
            gift = self.gift_product_id
            lines.append(
                self.env._(
                    "Gift: %(quantity)s %(unit)s %(product)s",
                    quantity=f"{self.gift_quantity:g}",
                    unit=gift.uom_id.name,
                    product=gift.display_name,
                )
            )
        address = self.delivery_partner_id
        vals = {
            "amount": self.amount,
            "products": "\n".join(lines),
            "message": self.reason or self.complaint_id.wish_note,
        }
        if address:
            vals["ship_to"] = (
                f"{address.display_name}\n{address._display_address(True)}".strip()
            )
        return vals

    def _get_step_documents(self, task):
        """Return the documents that a step is about."""
        if task == "post_credit_note":
            return self.move_ids.filtered(lambda m: m.state != "cancel")
        if task == "approve_replacement":
            return self.sale_order_id
        if task == "pick_up":
            return self.return_ids.filtered(lambda p: p.state != "cancel")
        pickings = self.sale_order_id.picking_ids
        return pickings.filtered(lambda p: p.state != "cancel")
