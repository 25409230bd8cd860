from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import rfm


class CrmCustomerScorecard(models.Model):
    """What the orders of one customer say, for one company; written by a refresh only.

    See ``crm.sale.fact`` for what counts as an order, a customer and revenue.
    """

    _name = "crm.customer.scorecard"
    _description = "Customer Scorecard"
    _inherit = [
        "crm.scorecard.mixin",
        "crm.sums.mixin",
        "crm.lifecycle.dimension.mixin",
    ]
    _order = "revenue desc, id"

    active = fields.Boolean(
        readonly=True, help="Archived customers keep their figures but are not ranked."
    )
    first_order_date = fields.Date("First order", readonly=True)
    recency_days = fields.Integer(
        "Days since last order", compute="_compute_recency_days"
    )
    purchase_day_count = fields.Integer(
        "Purchase days",
        readonly=True,
        help="Days with at least one order: two orders of one day are one purchase"
        " day.",
    )
    is_repeat = fields.Boolean(
        "Repeat buyer", readonly=True, help="Two confirmed orders or more."
    )
    refunded_amount = fields.Monetary(
        "Refunded",
        readonly=True,
        help="What posted credit notes took back from orders, less what was invoiced"
        " again.",
    )
    invoiced_amount = fields.Monetary(
        "Invoiced",
        readonly=True,
        help="Untaxed posted invoices less credit notes, as in the invoice analysis.",
    )
    margin_percent = fields.Float("Margin (%)", compute="_compute_margin_percent")
    average_order = fields.Monetary(
        "Average order",
        readonly=True,
        aggregator="avg",
        help="Revenue divided by the number of orders.",
    )
    interval_mean = fields.Float(
        "Purchase interval (days)",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Mean number of days between consecutive purchase days.",
    )
    interval_spread = fields.Float(
        "Interval spread (days)",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Sample standard deviation of the purchase intervals; known from three"
        " purchase days on.",
    )
    next_order_date = fields.Date(
        "Next order due",
        readonly=True,
        help="Last order plus the mean purchase interval; known for customers with"
        " two purchase days or more.",
    )

    # --- what he was at the last month end
    previous_rfm_code = fields.Char("RFM at last month end", readonly=True)
    previous_rfm_group_id = fields.Many2one(
        "crm.rfm.group",
        "Group at last month end",
        readonly=True,
        ondelete="set null",
    )
    previous_date = fields.Date("Last month end", readonly=True)

    explanation = fields.Html(compute="_compute_explanation", sanitize=False)
    refreshed_at = fields.Datetime("Figures as of", compute="_compute_refreshed_at")

    _partner_uniq = models.Constraint(
        "UNIQUE (partner_id, company_id)", "A customer has one scorecard per company."
    )
    _revenue_idx = models.Index("(company_id, revenue DESC, id)")
    _group_idx = models.Index("(rfm_group_id, company_id)")

    def init(self):
        """Leave room beside each row for its next version.

        The first refresh of a month writes every row, mostly in columns without an
        index. Where the new row finds room on its page, the indexes stay as they are.
        The table would grow to that size anyway, as old rows are kept for a while.
        """
        self.env.cr.execute(
            SQL(
                "ALTER TABLE %s SET (fillfactor = 50)",
                SQL.identifier(self._table),
            )
        )

    @api.depends("last_order_date", "company_id")
    def _compute_recency_days(self):
        as_of = self._get_as_of()
        for card in self:
            last = card.last_order_date
            card.recency_days = (as_of[card.company_id] - last).days if last else 0

    @api.depends("margin", "revenue")
    def _compute_margin_percent(self):
        for card in self:
            card.margin_percent = card.margin / card.revenue if card.revenue else 0.0

    @api.depends("company_id")
    def _compute_refreshed_at(self):
        policies = self.env["crm.rfm.policy"]._ensure(self.company_id)
        times = {policy.company_id: policy.refreshed_at for policy in policies}
        for card in self:
            card.refreshed_at = times.get(card.company_id)

    @api.depends("rfm_code", "previous_rfm_code", "last_order_date", "order_count")
    def _compute_explanation(self):
        policies = self.env["crm.rfm.policy"]._ensure(self.company_id)
        by_company = {policy.company_id: policy for policy in policies}
        for card in self:
            card.explanation = self.env["ir.qweb"]._render(
                "crm_analytics.scorecard_explanation",
                {
                    "card": card,
                    "factors": card._get_factors(by_company[card.company_id]),
                    "policy": by_company[card.company_id],
                },
            )

    def _get_as_of(self):
        """Return ``{company: day of its last refresh}``, today where there was none."""
        policies = self.env["crm.rfm.policy"]._ensure(self.company_id)
        facts = self.env["crm.sale.fact"]
        return {
            policy.company_id: policy.last_as_of or facts._get_today(policy.company_id)
            for policy in policies
        }

    # --- EXPLANATION

    def _get_factors(self, policy):
        """Return how each score came about: one dict per dimension.

        Keys: label, value (text), score, reached (the bound that gave the score, text
        or False), next_score and next_bound (what the next score takes), change
        (difference of the score to the last month end, or None).
        """
        self.ensure_one()
        labels = dict(
            self.env["crm.rfm.cut"]
            ._fields["dimension"]
            ._description_selection(self.env)
        )
        factors = []
        for place, dimension in enumerate(rfm.DIMENSIONS):
            score = self[f"{dimension}_score"]
            cuts = {
                cut.score: cut for cut in policy.cut_ids if cut.dimension == dimension
            }
            reached = self._get_reached_cut(cuts, score)
            ahead = [c for s, c in sorted(cuts.items()) if s > score and c.is_reached]
            previous = self.previous_rfm_code
            factors.append(
                {
                    "label": labels[dimension],
                    "value": self._get_factor_text(dimension),
                    "score": score,
                    "reached": reached and reached.bound_text,
                    "next_score": bool(score and ahead) and ahead[0].score,
                    "next_bound": bool(score and ahead) and ahead[0].bound_text,
                    "change": score - int(previous[place])
                    if previous and score
                    else None,
                }
            )
        return factors

    @api.model
    def _get_reached_cut(self, cuts, score):
        """Return the highest cut point in force that gave ``score``, or False."""
        effective = [cut for _score, cut in sorted(cuts.items()) if cut.is_reached]
        return score > 1 and len(effective) >= score - 1 and effective[score - 2]

    def _get_factor_text(self, dimension):
        self.ensure_one()
        if dimension == "recency":
            day = self.env["ir.qweb.field.date"].value_to_html(self.last_order_date, {})
            return self.env._(
                "Last order on %(day)s, %(days)s days before the scoring",
                day=day,
                days=self.recency_days,
            )
        if dimension == "frequency":
            return self.env._(
                "%(count)s orders since %(day)s",
                count=self.order_count,
                day=self.env["ir.qweb.field.date"].value_to_html(
                    self.first_order_date, {}
                ),
            )
        return self.env._(
            "%(amount)s of revenue", amount=self.currency_id.format(self.revenue)
        )

    # --- ACTIONS

    def action_view_orders(self):
        """Open the confirmed orders that the figures come from."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        facts = self.env["crm.sale.fact"]
        purchases = facts._get_purchase_domain(
            self.company_id, self.first_order_date, self._get_as_of()[self.company_id]
        )
        own = [("partner_id.commercial_partner_id", "=", self.partner_id.id)]
        action["domain"] = list(purchases & fields.Domain(own))
        action["context"] = {"create": False}
        return action

    def action_view_history(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.crm_customer_scorecard_history_action"
        )
        action["domain"] = [
            ("partner_id", "=", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        return action

    def action_view_partner(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [[False, "form"]],
        }
