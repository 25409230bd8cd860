from odoo import fields, models

from .known_float import KnownFloat


class CrmScorecardPerformance(models.Model):
    """What a customer bought where, how he paid, how we delivered: last 12 months."""

    _inherit = "crm.scorecard.performance"

    # --- sales by kind, channel and place
    category_count = fields.Integer(
        "Product categories",
        readonly=True,
        aggregator="avg",
        help="Product categories ordered in the last 12 months.",
    )
    top_category_id = fields.Many2one(
        "product.category",
        "Main category",
        readonly=True,
        ondelete="set null",
        help="The product category with the largest amount ordered.",
    )
    team_count = fields.Integer(
        "Sales teams",
        readonly=True,
        aggregator="avg",
        help="Sales teams that sold to the customer in the last 12 months.",
    )
    medium_count = fields.Integer(
        "Channels",
        readonly=True,
        aggregator="avg",
        help="Mediums of the orders of the last 12 months.",
    )
    top_medium_id = fields.Many2one(
        "utm.medium",
        "Main channel",
        readonly=True,
        ondelete="set null",
        help="The medium with the largest amount ordered, of the orders that name one.",
    )
    place_count = fields.Integer(
        "Delivery places",
        readonly=True,
        aggregator="avg",
        help="Delivery addresses of the orders of the last 12 months.",
    )

    # --- how he pays
    paid_amount = fields.Monetary(
        "Paid",
        readonly=True,
        help="Payments of the last 12 months, with taxes, as far as they are matched"
        " with invoices.",
    )
    days_to_pay = KnownFloat(
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Mean number of days between invoice and payment, by amount, of the"
        " payments of the last 12 months. A credit note is no payment; what was paid"
        " in advance took 0 days.",
    )
    late_share = KnownFloat(
        "Paid late (%)",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
        help="Share of the paid amount that came after the due date.",
    )
    open_amount = fields.Monetary(
        readonly=True,
        help="What the receivable accounts show as open now, payments not matched yet"
        " and credit notes deducted.",
    )
    overdue_amount = fields.Monetary(
        "Overdue",
        readonly=True,
        help="The part of the open amount that is past its due date; never below 0.",
    )
    days_sales_outstanding = KnownFloat(
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Open amount divided by what was invoiced with taxes in the last 12"
        " months, multiplied by the days of these months.",
    )

    # --- how we deliver
    delivery_count = fields.Integer(
        "Deliveries",
        readonly=True,
        help="Order lines delivered in the last 12 months, each as often as it was"
        " delivered in parts.",
    )
    on_time_rate = KnownFloat(
        "On time (%)",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
        help="Share of these deliveries that arrived by the promised date.",
    )
    days_late_mean = KnownFloat(
        "Days late",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Mean number of days between the promised date and the delivery, of the"
        " late deliveries.",
    )
