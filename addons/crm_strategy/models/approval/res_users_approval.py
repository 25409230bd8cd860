from odoo import models


class ResUsers(models.Model):
    """An approver who leaves must not take the requests with him."""

    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False or "company_ids" in vals:
            steps = self.env["crm.approval.step"].sudo()  # style: CRM109 who is asked
            steps.search(
                [("state", "=", "pending"), ("approver_ids", "in", self.ids)]
            )._resolve_again()
        return result
