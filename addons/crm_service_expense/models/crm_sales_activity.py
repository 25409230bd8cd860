from odoo import api, fields, models


class CrmSalesActivity(models.Model):
    """The cost of a touch is its own cost and that of its expenses."""

    _inherit = "crm.sales.activity"

    expense_ids = fields.One2many("hr.expense", "sales_activity_id", "Expenses")
    expense_count = fields.Integer(compute="_compute_expense_count")

    @api.depends_context("uid")
    @api.depends("expense_ids")
    def _compute_expense_count(self):
        """Count the expenses that the reader may see."""
        counts = dict(
            self.env["hr.expense"]._read_group(
                [("sales_activity_id", "in", self.ids)],
                ["sales_activity_id"],
                ["__count"],
            )
        )
        for activity in self:
            activity.expense_count = counts.get(activity._origin, 0)

    @api.depends("expense_ids.total_amount", "expense_ids.state")
    def _compute_cost(self):
        """Add the expenses that were not refused, in the company's currency."""
        result = super()._compute_cost()
        for activity in self:
            expenses = activity.sudo().expense_ids  # style: CRM109 their sum only
            counted = expenses.filtered(lambda expense: expense.state != "refused")
            activity.cost += sum(counted.mapped("total_amount"))
        return result

    def action_open_expenses(self):
        """Open the expenses of the touch."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "hr_expense.hr_expense_actions_my_all"
        )
        return {
            **action,
            "domain": [("sales_activity_id", "=", self.id)],
            "context": {
                "default_sales_activity_id": self.id,
                "default_name": self.name,
                "default_date": fields.Date.to_string(self.date_start),
            },
        }
