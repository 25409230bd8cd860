from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def write(self, vals):
        """Queue the former customer of an order that moves to another one."""
        if "partner_id" in vals or "company_id" in vals:
            self.env["crm.scorecard.queue"]._push(self.partner_id)
        return super().write(vals)

    def unlink(self):
        """Queue the customer: a deleted order has no write date to tell of it."""
        self.env["crm.scorecard.queue"]._push(self.partner_id)
        return super().unlink()
