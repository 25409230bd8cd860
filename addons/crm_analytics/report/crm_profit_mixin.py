from odoo import api, fields, models

#: What the amounts of a row are made of, beside the costs
EARNED = ("revenue", "gross_margin")


class CrmProfitMixin(models.AbstractModel):
    """The amounts of the profit analysis, alike at each of its levels.

    A source of costs whose amount is a field here too stands in the analysis as a
    column of its own; in any case it is in the cost to serve and the contribution.
    """

    _name = "crm.profit.mixin"
    _description = "Amounts of the Profit Analysis"
    _inherit = ["crm.sums.mixin"]

    currency_id = fields.Many2one("res.currency", readonly=True)
    revenue = fields.Monetary(
        readonly=True,
        help="Untaxed amount of the orders less what credit notes took back, each on "
        "its day. What a credit note took back falls to the products that it credits.",
    )
    gross_margin = fields.Monetary(
        readonly=True,
        help="Margin of the order lines less the share of what credit notes took back.",
    )
    delivery_cost = fields.Monetary(
        "Cost of deliveries",
        readonly=True,
        help="Shipping cost of the deliveries done, or the cost per delivery set on "
        "the profit rules, shared out by the amounts of the lines of the order.",
    )
    complaint_cost = fields.Monetary(
        "Cost of complaints",
        readonly=True,
        help="Remedies and work of the complaints received, shared out by the value of "
        "the products complained of, as in the complaint analysis.",
    )
    activity_cost = fields.Monetary(
        "Cost of activities",
        readonly=True,
        help="Sales activities done. They belong to the customer, not to a product.",
    )
    counted_cost = fields.Monetary(
        "Already in the margin",
        readonly=True,
        help="The part of the remedies that lowered the gross margin already; it is "
        "left out of the cost to serve.",
    )
    cost_to_serve = fields.Monetary(
        "Cost to serve",
        readonly=True,
        help="All costs beyond the goods, such as deliveries and complaints, "
        "less what the margin bears already: what the service cost.",
    )
    contribution = fields.Monetary(
        readonly=True, help="Gross margin less the cost to serve."
    )

    @api.model
    def _get_amounts(self):
        """Return the amounts that have a column."""
        costs = self.env["crm.scorecard.source"]._get_cost_signs()
        known = [name for name in costs if name in self._fields]
        return [*EARNED, *known, "cost_to_serve", "contribution"]
