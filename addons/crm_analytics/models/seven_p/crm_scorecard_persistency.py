from odoo import fields, models

from ...tools.seven_p import MONTHS, WEEKDAYS
from .known_float import KnownFloat


class CrmScorecardPersistency(models.Model):
    """Persistency: how long, how regularly and with which trend the customer buys."""

    _name = "crm.scorecard.persistency"
    _description = "Persistency of a Customer"
    _inherit = ["crm.scorecard.part"]

    _part = "persistency"

    customer_since = fields.Date(
        readonly=True, help="The day of the first confirmed order."
    )
    recent_order_count = fields.Integer(
        "Orders, last 12 months", readonly=True, help="Confirmed sales orders."
    )
    former_order_count = fields.Integer(
        "Orders, 12 months before", readonly=True, help="Confirmed sales orders."
    )
    recent_revenue = fields.Monetary(
        "Revenue, last 12 months",
        readonly=True,
        help="Untaxed amount of the confirmed orders of these months, less what credit"
        " notes of these months took back.",
    )
    former_revenue = fields.Monetary(
        "Revenue, 12 months before",
        readonly=True,
        help="Untaxed amount of the confirmed orders of these months, less what credit"
        " notes of these months took back.",
    )
    revenue_trend = KnownFloat(
        readonly=True,
        digits=(4, 2),
        aggregator="avg",
        help="From -1 (all lost) by 0 (unchanged) to 1 (all new): the difference of the"
        " revenue of the two years, divided by the sum.",
    )
    regularity = KnownFloat(
        readonly=True,
        digits=(4, 2),
        aggregator="avg",
        help="From 0 to 1: 1 where the days between purchases are always the same; the"
        " interval divided by the interval plus its spread. Known from three purchase"
        " days on.",
    )
    active_month_count = fields.Integer(
        "Months with orders",
        readonly=True,
        aggregator="avg",
        help="Of the last 12 months, those with at least one order.",
    )
    peak_month = fields.Selection(
        MONTHS,
        readonly=True,
        help="The month of the year with most of the customer's revenue of the last "
        "24 months.",
    )
    peak_weekday = fields.Selection(
        WEEKDAYS,
        readonly=True,
        help="The day of the week with most of the customer's orders of the last "
        "24 months.",
    )
    peak_share = KnownFloat(
        "Peak share (%)",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
        help="Share of the peak month in the customer's revenue of the last 24 months.",
    )
    is_retained = fields.Boolean(
        "Retained",
        readonly=True,
        help="The customer bought in the 12 months before and again in the last 12"
        " months; not"
        " set for new customers.",
    )
