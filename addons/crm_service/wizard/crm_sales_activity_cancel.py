from odoo import fields, models


class CrmSalesActivityCancel(models.TransientModel):
    """Ask why sales activities do not take place."""

    _name = "crm.sales.activity.cancel"
    _description = "Cancel Sales Activities"

    activity_ids = fields.Many2many(
        "crm.sales.activity",
        "crm_sales_activity_cancel_rel",
        "wizard_id",
        "activity_id",
        "Activities",
    )
    reason = fields.Text(required=True)

    def action_apply(self):
        """Cancel them, with the reason."""
        self.ensure_one()
        self.activity_ids.action_cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
