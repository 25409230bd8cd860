from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_strategy.tools.notification import notification

RULES = frozenset(
    {
        "level",
        "basket",
        "min_count",
        "min_share",
        "min_confidence",
        "min_lift",
        "window_months",
        "basket_limit",
        "has_all_customers",
        "segment_ids",
        "excluded_product_ids",
        "excluded_categ_ids",
        "is_without_services",
    }
)


class CrmAffinityPolicy(models.Model):
    """How one company looks for products bought together, and makes offers of them."""

    _name = "crm.affinity.policy"
    _description = "Affinity Policy"
    _inherit = ["mail.thread", "crm.company.policy.mixin"]
    _rec_name = "company_id"
    _order = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )

    # --- what is counted
    level = fields.Selection(
        [
            ("product", "Products"),
            ("category", "Product Categories"),
            ("both", "Products and Categories"),
        ],
        required=True,
        default="both",
        tracking=True,
        help="Variants of a product count as one.",
    )
    basket = fields.Selection(
        [("order", "An Order"), ("customer", "A Customer")],
        "One Basket Is",
        required=True,
        default="order",
        tracking=True,
        help="What was bought together: in one order, or by one customer within the "
        "time window.",
    )
    window_months = fields.Integer(
        "Time Window (Months)",
        default=24,
        required=True,
        tracking=True,
        help="Orders of so many months up to today are looked at.",
    )
    basket_limit = fields.Integer(
        "Largest Basket",
        default=200,
        required=True,
        help="Baskets with more different items than this say little and are left "
        "out. The run says how many they were.",
    )
    excluded_product_ids = fields.Many2many(
        "product.template",
        "crm_affinity_policy_product_rel",
        "policy_id",
        "product_tmpl_id",
        "Products Left Out",
        help="For example freight, deposits, samples.",
    )
    excluded_categ_ids = fields.Many2many(
        "product.category",
        "crm_affinity_policy_categ_rel",
        "policy_id",
        "categ_id",
        "Categories Left Out",
        help="With all categories below them.",
    )
    is_without_services = fields.Boolean(
        "Leave Out Services", tracking=True, help="Count goods only."
    )
    has_all_customers = fields.Boolean(
        "All Customers Together",
        default=True,
        help="Make rules from the baskets of all customers.",
    )
    segment_ids = fields.Many2many(
        "crm.segment",
        "crm_affinity_policy_segment_rel",
        "policy_id",
        "segment_id",
        "Segments",
        domain="[('company_id', 'in', [False, company_id])]",
        help="Make rules of their own from the baskets of the customers who are in "
        "these segments now. Each segment takes about as long as all customers.",
    )

    # --- what makes a rule
    min_count = fields.Integer(
        "Baskets at Least",
        default=5,
        required=True,
        tracking=True,
        help="A rule must hold in so many baskets.",
    )
    min_share = fields.Float(
        "Share of Baskets at Least (%)",
        default=0.01,
        digits=(16, 4),
        tracking=True,
        help="A rule must hold in this share of all baskets. The higher of both "
        "minimums counts.",
    )
    min_confidence = fields.Float(
        "Confidence at Least (%)",
        default=10.0,
        digits=(16, 1),
        tracking=True,
        help="Of the baskets with the antecedent, so many must have the consequent.",
    )
    min_lift = fields.Float(
        "Lift at Least",
        default=1.2,
        digits=(16, 2),
        tracking=True,
        help="How many times more often than in all baskets the consequent must be "
        "bought with the antecedent. 1 says nothing.",
    )

    # --- offers
    offer_count = fields.Integer("Offers per Customer", default=5, required=True)
    offer_days = fields.Integer(
        "Days an Offer Stands",
        default=90,
        required=True,
        help="Afterwards it expires. The hit rate counts what was bought within "
        "these days.",
    )
    rejected_days = fields.Integer(
        "Days of Rest after a Dismissal",
        default=180,
        required=True,
        help="A product that was dismissed is not proposed to the customer again for "
        "so many days.",
    )
    complaint_days = fields.Integer(
        "Days of Rest after a Complaint",
        default=365,
        required=True,
        help="A product that the customer complained about is not proposed for so "
        "many days; as long as the complaint is open, never.",
    )
    weight_affinity = fields.Integer("Points: Bought Together", default=40)
    weight_need = fields.Integer("Points: Open Need", default=60)
    weight_cycle = fields.Integer("Points: Due Again", default=50)
    weight_white_space = fields.Integer("Points: Similar Customers", default=30)
    weight_stock = fields.Integer("Points: In Stock", default=10)

    # --- how far the rules are up to date
    is_stale = fields.Boolean("Rules Changed", readonly=True)
    watermark = fields.Datetime(
        "Orders Counted Until", readonly=True, help="Moment up to which orders count."
    )
    window_start = fields.Datetime("Orders Counted From", readonly=True)
    refreshed_at = fields.Datetime("Last Run", readonly=True)
    offers_at = fields.Datetime("Offers Worked Out", readonly=True)

    _company_uniq = models.UniqueIndex(
        "(company_id)", "A company has one affinity policy: change the existing one."
    )
    _minimums = models.Constraint(
        "CHECK (min_count >= 1 AND min_share BETWEEN 0 AND 100"
        " AND min_confidence BETWEEN 0 AND 100 AND min_lift >= 0)",
        "A rule needs at least one basket, shares between 0 and 100 % and a lift of 0 "
        "or more.",
    )
    _ranges = models.Constraint(
        "CHECK (window_months BETWEEN 1 AND 600 AND basket_limit BETWEEN 2 AND 1000)",
        "The time window has 1 to 600 months, a basket 2 to 1000 items.",
    )
    _offers = models.Constraint(
        "CHECK (offer_count BETWEEN 1 AND 50 AND offer_days BETWEEN 1 AND 730"
        " AND rejected_days >= 0 AND complaint_days >= 0)",
        "A customer gets 1 to 50 offers, each for 1 to 730 days.",
    )
    _weights = models.Constraint(
        "CHECK (LEAST(weight_affinity, weight_need, weight_cycle, weight_white_space,"
        " weight_stock) >= 0)",
        "Points cannot be negative. Enter 0 for a reason that should not count.",
    )

    def write(self, vals):
        if RULES & set(vals) and "is_stale" not in vals:
            vals = dict(vals, is_stale=True)
        return super().write(vals)

    # --- ACTIONS

    def action_refresh(self):
        """Count anew for these companies and say what came of it."""
        self.check_access("write")
        runs = self.env["crm.affinity.run"]
        for policy in self:
            runs |= runs._run_safely(policy.company_id, "full")
        return runs._get_notification()

    def action_propose(self):
        """Work out the offers of these companies anew."""
        self.check_access("write")
        engine = self.env["crm.next.best.offer.engine"].sudo()  # style: CRM109 system
        count = sum(engine._refresh(policy) for policy in self)
        return notification(
            self.env._("%s offers are open for your customers.", count), "success"
        )

    def action_open_rules(self):
        """Open the rules of this company."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.crm_product_affinity_action"
        )
        action["domain"] = [("company_id", "=", self.company_id.id)]
        return action

    # --- BUSINESS

    def _lock_for_refresh(self):
        """Let one run of a company count at a time."""
        self.ensure_one()
        if not self.try_lock_for_update():
            raise UserError(
                self.env._(
                    "What %(company)s sells together is being counted right now. Wait "
                    "a minute and look again.",
                    company=self.company_id.name,
                )
            )

    def _get_levels(self):
        return ["product", "category"] if self.level == "both" else [self.level]

    def _get_groups(self):
        """Return the groups of customers that get rules: segments, empty for all."""
        segments = self.segment_ids.filtered("active")
        every = [segments.browse()] if self.has_all_customers else []
        return [*every, *segments]

    def _get_window_start(self):
        """Return the UTC moment at which the time window begins today."""
        facts = self.env["crm.sale.fact"]
        today = facts._get_today(self.company_id)
        day = fields.Date.subtract(today, months=self.window_months)
        return facts._get_day_start(day, self.company_id)

    def _get_parameters(self):
        """Return what the run counted by, as JSON data."""
        self.ensure_one()
        names = sorted(RULES - {"segment_ids"} - {"excluded_product_ids"})
        simple = [name for name in names if self._fields[name].type != "many2many"]
        return {
            **{name: self[name] for name in simple},
            "segments": self.segment_ids.mapped("display_name"),
            "excluded_products": len(self.excluded_product_ids),
            "excluded_categories": len(self.excluded_categ_ids),
        }
