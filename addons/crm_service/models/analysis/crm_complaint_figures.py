from odoo import api, fields, models


class CrmComplaint(models.Model):
    """Figures of a complaint that its reports add up, kept with it."""

    _inherit = "crm.complaint"

    line_count = fields.Integer(
        "Number of Products",
        compute="_compute_line_count",
        store=True,
        aggregator=None,
        groups="base.group_user",
    )
    work_hours = fields.Float(
        "Processing Time (Hours)",
        compute="_compute_work_cost",
        store=True,
        groups="base.group_user",
        help="The working hours of all steps of all departments.",
    )
    work_cost = fields.Monetary(
        "Cost of Work",
        compute="_compute_work_cost",
        store=True,
        currency_field="company_currency_id",
        groups="base.group_user",
        help="The hours of the steps, multiplied by the cost per hour on the day "
        "each step ended.",
    )

    cost_remedies = fields.Monetary(
        "Cost of Remedies (Analysis)",
        compute="_compute_cost_remedies",
        store=True,
        currency_field="company_currency_id",
        groups="base.group_user",
        help="What the remedies of the complaint cost, stored for the analysis.",
    )

    answer_count = fields.Integer(
        "Answers",
        compute="_compute_answer_score",
        store=True,
        groups="base.group_user",
    )
    answer_score = fields.Float(
        "Satisfaction Score",
        compute="_compute_answer_score",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="Average score of the answers about the complaint, from 0 to 100, "
        "stored for the analysis.",
    )

    _company_received_idx = models.Index("(company_id, date_received)")
    _closed_idx = models.Index(
        "(company_id, date_closed) WHERE date_closed IS NOT NULL"
    )

    @api.depends("line_ids")
    def _compute_line_count(self):
        for complaint in self:
            complaint.line_count = len(complaint.line_ids)

    @api.depends("step_ids.working_hours", "step_ids.work_cost")
    def _compute_work_cost(self):
        for complaint in self:
            steps = complaint.step_ids
            complaint.work_hours = sum(steps.mapped("working_hours"))
            complaint.work_cost = sum(steps.mapped("work_cost"))

    @api.depends("remedy_ids.cost")
    def _compute_cost_remedies(self):
        for complaint in self:
            complaint.cost_remedies = sum(complaint.remedy_ids.mapped("cost"))

    @api.depends("satisfaction_score_ids.score")
    def _compute_answer_score(self):
        for complaint in self:
            scores = complaint.satisfaction_score_ids.mapped("score")
            complaint.answer_count = len(scores)
            complaint.answer_score = sum(scores) / len(scores) if scores else 0.0
