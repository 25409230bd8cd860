from odoo import fields, models

from ..seven_p.known_float import KnownFloat, KnownMonetary


class CrmScorecardProspecting(models.Model):
    """What to expect of a customer: orders, worth, pipeline and potential."""

    _inherit = "crm.scorecard.prospecting"

    expected_orders = KnownFloat(
        digits=(16, 2),
        readonly=True,
        help="Purchases (days with an order) to expect in the next 12 months.",
    )
    expected_revenue = KnownMonetary(
        readonly=True,
        help="Untaxed revenue to expect in the next 12 months: expected orders times"
        " the amount expected of one.",
    )
    lifetime_value = KnownMonetary(
        readonly=True,
        help="Margin to expect over the years set in the policy, at its present worth.",
    )
    probability_alive = KnownFloat(
        digits=(4, 3),
        readonly=True,
        aggregator="avg",
        help="The model's probability that the customer still buys. It is 1 of everyone"
        " who bought once, so it is no measure of churn: see the churn tendency.",
    )
    model_id = fields.Many2one(
        "crm.lifetime.model",
        "Lifetime model",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The lifetime model that these figures come from.",
    )
    pipeline_amount = fields.Monetary(
        "Open pipeline",
        readonly=True,
        help="Expected revenue of the open opportunities of the customer and its"
        " contacts; those without a company count in every company.",
    )
    pipeline_weighted = fields.Monetary(
        "Weighted pipeline",
        readonly=True,
        help="The open pipeline, each opportunity times its probability.",
    )
    potential_amount = KnownMonetary(
        "Potential",
        readonly=True,
        help="What the customer could buy in 12 months: what it bought, and what it"
        " is known to"
        " need beyond it of the categories with supply records; at least what a strong"
        " customer (the 90th percentile) of the same segment or industry bought.",
    )
    potential_gap = KnownMonetary(
        readonly=True,
        help="Potential less the revenue of the last 12 months.",
    )

    # the best customers of the boards
    _lifetime_value_idx = models.Index(
        "(company_id, lifetime_value DESC, id) WHERE lifetime_value > 0"
    )
