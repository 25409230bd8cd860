from odoo import models


class CrmComplaintPartMixin(models.AbstractModel):
    """Rows that belong to a complaint and lead to it."""

    _name = "crm.complaint.part.mixin"
    _description = "Part of a Complaint"

    def action_open_complaint(self):
        """Open the complaint."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.complaint",
            "res_id": self.complaint_id.id,
            "views": [[False, "form"]],
        }
