from odoo import models


class CrmComplaint(models.Model):
    _inherit = "crm.complaint"

    _changed_idx = models.Index("(write_date)")

    def write(self, vals):
        """Queue the former customer of a complaint that moves to another one."""
        if "partner_id" in vals or "company_id" in vals:
            self.env["crm.scorecard.queue"]._push(self.commercial_partner_id)
        return super().write(vals)

    def unlink(self):
        """Queue the customers: a deleted complaint has no write date to tell of it."""
        self.env["crm.scorecard.queue"]._push(self.commercial_partner_id)
        return super().unlink()
