from odoo import fields, models


class CrmComplaintReason(models.TransientModel):
    """Ask why something is taken back, cancelled or skipped."""

    _name = "crm.complaint.reason"
    _description = "Reason"

    complaint_ids = fields.Many2many("crm.complaint", string="Complaints")
    step_ids = fields.Many2many("crm.complaint.step", string="Steps")
    action = fields.Selection(
        [
            ("cancel", "Cancel"),
            ("return", "Return"),
            ("deny", "Not Settled"),
            ("reopen", "Reopen"),
            ("skip", "Skip"),
        ],
        required=True,
        readonly=True,
        default="cancel",
    )
    reason = fields.Text(required=True)

    def action_apply(self):
        """Do it, with the reason."""
        self.ensure_one()
        # finance and warehouse have steps, and no right on complaints
        records = self.step_ids or self.complaint_ids
        getattr(records, f"action_{self.action}")(self.reason)
        return {"type": "ir.actions.act_window_close"}
