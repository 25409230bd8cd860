from datetime import date

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_strategy.models.crm_sale_fact import SOURCE_FIELDS

FIRST_DAY = date(1970, 1, 1)


class CrmProfitReport(models.Model):
    """Profit in detail, as it is now: what came in and what it cost, record by record.

    ``crm.profit.month`` keeps the sums of these rows. One row per order line, and one
    per part of what was taken back or spent later; the definitions are those of the
    profitability of a customer (see ``crm_scorecard_source_cost.py``), told by product
    and by day. Over the days of a scorecard the rows of a customer add up to it. Costs
    that are not known by product are shared out:

    - refunds by the amounts that the order's credit notes credit per product
    - a delivery by the amounts of its order's lines above zero
    - a complaint by the value of its lines, as in the complaint analysis
    - activities, and what has no lines, belong to no product
    """

    _name = "crm.profit.report"
    _description = "Profit in Detail"
    _inherit = ["crm.profit.mixin", "crm.lifecycle.dimension.mixin"]
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

    kind = fields.Selection("_selection_kind", readonly=True)
    date = fields.Date(
        readonly=True,
        help="Day on which the order was confirmed, the credit note was dated, the "
        "delivery or the activity was done, or the complaint was received, in the time "
        "zone of the company's own address.",
    )
    company_id = fields.Many2one("res.company", readonly=True)

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

    @api.model
    def _selection_kind(self):
        costs = self.env["crm.scorecard.source"]._get_costs()
        return [
            ("sale", self.env._("Sale")),
            ("refund", self.env._("Refund")),
            *((cost.key, cost.label) for cost in costs),
        ]

    @property
    def _table_query(self) -> SQL:
        rows = [
            rows
            for company in self.env.companies
            for rows in self._rows(company, *self._get_scope(company))
        ]
        return SQL(
            """SELECT r.*, t.categ_id, t.type AS product_type,
                      t.crm_division_id AS division_id
                 FROM (%s) r
            LEFT JOIN product_template t ON t.id = r.product_tmpl_id""",
            self._reckon_sql(rows),
        )

    @api.model
    def _get_scope(self, company):
        """Return the window and the customers that the context narrows the rows to.

        All customers and days otherwise, which takes long where there are many.
        """
        scope = self.env.context.get("crm_analytics_profit_scope") or {}
        first = fields.Date.to_date(scope.get("date_from")) or FIRST_DAY
        last = fields.Date.to_date(scope.get("date_to"))
        customers = scope.get("partner_ids")
        ids = customers and SQL("SELECT UNNEST(%s::int[])", list(customers))
        return self._get_window(company, first, last), ids or None

    @api.model
    def _get_window(self, company, first, last=None):
        """Return the window of these days, up to today."""
        facts = self.env["crm.sale.fact"]
        today = facts._get_today(company)
        window = self.env["crm.scorecard.part.engine"]._get_window(
            company, min(last or today, today)
        )
        start = facts._get_day_start(first, company)
        return window._replace(start=first, start_instant=start)

    @api.model
    def _reckon_sql(self, rows) -> SQL:
        """Return ``rows`` with cost to serve and contribution."""
        cost = self.env["crm.scorecard.source"]._cost_to_serve_sql(SQL("r"))
        return SQL(
            """SELECT r.*, r.gross_margin - r.cost_to_serve AS contribution
                 FROM (SELECT r.*, %s AS cost_to_serve FROM (%s) r) r""",
            cost,
            SQL(" UNION ALL ").join(rows),
        )
