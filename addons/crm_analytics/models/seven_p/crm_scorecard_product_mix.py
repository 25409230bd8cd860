from odoo import fields, models

from .known_float import KnownFloat


class CrmScorecardProduct(models.Model):
    """Which products a customer bought, likes, misses: last 12 months."""

    _inherit = "crm.scorecard.product"

    product_count = fields.Integer(
        "Products",
        readonly=True,
        aggregator="avg",
        help="Products ordered in the last 12 months.",
    )
    top_product_id = fields.Many2one(
        "product.template",
        "Favourite product",
        readonly=True,
        ondelete="set null",
        help="The product with the largest amount ordered.",
    )
    top_liking = KnownFloat(
        "Liking of the favourite",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
        help="0 to 100: 40 points for its share in the amount, 40 for the share of"
        " orders that hold it, 20 for how lately it was bought; less the share of its"
        " orders that led to a complaint.",
    )
    mix_concentration = KnownFloat(
        digits=(4, 2),
        readonly=True,
        aggregator="avg",
        help="From nearly 0, many categories alike, to 1, one category only: the sum"
        " of the squared shares of the categories (Herfindahl index).",
    )
    white_space_count = fields.Integer(
        "White space",
        readonly=True,
        aggregator="avg",
        help="Product categories that a quarter or more of the customers of the same"
        " value class buy, and this one did not buy in the last 12 months.",
    )
    next_category_id = fields.Many2one(
        "product.category",
        "Next category",
        readonly=True,
        ondelete="set null",
        help="The category of the white space that most of the similar customers buy.",
    )
    complaint_count = fields.Integer(
        "Complaints",
        readonly=True,
        help="Complaints received in the last 12 months, without cancelled ones.",
    )
    complaint_rate = KnownFloat(
        "Complaint rate (%)",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Complaints received by orders, both of the last 12 months.",
    )
    opinion_count = fields.Integer(
        "Opinions",
        readonly=True,
        help="Opinions and answers to questionnaires of the last 12 months.",
    )
