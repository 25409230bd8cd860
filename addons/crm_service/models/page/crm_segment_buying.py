from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.white_space import MIN_PEERS, peer_percent

# What counts as bought by similar customers
MONTHS = 24


class CrmSegmentBuying(models.Model):
    """How many customers of a segment buy a product category: what to offer others.

    Worked out anew once a day by one statement per company. Of the customers who are
    in the segment now, those count who bought anything in the last 24 months; a row
    without a segment is about all customers. A segment of a handful of them has no
    rows, since every salesperson reads them and would learn what single customers of
    his colleagues buy. What a purchase is, says ``crm.sale.fact``.
    """

    _name = "crm.segment.buying"
    _description = "Purchases of a Segment"
    _order = "company_id, segment_id, percent desc, id"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade", index=True
    )
    segment_id = fields.Many2one(
        "crm.segment",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        help="Empty for all customers.",
    )
    categ_id = fields.Many2one(
        "product.category",
        "Product Category",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    customer_count = fields.Integer(
        "Customers",
        readonly=True,
        aggregator="max",
        help="Customers of the segment who bought anything in the last 24 months.",
    )
    buyer_count = fields.Integer(
        "Buyers",
        readonly=True,
        aggregator="max",
        help="Customers of the segment who bought the category in the last 24 months.",
    )
    percent = fields.Float(
        "Buyers (%)", readonly=True, aggregator="avg", digits=(16, 1)
    )
    date = fields.Date("As Of", readonly=True)

    _segment_category_uniq = models.UniqueIndex(
        "(company_id, COALESCE(segment_id, 0), categ_id)",
        "A segment has one row per company and category.",
    )

    @api.depends("segment_id.name", "categ_id.complete_name")
    def _compute_display_name(self):
        for row in self:
            segment = row.segment_id.name or self.env._("All Customers")
            row.display_name = f"{segment}: {row.categ_id.complete_name}"

    # --- WHAT SIMILAR CUSTOMERS BUY

    @api.model
    def _fetch_shares(self, customer, company):
        """Return ``{category id: percent of similar customers who buy it}``.

        Similar are the customers of the same value class; without one, all customers.
        Categories that hardly anybody buys, or of which too few customers are known,
        are left out. One statement; the same for every reader, since no customer can
        be told from it.
        """
        self.flush_model()
        self.env["crm.segment.membership"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT categ_id, buyer_count, customer_count
                     FROM crm_segment_buying
                    WHERE company_id = %(company)s AND buyer_count > 0
                      AND segment_id IS NOT DISTINCT FROM (
                          SELECT m.segment_id FROM crm_segment_membership m
                           WHERE m.partner_id = %(customer)s AND m.date_end IS NULL
                             AND m.segmentation_id = (%(scheme)s)
                        ORDER BY m.id LIMIT 1)
                 ORDER BY buyer_count DESC, categ_id""",
                company=company.id,
                customer=customer.id,
                scheme=company._get_value_scheme_sql(),
            )
        )
        shares = {row[0]: peer_percent(row[1], row[2]) for row in rows}
        return {categ_id: share for categ_id, share in shares.items() if share}

    # --- REFRESH

    @api.model
    def _cron_refresh(self):
        """Work out the rows of all companies, one transaction each."""
        companies = self.env["res.company"].search([])
        self.env["crm.job.pass"]._cron_work_off(
            self._name, companies.ids, lambda ref: self._refresh(companies.browse(ref))
        )

    @api.model
    def _refresh(self, company):
        """Replace the rows of ``company``: readers see the old ones or the new ones."""
        facts = self.env["crm.sale.fact"]
        facts._flush_sources()
        facts._prepare_planner()
        self.env["crm.segment.membership"].flush_model()
        self.env["product.template"].flush_model(["categ_id"])
        self.env["sale.order.line"].flush_model()
        today = facts._get_today(company)
        self.env.cr.execute(
            SQL("DELETE FROM crm_segment_buying WHERE company_id = %s", company.id)
        )
        self.env.cr.execute(self._insert_sql(company, today))
        self.invalidate_model()

    @api.model
    def _insert_sql(self, company, today) -> SQL:
        """Return the statement that writes the rows of ``company``."""
        return SQL(
            """WITH bought AS MATERIALIZED (
                   SELECT DISTINCT f.customer_id, t.categ_id
                     FROM (%(orders)s) f
                     JOIN sale_order_line l ON l.order_id = f.order_id
                     JOIN product_product p ON p.id = l.product_id
                     JOIN product_template t ON t.id = p.product_tmpl_id
                    WHERE l.display_type IS NULL AND l.price_subtotal > 0
               ), buyer AS MATERIALIZED (
                   SELECT DISTINCT b.customer_id FROM bought b
                     JOIN res_partner c ON c.id = b.customer_id AND c.active
               ), placed AS MATERIALIZED (
                   SELECT m.segment_id, b.customer_id
                     FROM buyer b
                     JOIN crm_segment_membership m
                       ON m.partner_id = b.customer_id AND m.date_end IS NULL
                      AND (m.company_id IS NULL OR m.company_id = %(company)s)
                    UNION
                   SELECT NULL, customer_id FROM buyer
               ), size AS (
                   SELECT segment_id, COUNT(*) AS customers FROM placed GROUP BY 1
               )
               INSERT INTO crm_segment_buying (
                   company_id, segment_id, categ_id, customer_count, buyer_count,
                   percent, date)
               SELECT %(company)s, s.segment_id, b.categ_id, s.customers, COUNT(*),
                      100.0 * COUNT(*) / s.customers, %(today)s
                 FROM placed p
                 JOIN bought b USING (customer_id)
                 JOIN size s ON s.segment_id IS NOT DISTINCT FROM p.segment_id
                WHERE s.customers >= %(least)s AND b.categ_id IS NOT NULL
             GROUP BY s.segment_id, b.categ_id, s.customers""",
            orders=self._recent_orders_sql(company, today),
            company=company.id,
            today=today,
            least=MIN_PEERS,
        )

    @api.model
    def _recent_orders_sql(self, company, today) -> SQL:
        since = fields.Date.subtract(today, months=MONTHS)
        facts = self.env["crm.sale.fact"]
        return facts._orders_sql(company, until=today, since=since)
