from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.credit import GRADES

CUTS = [f"cut_{grade.lower()}" for grade in GRADES[:-1]]
MONTHS = {grade: f"months_{grade.lower()}" for grade in GRADES}
REVIEWS = {grade: f"review_{grade.lower()}" for grade in GRADES}


class CrmCreditPolicy(models.Model):
    """How one company turns a credit score into grade, limit and next review."""

    _name = "crm.credit.policy"
    _description = "Credit Rules"
    _inherit = ["mail.thread", "crm.company.policy.mixin"]
    _rec_name = "company_id"
    _order = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    # --- least scores
    cut_a = fields.Integer("Grade A from", default=80, required=True, tracking=True)
    cut_b = fields.Integer("Grade B from", default=60, required=True, tracking=True)
    cut_c = fields.Integer("Grade C from", default=40, required=True, tracking=True)
    cut_d = fields.Integer("Grade D from", default=20, required=True, tracking=True)

    # --- months of invoices that may be open
    months_a = fields.Float("A: months of invoices", default=3.0, tracking=True)
    months_b = fields.Float("B: months of invoices", default=2.0, tracking=True)
    months_c = fields.Float("C: months of invoices", default=1.0, tracking=True)
    months_d = fields.Float("D: months of invoices", default=0.5, tracking=True)
    months_e = fields.Float("E: months of invoices", default=0.0, tracking=True)
    limit_step = fields.Monetary(
        "Limits rounded down to",
        default=100.0,
        tracking=True,
        help="A proposed limit is a multiple of this amount. 0: not rounded.",
    )

    # --- months until the next review
    review_a = fields.Integer("A: review after months", default=12, tracking=True)
    review_b = fields.Integer("B: review after months", default=12, tracking=True)
    review_c = fields.Integer("C: review after months", default=6, tracking=True)
    review_d = fields.Integer("D: review after months", default=3, tracking=True)
    review_e = fields.Integer("E: review after months", default=1, tracking=True)

    review_user_id = fields.Many2one(
        "res.users",
        "Reviewed by",
        domain=[("share", "=", False)],
        tracking=True,
        help="Who is reminded of reviews that are due. Empty: the salesperson of the"
        " customer.",
    )

    is_change_decided = fields.Boolean(
        "Somebody decides on changed grades",
        default=True,
        tracking=True,
        help="The monthly assessment proposes another grade and waits. Otherwise it"
        " puts it in force at once.",
    )

    # --- the last assessment of all customers
    date_assessed = fields.Date("Last assessed on", readonly=True, copy=False)
    assess_error = fields.Char("Last error", readonly=True, copy=False)

    _company_uniq = models.UniqueIndex(
        "(company_id)",
        "A company has one set of credit rules: change the existing one.",
    )

    @api.constrains(*CUTS)
    def _check_cuts(self):
        for policy in self:
            cuts = [100, *policy._get_cuts(), 0]
            if any(high <= low for high, low in pairwise(cuts)):
                raise ValidationError(
                    self.env._(
                        "The scores must fall from grade A to grade D, between 100 "
                        "and 0."
                    )
                )

    @api.constrains("limit_step", *MONTHS.values(), *REVIEWS.values())
    def _check_months(self):
        for policy in self:
            months = [policy[name] for name in MONTHS.values()]
            reviews = [policy[name] for name in REVIEWS.values()]
            if min(months) < 0 or policy.limit_step < 0 or min(reviews) < 1:
                raise ValidationError(
                    self.env._(
                        "Months of invoices and rounding cannot be negative, and a "
                        "review comes after one month at least."
                    )
                )

    # --- BUSINESS

    @api.model
    def _ensure(self, companies):
        """As the mixin's, with the rights of the caller."""
        return super()._ensure(companies).with_env(self.env)

    def _get_cuts(self):
        """Return the least scores of the grades A to D."""
        return [self[name] for name in CUTS]
