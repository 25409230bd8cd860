from odoo import models


class CrmSalesActivity(models.Model):
    _inherit = "crm.sales.activity"

    def write(self, vals):
        """Queue the former customer of an activity that moves to another one."""
        if "partner_id" in vals or "company_id" in vals:
            self.env["crm.scorecard.queue"]._push(self.partner_id)
        return super().write(vals)

    def unlink(self):
        """Queue the customers: a deleted activity has no write date to tell of it."""
        self.env["crm.scorecard.queue"]._push(self.partner_id)
        return super().unlink()
