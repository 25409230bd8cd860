from odoo import api, fields, models
from odoo.tools import SQL


class CrmNewCustomerReport(models.Model):
    """One row per customer and company: when, through what and at what cost he came."""

    _name = "crm.new.customer.report"
    _description = "New Customers"
    _inherit = ["crm.sums.mixin"]
    _auto = False
    _order = "first_order_date desc, id"
    _rec_name = "partner_id"
    _depends = {
        "crm.customer.scorecard": [
            "partner_id",
            "company_id",
            "first_order_date",
            "order_count",
            "revenue",
        ],
        "crm.scorecard.profiling": [
            "partner_id",
            "company_id",
            "source_id",
            "first_contact_date",
        ],
        "crm.customer.cost": ["partner_id", "company_id", "phase", "amount"],
    }

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    country_id = fields.Many2one(related="partner_id.country_id")
    industry_id = fields.Many2one(related="partner_id.industry_id")
    first_order_date = fields.Date("Customer since", readonly=True)
    first_contact_date = fields.Date("First contact", readonly=True)
    source_id = fields.Many2one("utm.source", "Found through", readonly=True)
    days_to_win = fields.Integer(
        "Days to win",
        readonly=True,
        aggregator="avg",
        help="From the first lead, quotation or order to the first order.",
    )
    cost = fields.Monetary(
        "Cost to win",
        readonly=True,
        help="Sales activities that were done, and discounts, up to the day of the "
        "first purchase. Campaigns and channels have no costs yet.",
    )
    order_count = fields.Integer("Orders so far", readonly=True)
    revenue = fields.Monetary("Revenue so far", readonly=True)

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s", self._select(), self._from())

    @api.model
    def _select(self) -> SQL:
        return SQL(
            """SELECT c.id, c.partner_id, c.company_id, c.first_order_date,
                      c.order_count, c.revenue, p.source_id, p.first_contact_date,
                      c.first_order_date - p.first_contact_date AS days_to_win,
                      COALESCE(w.cost, 0) AS cost"""
        )

    @api.model
    def _from(self) -> SQL:
        return SQL(
            """FROM crm_customer_scorecard c
          LEFT JOIN crm_scorecard_profiling p ON p.partner_id = c.partner_id
                AND p.company_id = c.company_id
          LEFT JOIN (SELECT partner_id, company_id, SUM(amount) AS cost
                       FROM crm_customer_cost WHERE phase = 'win'
                   GROUP BY partner_id, company_id) w
                 ON w.partner_id = c.partner_id AND w.company_id = c.company_id"""
        )
