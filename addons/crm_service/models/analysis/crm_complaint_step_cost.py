from odoo import api, fields, models


class CrmComplaintStep(models.Model):
    """What the work of a step cost, at the rate of the day on which it ended."""

    _inherit = "crm.complaint.step"

    company_currency_id = fields.Many2one(
        "res.currency", "Company Currency", related="company_id.currency_id"
    )
    work_cost = fields.Monetary(
        "Cost of Work",
        compute="_compute_work_cost",
        store=True,
        currency_field="company_currency_id",
        groups="crm_service.group_agent",
        help="The hours of work, multiplied by the cost per hour that was set in "
        "the company when the step ended.",
    )

    @api.depends("working_hours")
    def _compute_work_cost(self):
        for step in self:
            rate = step.company_id.crm_service_hour_cost
            cost = step.working_hours * rate
            step.work_cost = step.company_id.currency_id.round(cost)
