from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...tools.remedy_states import COSTING


class CrmComplaintBudget(models.Model):
    """What remedies may cost in a period: of a team, or of the whole company.

    A decision has to fit into every budget of its day: that of its team and that of
    the company. Spent is the ``cost`` of the remedies that bind us and were granted
    in the period; what is cancelled or refused gives its cost back.
    """

    _name = "crm.complaint.budget"
    _description = "Complaint Budget"
    _inherit = ["mail.thread"]
    _order = "date_from desc, company_id, team_id, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    team_id = fields.Many2one(
        "crm.service.team",
        check_company=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Leave empty for a budget of the whole company, all teams together.",
    )
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: fields.Date.start_of(
            fields.Date.context_today(self), "month"
        ),
    )
    date_to = fields.Date(
        "To",
        required=True,
        default=lambda self: fields.Date.end_of(
            fields.Date.context_today(self), "month"
        ),
        help="Last day.",
    )
    amount = fields.Monetary("Budget", required=True, tracking=True)
    over = fields.Selection(
        [("approval", "Request Approval"), ("refuse", "Refuse")],
        "If the Budget Is Exceeded",
        required=True,
        default="approval",
        tracking=True,
    )
    date_last_decision = fields.Datetime("Last Decision", readonly=True, copy=False)
    spent = fields.Monetary(compute="_compute_spent")
    remaining = fields.Monetary(compute="_compute_spent")
    used_percent = fields.Float(
        "Used (%)",
        compute="_compute_spent",
        digits=(16, 1),
        help="The share of the budget that has been used.",
    )
    remedy_count = fields.Integer("Remedies", compute="_compute_spent")

    _dates = models.Constraint(
        "CHECK(date_to >= date_from)",
        "The end date must be on or after the start date.",
    )
    _amount_not_negative = models.Constraint(
        "CHECK(amount >= 0)", "A budget cannot be negative."
    )

    # --- COMPUTE

    @api.depends("amount", "date_from", "date_to", "team_id", "company_id")
    def _compute_spent(self):
        """Add up one company's remedies once, day by day and team by team."""
        for company, budgets in self.grouped("company_id").items():
            rows = budgets._fetch_spent(company)
            for budget in budgets:
                own = [row for row in rows if budget._covers(row)]
                budget.spent = sum(cost for *_key, cost, _count in own)
                budget.remaining = budget.amount - budget.spent
                share = budget.spent / budget.amount if budget.amount else 0.0
                budget.used_percent = 100 * share
                budget.remedy_count = sum(count for *_key, count in own)

    def _fetch_spent(self, company):
        """Return rows (team, day, cost, number) of what was granted."""
        days = [day for day in self.mapped("date_from") if day]
        if not company or not days:
            return []
        remedies = self.env["crm.complaint.remedy"]
        return remedies.sudo()._read_group(  # style: CRM109 sums only
            [
                ("company_id", "=", company.id),
                ("state", "in", COSTING),
                ("day_granted", ">=", min(days)),
                ("day_granted", "<=", max(self.mapped("date_to"))),
            ],
            ["team_id", "day_granted:day"],
            ["cost:sum", "__count"],
        )

    def _covers(self, row):
        team, day, _cost, _count = row
        return self.date_from <= fields.Date.to_date(
            day
        ) <= self.date_to and self.team_id in (team, team.browse())

    # --- CHECKS

    @api.constrains("company_id", "team_id", "date_from", "date_to", "active")
    def _check_overlap(self):
        """One budget a day for a team: two would both be right and differ."""
        budgets = self.search(Domain("company_id", "in", self.company_id.ids))
        for budget in self.filtered("active"):
            other = budgets.filtered(lambda b, own=budget: own._overlaps(b))[:1]
            if other:
                raise ValidationError(
                    self.env._(
                        "The period overlaps with %(other)s. Change the dates of one "
                        "of the two budgets.",
                        other=other.name,
                    )
                )

    def _overlaps(self, other):
        """Return whether ``other`` is a budget of the same days."""
        return (
            self != other
            and self.company_id == other.company_id
            and self.team_id == other.team_id
            and self.date_from <= other.date_to
            and self.date_to >= other.date_from
        )

    # --- ACTIONS

    def action_open_remedies(self):
        """Open what was spent."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.crm_complaint_remedy_action"
        )
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("state", "in", COSTING)
        domain &= Domain("day_granted", ">=", self.date_from)
        domain &= Domain("day_granted", "<=", self.date_to)
        if self.team_id:
            domain &= Domain("team_id", "=", self.team_id.id)
        return {**action, "domain": list(domain), "context": {}}

    # --- BUSINESS

    @api.model
    def _find(self, company, team, day):
        """Return the budgets that a decision of ``team`` on ``day`` has to fit into."""
        budgets = self.sudo()  # style: CRM109 budgets hold for whoever decides
        return budgets.search(
            [
                ("company_id", "=", company.id),
                ("team_id", "in", (False, team.id)),
                ("date_from", "<=", day),
                ("date_to", ">=", day),
            ]
        )
