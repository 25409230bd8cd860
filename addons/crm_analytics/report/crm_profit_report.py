from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.crm_strategy.models.crm_sale_fact import SOURCE_FIELDS

#: Amounts of a row; a row that says nothing of one has 0.
AMOUNTS = (
    "revenue",
    "gross_margin",
    "delivery_cost",
    "complaint_cost",
    "activity_cost",
    "counted_cost",
)


class CrmProfitReport(models.Model):
    """Profit along product, service and customer: what came in and what it cost.

    One row per order line, and one per part of what was taken back or spent later; the
    definitions are those of the profitability of a customer (see
    ``crm_scorecard_source_cost.py``), told by product and by day. Over the days
    of a scorecard the rows of a customer add up to it. Costs that are not known by
    product are shared out:

    - refunds by the amounts that the order's credit notes credit per product
    - a delivery by the amounts of its order's lines above zero
    - a complaint by the value of its lines, as in the complaint analysis
    - activities, and what has no lines, belong to no product
    """

    _name = "crm.profit.report"
    _description = "Profit Analysis"
    _inherit = ["crm.sums.mixin", "crm.lifecycle.dimension.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _depends = {
        **SOURCE_FIELDS,
        "sale.order.line": [
            *SOURCE_FIELDS["sale.order.line"],
            "product_id",
            "price_subtotal",
            "margin",
            "display_type",
        ],
        "stock.picking": ["sale_id", "state", "date_done"],
        "crm.complaint": [
            "commercial_partner_id",
            "cost_remedies",
            "date_received",
            "line_count",
            "state",
            "type",
            "work_cost",
        ],
        "crm.complaint.line": ["complaint_id", "product_id", "amount"],
        "crm.sales.activity": ["partner_id", "state", "date_start", "cost"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id", "type", "crm_division_id"],
    }

    kind = fields.Selection(
        [
            ("sale", "Sale"),
            ("refund", "Refund"),
            ("delivery", "Delivery"),
            ("complaint", "Complaint"),
            ("activity", "Sales activity"),
            ("counted", "Already in the margin"),
        ],
        readonly=True,
    )
    date = fields.Date(
        readonly=True,
        help="Day on which the order was confirmed, the credit note was dated, the "
        "delivery or the activity was done, or the complaint was received, in the time "
        "zone of the company's own address.",
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)

    # Product
    product_tmpl_id = fields.Many2one("product.template", "Product", readonly=True)
    categ_id = fields.Many2one("product.category", "Product category", readonly=True)
    division_id = fields.Many2one("crm.division", readonly=True)
    product_type = fields.Selection(
        selection=lambda self: (
            self.env["product.template"]
            ._fields["type"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )

    # Customer
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    country_id = fields.Many2one(related="partner_id.country_id")
    industry_id = fields.Many2one(related="partner_id.industry_id")
    order_id = fields.Many2one("sale.order", readonly=True)

    # Amounts
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
        readonly=True,
        help="Deliveries, complaints and activities, less what the margin bears "
        "already: what the service cost.",
    )
    contribution = fields.Monetary(
        readonly=True, help="Gross margin less the cost to serve."
    )

    @property
    def _table_query(self) -> SQL:
        rows = [rows for company in self.env.companies for rows in self._rows(company)]
        cost = SQL(
            "r.delivery_cost + r.complaint_cost + r.activity_cost - r.counted_cost"
        )
        return SQL(
            """SELECT r.*, t.categ_id, t.type AS product_type,
                      t.crm_division_id AS division_id, %(cost)s AS cost_to_serve,
                      r.gross_margin - (%(cost)s) AS contribution
                 FROM (%(rows)s) r
            LEFT JOIN product_template t ON t.id = r.product_tmpl_id""",
            cost=cost,
            rows=SQL(" UNION ALL ").join(rows),
        )
