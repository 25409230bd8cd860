from odoo import fields, models

from .known_float import KnownFloat


class CrmScorecardPromotion(models.Model):
    """How a customer was addressed and what came of it: last 12 months."""

    _inherit = "crm.scorecard.promotion"

    contact_count = fields.Integer(
        "Contacts",
        readonly=True,
        aggregator="avg",
        help="Outgoing sales activities done in the last 12 months.",
    )
    response_count = fields.Integer(
        "Responses",
        readonly=True,
        aggregator="avg",
        help="Of these, the ones in which the customer was reached.",
    )
    response_rate = KnownFloat(
        "Response rate (%)",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
        help="Responses by the contacts that have an outcome.",
    )
    campaign_lead_count = fields.Integer(
        "Leads from campaigns",
        readonly=True,
        help="Leads and opportunities of the last 12 months that name a campaign.",
    )
    conversion_count = fields.Integer(
        "Orders from campaigns",
        readonly=True,
        help="Confirmed orders of the last 12 months that name a campaign, or whose"
        " opportunity does.",
    )
    campaign_revenue = fields.Monetary(
        "Revenue from campaigns",
        readonly=True,
        help="Untaxed amount of these orders.",
    )
    discount_share = KnownFloat(
        "Discounts (%)",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
        help="Discounts of the orders of the last 12 months, by their amount before"
        " discounts.",
    )
    discount_sensitivity = KnownFloat(
        digits=(4, 2),
        readonly=True,
        aggregator="avg",
        help="From -1 to 1: how much larger orders with a discount are than those"
        " without, by their amounts before discounts. Known from two orders of each"
        " kind on.",
    )
    mailing_sent_count = fields.Integer(
        "Mailings",
        readonly=True,
        help="Mailings sent to the customer or a contact in the last 12 months.",
    )
    mailing_open_count = fields.Integer(
        "Mailings opened", readonly=True, help="Of these, the ones that were opened."
    )
    mailing_click_count = fields.Integer(
        "Mailings clicked",
        readonly=True,
        help="Of these, the ones in which a link was followed or that were answered.",
    )
