from odoo import fields, models
from odoo.tools import SQL

#: Room in a row's id for companies and for months since 1970
COMPANIES, MONTHS = 4096, 4096
MILLION = 1_000_000


class CrmComplaintRate(models.Model):
    """Complaints by what was shipped: one row per product, month and company.

    Shipped is what moved to customers' locations less what came back from them, by
    the day of the move, in the unit of the product; a part delivered late counts on
    its own day. What a former system delivered has no moves here and counts on the day
    of its order. Complained of is the quantity of the complaints received in the month
    (opinions and cancelled complaints left out). Complaints follow deliveries, so a
    rate of one month is noisy: read it over a year, or beside the trend.
    """

    _name = "crm.complaint.rate"
    _description = "Complaint Rate"
    _inherit = ["crm.ratio.mixin", "crm.company.rows.mixin"]
    _auto = False
    _order = "date desc, ppm desc, id"
    _rec_name = "product_id"

    _ratios = {
        "ppm": ("quantity", "shipped", MILLION),
        "complaints_per_million": ("complaint_count", "shipped", MILLION),
        "rate": ("quantity", "shipped", 100),
    }

    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    division_id = fields.Many2one("crm.division", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Date(
        "Month",
        readonly=True,
        help="The month in the time zone of the company's address.",
    )
    delivered = fields.Float(readonly=True, digits="Product Unit")
    returned = fields.Float(readonly=True, digits="Product Unit")
    shipped = fields.Float(
        readonly=True,
        digits="Product Unit",
        help="The quantity delivered, less the quantity returned.",
    )
    quantity = fields.Float("Quantity Concerned", readonly=True, digits="Product Unit")
    complaint_count = fields.Integer(
        "Complaints",
        readonly=True,
        help="The complaints about this product. A complaint about two products "
        "counts for each of them.",
    )
    rate = fields.Float("Complaint Rate (%)", readonly=True, aggregator="avg")
    ppm = fields.Float(
        "Complaint Rate (ppm)",
        readonly=True,
        aggregator="avg",
        digits=(16, 0),
        help="The quantity complained about per million units shipped.",
    )
    complaints_per_million = fields.Float(
        "Complaints per Million",
        readonly=True,
        aggregator="avg",
        digits=(16, 0),
        help="Complaints per million units shipped.",
    )

    _depends = {
        "crm.complaint": ["company_id", "date_received", "state", "type"],
        "crm.complaint.line": [
            "complaint_id",
            "product_id",
            "product_uom_id",
            "quantity",
        ],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id", "crm_division_id", "type", "uom_id"],
        "sale.order": ["company_id", "date_order", "sales_history_key", "state"],
        "sale.order.line": [
            "order_id",
            "product_id",
            "product_uom_id",
            "qty_delivered",
        ],
        "stock.location": ["usage"],
        "stock.move": [
            "company_id",
            "date",
            "location_dest_id",
            "location_id",
            "product_id",
            "product_uom",
            "quantity",
            "state",
        ],
        "uom.uom": ["factor"],
    }

    def _company_sql(self, company) -> SQL:
        return SQL(
            """SELECT (s.product_id::bigint * %(months)s
                       + EXTRACT(YEAR FROM s.date)::int * 12 - 1970 * 12
                       + EXTRACT(MONTH FROM s.date)::int) * %(companies)s
                      + %(company)s AS id,
                      s.*, t.categ_id, t.crm_division_id AS division_id,
                      100.0 * s.quantity / NULLIF(s.shipped, 0) AS rate,
                      %(million)s * s.quantity / NULLIF(s.shipped, 0) AS ppm,
                      %(million)s * s.complaint_count / NULLIF(s.shipped, 0)::float8
                          AS complaints_per_million
                 FROM (SELECT %(company)s::int AS company_id, product_id, date,
                              SUM(delivered) AS delivered, SUM(returned) AS returned,
                              SUM(delivered - returned) AS shipped,
                              SUM(quantity) AS quantity,
                              SUM(complaint_count)::int AS complaint_count
                         FROM (%(moves)s UNION ALL %(history)s
                               UNION ALL %(complaints)s) both_sides
                     GROUP BY product_id, date) s
                 JOIN product_product p ON p.id = s.product_id
                 JOIN product_template t ON t.id = p.product_tmpl_id""",
            months=MONTHS,
            companies=COMPANIES,
            company=company.id,
            million=MILLION,
            moves=self._moves_sql(company),
            history=self._history_sql(company),
            complaints=self._complaints_sql(company),
        )

    def _month_sql(self, moment, company) -> SQL:
        day = self.env["crm.sale.fact"]._local_day_sql(moment, company)
        return SQL("DATE_TRUNC('month', %s)::date", day)

    def _moves_sql(self, company) -> SQL:
        """Return what was delivered and came back, by product and month."""
        quantity = SQL("m.quantity::float8 * u.factor / tu.factor")
        return SQL(
            """SELECT m.product_id, %(month)s AS date,
                      COALESCE(SUM(%(quantity)s)
                          FILTER (WHERE ld.usage = 'customer'), 0) AS delivered,
                      COALESCE(SUM(%(quantity)s)
                          FILTER (WHERE ls.usage = 'customer'), 0) AS returned,
                      0::float8 AS quantity, 0 AS complaint_count
                 FROM (%(source)s) m
                 JOIN stock_location ls ON ls.id = m.location_id
                 JOIN stock_location ld ON ld.id = m.location_dest_id
                 JOIN product_product mp ON mp.id = m.product_id
                 JOIN product_template mt ON mt.id = mp.product_tmpl_id
                 JOIN uom_uom u ON u.id = m.product_uom
                 JOIN uom_uom tu ON tu.id = mt.uom_id
                WHERE (ls.usage = 'customer') <> (ld.usage = 'customer')
             GROUP BY 1, 2""",
            month=self._month_sql(SQL("m.date"), company),
            quantity=quantity,
            source=SQL(
                "SELECT * FROM stock_move WHERE state = 'done' AND company_id = %s",
                company.id,
            ),
        )

    def _history_sql(self, company) -> SQL:
        """Return what a former system delivered, by product and month of the order."""
        return SQL(
            """SELECT l.product_id, %(month)s AS date,
                      SUM(l.qty_delivered::float8 * u.factor / tu.factor) AS delivered,
                      0::float8 AS returned,
                      0::float8 AS quantity, 0 AS complaint_count
                 FROM sale_order o
                 JOIN sale_order_line l ON l.order_id = o.id
                 JOIN product_product hp ON hp.id = l.product_id
                 JOIN product_template ht ON ht.id = hp.product_tmpl_id
                 JOIN uom_uom u ON u.id = l.product_uom_id
                 JOIN uom_uom tu ON tu.id = ht.uom_id
                WHERE o.company_id = %(company)s AND o.sales_history_key IS NOT NULL
                  AND o.state = 'sale' AND ht.type = 'consu' AND l.qty_delivered <> 0
             GROUP BY 1, 2""",
            month=self._month_sql(SQL("o.date_order"), company),
            company=company.id,
        )

    def _complaints_sql(self, company) -> SQL:
        """Return what was complained of, by product and month of receipt."""
        return SQL(
            """SELECT l.product_id, %(month)s AS date,
                      0::float8 AS delivered, 0::float8 AS returned,
                      SUM(l.quantity::float8 * u.factor / tu.factor) AS quantity,
                      COUNT(DISTINCT c.id) AS complaint_count
                 FROM crm_complaint c
                 JOIN crm_complaint_line l ON l.complaint_id = c.id
                 JOIN product_product lp ON lp.id = l.product_id
                 JOIN product_template lt ON lt.id = lp.product_tmpl_id
                 JOIN uom_uom u ON u.id = l.product_uom_id
                 JOIN uom_uom tu ON tu.id = lt.uom_id
                WHERE c.company_id = %(company)s AND c.type = 'complaint'
                  AND c.state <> 'cancelled'
             GROUP BY 1, 2""",
            month=self._month_sql(SQL("c.date_received"), company),
            company=company.id,
        )

    def action_open_complaints(self):
        """Open the complaints behind a row."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.crm_complaint_action"
        )
        end = fields.Date.end_of(self.date, "month")
        begin, after = self.env["crm.sale.fact"]._get_utc_bounds(
            self.company_id, self.date, end
        )
        return {
            **action,
            "domain": [
                ("company_id", "=", self.company_id.id),
                ("line_ids.product_id", "=", self.product_id.id),
                ("type", "=", "complaint"),
                ("state", "!=", "cancelled"),
                ("date_received", ">=", begin),
                ("date_received", "<", after),
            ],
            "context": {"create": False},
        }
