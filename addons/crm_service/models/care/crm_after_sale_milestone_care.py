from odoo import models


class CrmAfterSaleMilestone(models.Model):
    """A milestone and a care rule ask for one call: that of the milestone."""

    _inherit = "crm.after.sale.milestone"

    def _plan_sales_activity(self, user, today):
        """Take over what a care rule has planned; what was done is done."""
        touches = self.env["crm.sales.activity"]
        touches = touches.sudo()  # style: CRM109 calls of colleagues
        planned = touches.search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("care_key", "=", f"warranty,{self.partner_id.id},{self.id}"),
                ("state", "!=", "cancelled"),
            ]
        )
        if "done" in planned.mapped("state"):
            return
        super()._plan_sales_activity(user, today)
        planned._cancel_care(
            self.env._("The after-sale milestone has a sales activity of its own.")
        )
