from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: The figures that can count: ``{source: statement of the number}``. Tables: c the
#: scorecard, f performance, s persistency, q product, p the customer, r the external
#: rating. The tenure counts from the day of the assessment.
FIGURES = {
    "days_to_pay": SQL("f.days_to_pay::float8"),
    "late_share": SQL("f.late_share::float8"),
    "overdue_amount": SQL("f.overdue_amount::float8"),
    "overdue_share": SQL(
        """CASE WHEN f.open_amount > 0 THEN
                ROUND(LEAST(100, 100 * f.overdue_amount / f.open_amount), 1)::float8
                WHEN f.open_amount IS NOT NULL THEN 0 END"""
    ),
    "days_sales_outstanding": SQL("f.days_sales_outstanding::float8"),
    "revenue_trend": SQL("s.revenue_trend::float8"),
    "order_count": SQL("s.recent_order_count::float8"),
    "complaint_count": SQL("q.complaint_count::float8"),
    "complaint_rate": SQL("q.complaint_rate::float8"),
    "country": SQL("p.country_id::float8"),
    "industry": SQL("p.industry_id::float8"),
    "external": SQL("r.points::float8"),
}
TABLES = ("country", "industry")


class CrmCreditFactor(models.Model):
    """What one figure of a customer is worth in the credit score, by its steps.

    Rows without a company are what is delivered; each company has a copy of its own
    and may add others.
    """

    _name = "crm.credit.factor"
    _description = "Credit Factor"
    _inherit = ["mail.thread"]
    _order = "company_id, sequence, id"

    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Names the factor; once per company.")
    source = fields.Selection(
        [
            ("days_to_pay", "Days to pay"),
            ("late_share", "Paid late (%)"),
            ("overdue_amount", "Overdue amount"),
            ("overdue_share", "Overdue share of the open amount (%)"),
            ("days_sales_outstanding", "Days sales outstanding"),
            ("tenure", "Months since the first order"),
            ("revenue_trend", "Revenue trend (-1 to 1)"),
            ("order_count", "Orders in 12 months"),
            ("complaint_count", "Complaints in 12 months"),
            ("complaint_rate", "Complaint rate (%)"),
            ("country", "Country"),
            ("industry", "Industry"),
            ("external", "External rating"),
        ],
        "Figure",
        required=True,
        tracking=True,
        help="An external rating is worth the points entered with it; all other "
        "figures are worth what the steps say.",
    )
    weight = fields.Float(
        default=1.0, tracking=True, help="How much the factor counts in the score."
    )
    step_ids = fields.One2many("crm.credit.factor.step", "factor_id", copy=True)
    is_unknown_counted = fields.Boolean(
        "Counts if not known",
        tracking=True,
        help="Otherwise the score is the mean of the other factors.",
    )
    unknown_points = fields.Integer("Points if not known", tracking=True)
    description = fields.Char(translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)

    _code_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), code)",
        "There is a factor with this code already: choose another code.",
    )
    _weight_range = models.Constraint("CHECK (weight >= 0)", "A weight is 0 or more.")
    _unknown_range = models.Constraint(
        "CHECK (unknown_points BETWEEN 0 AND 100)", "Points go from 0 to 100."
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_explained(self):
        if self.filtered("company_id"):
            raise UserError(
                self.env._(
                    "Former assessments are explained by this factor: archive it "
                    "instead of deleting it."
                )
            )

    @api.model
    def _ensure(self, company):
        """Return the factors of ``company`` in use, after copying delivered ones."""
        everyone = self.sudo().with_context(active_test=False)  # style: CRM109 defaults
        known = everyone.search([("company_id", "in", [company.id, False])])
        own = known.filtered("company_id")
        codes = set(own.mapped("code"))
        for template in (known - own).filtered("active"):
            if template.code not in codes:
                own |= template.copy({"company_id": company.id})
        return own.filtered("active").sorted("sequence")

    # --- SQL

    def _value_sql(self, today) -> SQL:
        """Return the figure as a number; country and industry by their id."""
        self.ensure_one()
        if self.source == "tenure":
            return SQL("FLOOR((%s::date - s.customer_since) / 30.4375)::float8", today)
        return FIGURES[self.source]

    def _points_sql(self, value) -> SQL:
        """Return the points of ``value``, as ``step_points`` has it."""
        self.ensure_one()
        unknown = self.unknown_points if self.is_unknown_counted else None
        if self.source == "external":
            return SQL("COALESCE(%s, %s::float8)", value, unknown)
        whens = [
            SQL("WHEN %s %s %s::float8 THEN %s", value, sign, start, points)
            for sign, start, points in self._get_whens()
        ]
        if not whens:
            return SQL("%s::int", unknown)
        return SQL("(CASE %s ELSE %s::int END)", SQL(" ").join(whens), unknown)

    def _get_whens(self):
        """Return ``(sign, number, points)`` in the order in which they are asked."""
        if self.source in TABLES:
            return [
                (SQL("="), step[f"{self.source}_id"].id, step.points)
                for step in self.step_ids
                if step[f"{self.source}_id"]
            ]
        steps = self.step_ids.sorted("value_from", reverse=True)
        whens = [(SQL(">="), step.value_from, step.points) for step in steps]
        # what lies below all steps has the points of the lowest one
        return whens + [(SQL("<"), step.value_from, step.points) for step in steps[-1:]]
