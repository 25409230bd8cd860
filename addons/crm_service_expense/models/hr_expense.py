from odoo import api, fields, models

READERS = "crm_strategy.group_user,crm_service.group_agent"


class HrExpense(models.Model):
    """An expense that was for a visit or another sales activity."""

    _inherit = "hr.expense"

    sales_activity_id = fields.Many2one(
        "crm.sales.activity",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        groups=READERS,
        help="The visit or other activity that the expense was for; its cost "
        "includes the expense.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Only activities that one may read can be named."""
        expenses = super().create(vals_list)
        expenses._check_sales_activity()
        return expenses

    def write(self, vals):
        """Only activities that one may read can be named."""
        result = super().write(vals)
        if vals.get("sales_activity_id"):
            self._check_sales_activity()
        return result

    def _check_sales_activity(self):
        activities = self.sudo().sales_activity_id  # style: CRM109 to be checked
        if activities:  # who has no rights on activities enters expenses all the same
            activities.with_env(self.env).check_access("read")
