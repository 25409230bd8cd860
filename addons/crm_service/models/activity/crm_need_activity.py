from odoo import fields, models


class CrmNeed(models.Model):
    """Needs that a sales activity brought to light: a visit, a call, a dinner."""

    _inherit = "crm.need"

    sales_activity_id = fields.Many2one(
        "crm.sales.activity",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    def action_open_sales_activity(self):
        """Open the activity in which it was said, if the user may read it."""
        self.ensure_one()
        self.sales_activity_id.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.sales.activity",
            "res_id": self.sales_activity_id.id,
            "views": [[False, "form"]],
        }
