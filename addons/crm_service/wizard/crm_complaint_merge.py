from odoo import fields, models
from odoo.exceptions import UserError


class CrmComplaintMerge(models.TransientModel):
    """Several complaints about one matter become one."""

    _name = "crm.complaint.merge"
    _description = "Merge Complaints"

    complaint_id = fields.Many2one(
        "crm.complaint", "Remaining Complaint", required=True, ondelete="cascade"
    )
    commercial_partner_id = fields.Many2one(
        related="complaint_id.commercial_partner_id"
    )
    duplicate_ids = fields.Many2many(
        "crm.complaint",
        string="Complaints to Merge",
        domain="[('commercial_partner_id', '=', commercial_partner_id), "
        "('id', '!=', complaint_id), ('state', 'in', ('new', 'progress'))]",
    )

    def action_merge(self):
        """Merge and show the complaint that remains."""
        self.ensure_one()
        if not self.duplicate_ids - self.complaint_id:
            raise UserError(
                self.env._("Choose at least one complaint to merge into this one.")
            )
        self.complaint_id._merge(self.duplicate_ids)
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.complaint",
            "res_id": self.complaint_id.id,
            "view_mode": "form",
        }
