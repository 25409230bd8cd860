from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.profit import CLASSES, TIERS
from .crm_profit_policy import COMPANY_READERS
from .known_float import KnownFloat


class CrmScorecardProfitability(models.Model):
    """What the last 12 months with a customer brought in and cost."""

    _inherit = "crm.scorecard.profitability"

    # --- what he brings in
    invoiced_revenue = fields.Monetary(
        readonly=True,
        help="Untaxed posted invoices less credit notes of the last 12 months, as in"
        " the invoice analysis.",
    )
    gross_margin = fields.Monetary(
        readonly=True,
        help="Margin of the confirmed orders of the last 12 months, after discounts,"
        " less the share of what credit notes took back in these months.",
    )
    discount_amount = fields.Monetary(
        "Discounts",
        readonly=True,
        help="What the lines of the orders of the last 12 months gave as discounts,"
        " untaxed. The gross margin is after these. Lower prices of a pricelist do not"
        " count as discounts.",
    )
    uncosted_share = KnownFloat(
        "Revenue without cost (%)",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
        help="Share of the ordered amount whose products have no cost: so much of the"
        " gross margin is not certain.",
    )

    # --- what he costs beyond the goods
    delivery_cost = fields.Monetary(
        "Cost of deliveries",
        readonly=True,
        help="Shipping cost of the deliveries done in the last 12 months; where the"
        " carrier gives none, the cost per delivery set on the profit rules.",
    )
    complaint_cost = fields.Monetary(
        "Cost of complaints",
        readonly=True,
        help="Remedies and work of the complaints received in the last 12 months, as in"
        " the complaint analysis.",
    )
    activity_cost = fields.Monetary(
        "Cost of activities",
        readonly=True,
        help="Total cost of the sales activities done in the last 12 months.",
    )
    counted_cost = fields.Monetary(
        "Already in the margin",
        readonly=True,
        help="The part of the remedies that lowered the gross margin already, since it"
        " was given as a credit note or as a discount on an order. It is left out of"
        " the cost to serve, so that nothing counts twice.",
    )
    cost_to_serve = fields.Monetary(
        readonly=True,
        help="Deliveries, complaints and activities, less what the margin bears"
        " already.",
    )

    # --- what is left
    contribution = fields.Monetary(
        "Net profit",
        readonly=True,
        help="What is left of the customer, its contribution: gross margin less the"
        " cost to serve.",
    )
    contribution_share = KnownFloat(
        "Net profit share (%)",
        digits=(16, 4),
        readonly=True,
        groups=COMPANY_READERS,  # it tells the contribution of the company
        help="The net profit as a share of that of the whole company at the last"
        " full refresh.",
    )
    value_creation_rate = KnownFloat(
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="Gross margin divided by the cost to serve. Empty for customers who cost"
        " nothing beyond the goods.",
    )
    spending_tier = fields.Selection(
        [(tier, tier) for tier in TIERS],
        readonly=True,
        help="By what is invoiced per month, a twelfth of the invoiced revenue; the"
        " amounts of the tiers are set on the profit rules.",
    )
    abc_class = fields.Selection(
        [(name, name) for name in CLASSES],
        "ABC class",
        readonly=True,
        help="A: the largest customers who together make up the first part of the"
        " invoiced revenue; B: the next ones; C: the others. The percentages are set on"
        " the profit rules.",
    )

    # --- QUALITY: one definition for the board and the measure

    @api.model
    def _get_quality_domain(self):
        """Return the rows of quality customers: they bring much and leave something."""
        return (
            Domain("abc_class", "in", ["A", "B"])
            & Domain("contribution", ">", 0)
            & Domain("invoiced_revenue", ">", 0)
        )

    @api.model
    def _count_quality(self, domain):
        """Return the quality customers among ``domain``, and who was invoiced at all.

        The share of quality customers is the first number by the second one.
        """
        invoiced = domain & Domain("invoiced_revenue", ">", 0)
        quality = self.search_count(domain & self._get_quality_domain())
        return quality, self.search_count(invoiced)
