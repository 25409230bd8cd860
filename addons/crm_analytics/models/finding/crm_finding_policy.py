from odoo import fields, models

from ...tools.finding import Rules


class CrmFindingPolicy(models.Model):
    """How far out of the usual a figure of a company must be to be proposed."""

    _name = "crm.finding.policy"
    _description = "Finding Rules"
    _inherit = ["mail.thread", "crm.company.policy.mixin"]
    _rec_name = "company_id"
    _order = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    threshold = fields.Float(
        "Outlier from",
        digits=(5, 1),
        default=3.5,
        required=True,
        tracking=True,
        help="How many spreads a figure must be from the median of the earlier ones. "
        "The lower, the more is proposed; 3.5 is usual.",
    )
    level_threshold = fields.Float(
        "New level from",
        digits=(5, 1),
        default=2.0,
        required=True,
        tracking=True,
        help="How many spreads every one of several figures in a row must be from the "
        "median of those before, on the same side.",
    )
    level_count = fields.Integer(
        "New level: periods in a row", default=3, required=True, tracking=True
    )
    trend_count = fields.Integer(
        "Trend: periods in a row",
        default=6,
        required=True,
        tracking=True,
        help="So many figures must rise, or fall, one after the other.",
    )
    least_count = fields.Integer(
        "Minimum of earlier figures",
        default=8,
        required=True,
        tracking=True,
        help="With fewer, nobody knows what is usual, and nothing is proposed.",
    )
    period_count = fields.Integer(
        "Earlier periods looked at",
        default=24,
        required=True,
        tracking=True,
        help="With two seasons (24 months, 8 quarters, 104 weeks, 14 days) or more, a "
        "figure is held against the same period of the season before.",
    )

    _company_uniq = models.UniqueIndex(
        "(company_id)",
        "A company has one set of finding rules: change the existing one.",
    )
    _thresholds_range = models.Constraint(
        "CHECK(threshold BETWEEN 1 AND 20 AND level_threshold BETWEEN 1 AND 20)",
        "Let outliers and new levels begin between 1 and 20 spreads from the median.",
    )
    _counts_range = models.Constraint(
        "CHECK(level_count BETWEEN 2 AND 12 AND trend_count BETWEEN 3 AND 24)",
        "A new level takes 2 to 12 periods in a row, a trend 3 to 24.",
    )
    _periods_range = models.Constraint(
        "CHECK(least_count >= 5 AND period_count BETWEEN least_count AND 400)",
        "Look at 5 to 400 earlier periods, and ask for no more figures than these, 5 "
        "at least.",
    )

    # --- ACTIONS

    def action_look(self):
        """Look for findings in these companies now."""
        self.check_access("write")
        return self.env["crm.finding"]._look_now(self.company_id)

    # --- BUSINESS

    def _get_rules(self):
        """Return the rules of the formulas."""
        self.ensure_one()
        return Rules(*(self[name] for name in Rules._fields))
