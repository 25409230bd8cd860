from odoo import fields, models


class CrmApprovalDecide(models.TransientModel):
    """Ask an approver why he returns or rejects."""

    _name = "crm.approval.decide"
    _description = "Return or Reject"

    step_ids = fields.Many2many("crm.approval.step", string="Approvals", required=True)
    event = fields.Selection(
        [("return", "Send Back"), ("reject", "Reject")],
        "Return or Reject",
        required=True,
        default="return",
    )
    reason = fields.Text(required=True)

    def action_apply(self):
        """Decide, and go back to what is left."""
        self.ensure_one()
        self.step_ids._decide(self.event, self.reason)
        return {"type": "ir.actions.act_window_close"}
