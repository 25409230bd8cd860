from odoo import fields, models


class CrmNeed(models.Model):
    """Needs that customers mention in a complaint, or in the calls about it."""

    _inherit = "crm.need"

    complaint_id = fields.Many2one(
        "crm.complaint",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    def action_open_complaint(self):
        """Open the complaint in which it was mentioned, if the user may read it."""
        self.ensure_one()
        self.complaint_id.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.complaint",
            "res_id": self.complaint_id.id,
            "views": [[False, "form"]],
        }
