from odoo import fields, models
from odoo.exceptions import UserError

#: What can be done, with a reason, to a step; to a complaint: all of them
STEP_ACTIONS = ("return", "skip")


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
        if not records or (self.step_ids and self.action not in STEP_ACTIONS):
            labels = dict(self._fields["action"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(action)s” cannot be done here. Close this dialog, open the "
                    "complaint or its step, and use the buttons there.",
                    action=labels[self.action],
                )
            )
        getattr(records, f"action_{self.action}")(self.reason)
        return {"type": "ir.actions.act_window_close"}
