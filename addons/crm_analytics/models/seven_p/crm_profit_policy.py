from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...tools.profit import MONTHS, TIERS

#: The tier of whoever spends less than all floors
LAST_TIER = TIERS[-1]
FLOORS = {tier: f"floor_{tier.lower()}" for tier in TIERS[:-1]}
#: Who reads figures of the whole company
COMPANY_READERS = (
    "sales_team.group_sale_salesman_all_leads,crm_strategy.group_manager,"
    "crm_analytics.group_analyst"
)
#: Percentile of the monthly amounts that the button proposes as floor of a tier
PROPOSED = {"A": 0.95, "B": 0.8, "C": 0.5, "D": 0.2}


class CrmProfitPolicy(models.Model):
    """How one company sorts its customers by what they spend and bring in.

    The total and the bounds of the classes are worked out by the first full refresh of
    a day: until the next day every customer is judged by them, so that a change of one
    customer moves no other.
    """

    _name = "crm.profit.policy"
    _description = "Profit Rules"
    _inherit = ["mail.thread", "crm.company.policy.mixin"]
    _rec_name = "company_id"
    _order = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    # --- spending tiers: the least amount invoiced per month
    floor_a = fields.Monetary(
        "Tier A from", default=10000.0, required=True, tracking=True
    )
    floor_b = fields.Monetary(
        "Tier B from", default=2500.0, required=True, tracking=True
    )
    floor_c = fields.Monetary(
        "Tier C from", default=500.0, required=True, tracking=True
    )
    floor_d = fields.Monetary(
        "Tier D from", default=100.0, required=True, tracking=True
    )

    # --- classes by part of the revenue
    percent_a = fields.Float(
        "Class A up to (%)", digits=(5, 1), default=80.0, required=True, tracking=True
    )
    percent_b = fields.Float(
        "Class B up to (%)", digits=(5, 1), default=95.0, required=True, tracking=True
    )

    delivery_cost = fields.Monetary(
        "Cost per delivery",
        tracking=True,
        help="What a delivery costs on average. Used for deliveries of which the"
        " carrier gives no shipping cost.",
    )

    # --- what the last full refresh found
    bounds_date = fields.Date("Totals as of", readonly=True)
    total_contribution = fields.Monetary(
        "Contribution of the company", readonly=True, groups=COMPANY_READERS
    )
    bound_a = fields.Monetary("Class A from", readonly=True, groups=COMPANY_READERS)
    bound_b = fields.Monetary("Class B from", readonly=True, groups=COMPANY_READERS)
    has_bounds = fields.Boolean(readonly=True)

    _company_uniq = models.UniqueIndex(
        "(company_id)",
        "A company has one set of profit rules: change the existing one.",
    )
    _delivery_cost_positive = models.Constraint(
        "CHECK(delivery_cost IS NULL OR delivery_cost >= 0)",
        "The cost per delivery cannot be negative.",
    )

    @api.constrains(*FLOORS.values())
    def _check_floors(self):
        for policy in self:
            floors = [policy[name] for name in FLOORS.values()]
            if floors[-1] < 0 or any(high <= low for high, low in pairwise(floors)):
                raise ValidationError(
                    self.env._(
                        "The monthly amounts must fall from tier A to tier D, and none"
                        " can be negative."
                    )
                )

    @api.constrains("percent_a", "percent_b")
    def _check_percents(self):
        for policy in self:
            if not 0 < policy.percent_a < policy.percent_b <= 100:
                raise ValidationError(
                    self.env._(
                        "The percentage of class A must be more than 0 and less than"
                        " that of class B, which can be 100 at most."
                    )
                )

    def write(self, vals):
        """Let the next refresh judge every customer by rules that were changed."""
        rules = {*FLOORS.values(), "percent_a", "percent_b", "delivery_cost"}
        if rules & vals.keys():
            self._make_stale()
            vals = {**vals, "has_bounds": False}
        return super().write(vals)

    def _make_stale(self):
        """Let the next refresh of these companies look at everybody."""
        policies = self.env["crm.rfm.policy"].sudo()  # style: CRM109 next run
        policies._ensure(self.company_id).write({"is_stale": True})

    # --- ACTIONS

    def action_forget_bounds(self):
        """Let the next refresh work out total and bounds anew, on the same day too."""
        self.write({"has_bounds": False})
        self._make_stale()
        return True

    def action_propose(self):
        """Set the floors of the tiers by what the customers spend now."""
        for policy in self:
            policy.check_access("write")
            floors = policy._read_floors()
            if floors:
                policy.write(floors)
        return True

    def action_preview(self):
        """Open the preview of a change of these rules."""
        return self.env["crm.rule.preview"]._open("profit", self)

    def _read_floors(self):
        """Return floors that part the customers at the proposed percentiles."""
        self.ensure_one()
        self.env["crm.scorecard.profitability"].flush_model()
        [row] = self.env.execute_query(
            SQL(
                """SELECT PERCENTILE_DISC(%s::float8[]) WITHIN GROUP (
                              ORDER BY invoiced_revenue / %s)
                     FROM crm_scorecard_profitability
                    WHERE company_id = %s AND invoiced_revenue > 0""",
                list(PROPOSED.values()),
                MONTHS,
                self.company_id.id,
            )
        )
        amounts = [float(f"{amount:.2g}") for amount in row[0] or ()]
        if sorted(set(amounts), reverse=True) != amounts:
            return {}  # too few customers, or all alike
        return dict(zip(FLOORS.values(), amounts, strict=True)) if amounts else {}

    # --- FOR THE ENGINE

    @api.model
    def _ensure(self, companies):
        """As the mixin's, with the rights of the caller."""
        return super()._ensure(companies).with_env(self.env)

    def _get_bounds(self):
        """Return total contribution and the bounds of A and B, None where unknown."""
        self.ensure_one()
        known = self.sudo()  # style: CRM109 whoever may refresh, judges by them
        if not known.has_bounds:
            return None, None, None
        return (
            known.total_contribution,
            known.bound_a or None,
            known.bound_b or None,
        )

    def _has_bounds_of(self, as_of):
        """Return whether there are bounds of this day, from any figures at all."""
        self.ensure_one()
        known = self.sudo()  # style: CRM109 as above
        is_known = known.bound_a > 0 or known.total_contribution
        return known.has_bounds and known.bounds_date == as_of and bool(is_known)

    def _store_bounds(self, bounds, as_of):
        self.ensure_one()
        total, bound_a, bound_b = bounds
        vals = {
            "total_contribution": total or 0.0,
            "bound_a": bound_a or 0.0,
            "bound_b": bound_b or 0.0,
            "bounds_date": as_of,
            "has_bounds": True,
        }
        system = self.sudo()  # style: CRM109 the refresh writes what it found
        system.write(vals)

    @api.model
    def _bounds_sql(self, bounds) -> SQL:
        total, bound_a, bound_b = bounds
        return SQL(
            """SELECT %s::numeric AS total, %s::numeric AS bound_a,
                      %s::numeric AS bound_b""",
            total,
            bound_a,
            bound_b,
        )

    def _tier_sql(self, revenue) -> SQL:
        """Return the tier of whoever was invoiced ``revenue`` in twelve months."""
        self.ensure_one()
        whens = [
            SQL(
                "WHEN %s >= %s * %s::numeric THEN %s", revenue, MONTHS, self[name], tier
            )
            for tier, name in FLOORS.items()
        ]
        return SQL("CASE %s ELSE %s END", SQL(" ").join(whens), LAST_TIER)

    @api.model
    def _class_sql(self, revenue) -> SQL:
        """Return the class of ``revenue`` by the bounds of the row ``b``."""
        return SQL(
            """CASE WHEN %(revenue)s > 0 AND %(revenue)s >= b.bound_a THEN 'A'
                    WHEN %(revenue)s > 0 AND %(revenue)s >= b.bound_b THEN 'B'
                    ELSE 'C' END""",
            revenue=revenue,
        )
