from odoo import api, fields, models
from odoo.tools import SQL


class CrmComplaintRecovery(models.Model):
    """Do customers come back after a complaint? Kept figures of each past month.

    One row per company, month, group, value class and satisfaction. How the figures
    come about stands in ``crm_complaint_recovery_measure.py``. A rate that stands on
    fewer customers than the company's smallest group is not shown.
    """

    _name = "crm.complaint.recovery"
    _description = "Recovery after Complaints"
    _inherit = ["crm.ratio.mixin"]
    _order = "date desc, group_kind, id"
    _rec_name = "date"

    _ratios = {
        "recovery_rate": ("buyer_count", "customer_count", 100),
        "satisfaction": ("score_sum", "score_count", 1),
    }

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    date = fields.Date("Month", required=True, readonly=True)
    group_kind = fields.Selection(
        [("complaint", "Complained"), ("none", "No Complaint")],
        "Group",
        required=True,
        readonly=True,
    )
    segment_id = fields.Many2one(
        "crm.segment",
        "Value Class",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The value class of the customer on the day of the measurement.",
    )
    satisfaction_class = fields.Selection(
        [
            ("satisfied", "Satisfied"),
            ("middling", "In Between"),
            ("dissatisfied", "Dissatisfied"),
            ("unknown", "Not Answered"),
        ],
        required=True,
        readonly=True,
        default="unknown",
        help="Based on the scores from 0 to 100: at least 75, at least 50, or less.",
    )
    days = fields.Integer("Days to Come Back", readonly=True, aggregator=None)
    customer_count = fields.Integer("Customers", readonly=True)
    buyer_count = fields.Integer("Bought Again", readonly=True)
    score_sum = fields.Float(readonly=True, aggregator=None)
    score_count = fields.Integer("Answers", readonly=True)
    recovery_rate = fields.Float(
        "Bought Again (%)",
        compute="_compute_rates",
        store=True,
        aggregator="avg",
        digits=(16, 1),
    )
    satisfaction = fields.Float(
        "Satisfaction (0-100)",
        compute="_compute_rates",
        store=True,
        aggregator="avg",
        digits=(16, 1),
    )
    is_shown = fields.Boolean(
        "Large Enough",
        compute="_compute_is_shown",
        search="_search_is_shown",
        help="The group has at least as many customers as the minimum group size "
        "of the company.",
    )
    date_measured = fields.Datetime("Measured On", readonly=True)

    _one_row = models.UniqueIndex(
        "(company_id, date, group_kind, satisfaction_class, COALESCE(segment_id, 0))",
        "This month has already been measured. Measure it again from the list.",
    )

    # --- COMPUTE

    @api.depends("buyer_count", "customer_count", "score_sum", "score_count")
    def _compute_rates(self):
        for row in self:
            row.recovery_rate = row.customer_count and (
                100 * row.buyer_count / row.customer_count
            )
            row.satisfaction = row.score_count and row.score_sum / row.score_count

    @api.depends("customer_count")
    def _compute_is_shown(self):
        for row in self:
            company = row.company_id.sudo()  # style: CRM109 a setting, no data
            row.is_shown = row.customer_count >= company.crm_service_group_minimum

    def _search_is_shown(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        domain = []
        for company in self.env.companies.sudo():  # style: CRM109 a setting
            term = [
                "&",
                ("company_id", "=", company.id),
                ("customer_count", ">=", company.crm_service_group_minimum),
            ]
            domain = ["|", *domain, *term] if domain else term
        return domain

    # --- GROUPS

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Leave out the rates of groups that are too small to say anything."""
        select = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec != "recovery_rate:avg":
            return select
        companies = self.env.companies.sudo()  # style: CRM109 a setting, no data
        minimums = companies.mapped("crm_service_group_minimum")
        return SQL(
            "CASE WHEN SUM(%s) >= %s THEN %s END",
            self._field_to_sql(self._table, "customer_count", query),
            max(minimums, default=1),
            select,
        )
