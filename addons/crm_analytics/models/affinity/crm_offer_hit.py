from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.next_best_offer import rate


class CrmOfferHit(models.Model):
    """What came of the offers of a day: who bought within the days that they stand.

    One row per day on which offers were proposed, product and value class, worked out
    once these days are over. Beside the customers with the proposal stand the *others*:
    customers of the same value class, customers by that day, who were not proposed
    the product around that day. The difference is no proof: offers go to those for
    whom reasons speak. It tells whether the proposals find who buys.
    """

    _name = "crm.offer.hit"
    _description = "Hit Rate of Offers"
    _order = "date desc, proposed_count desc, id"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    date = fields.Date("Proposed On", required=True, readonly=True)
    segment_id = fields.Many2one(
        "crm.segment",
        "Value Class",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    product_tmpl_id = fields.Many2one(
        "product.template",
        "Product",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    proposed_count = fields.Integer("Customers with the Proposal", readonly=True)
    bought_count = fields.Integer("Of These Bought", readonly=True)
    other_count = fields.Integer("Other Customers", readonly=True)
    other_bought_count = fields.Integer("Of the Others Bought", readonly=True)
    hit_percent = fields.Float(
        "Hit Rate (%)", compute="_compute_percents", digits=(16, 1)
    )
    other_percent = fields.Float(
        "Others (%)", compute="_compute_percents", digits=(16, 1)
    )

    _day_idx = models.Index("(company_id, date)")

    @api.depends("proposed_count", "bought_count", "other_count", "other_bought_count")
    def _compute_percents(self):
        for row in self:
            row.hit_percent = rate(row.bought_count, row.proposed_count) or 0.0
            row.other_percent = rate(row.other_bought_count, row.other_count) or 0.0

    @api.depends("date", "product_tmpl_id")
    def _compute_display_name(self):
        for row in self:
            product = row.product_tmpl_id.sudo()  # style: CRM109 its name only
            row.display_name = f"{product.name or ''} {row.date}".strip()

    # --- REFRESH

    @api.model
    def _refresh(self, policy):
        """Add the days whose time is over since the last refresh."""
        company = policy.company_id
        today = self.env["crm.sale.fact"]._get_today(company)
        until = today - timedelta(days=policy.offer_days + 1)
        self.flush_model()
        [[last]] = self.env.execute_query(
            SQL("SELECT MAX(date) FROM crm_offer_hit WHERE company_id = %s", company.id)
        )
        self.env.cr.execute(self._insert_sql(policy, last, until))
        self.invalidate_model()

    @api.model
    def _insert_sql(self, policy, last, until) -> SQL:
        """Return the statement that adds the days after ``last`` up to ``until``."""
        company = policy.company_id
        return SQL(
            """WITH offer AS MATERIALIZED (%(offers)s), cohort AS MATERIALIZED (
                   SELECT date, product_tmpl_id, segment_id, COUNT(*) AS proposed
                     FROM offer GROUP BY 1, 2, 3
               ), bought AS MATERIALIZED (%(bought)s), hit AS (
                   SELECT o.date, o.product_tmpl_id, o.segment_id, COUNT(*) AS bought
                     FROM offer o
                     JOIN bought b ON b.date = o.date
                      AND b.product_tmpl_id = o.product_tmpl_id
                      AND b.customer_id = o.partner_id
                 GROUP BY 1, 2, 3
               ), %(others)s
               INSERT INTO crm_offer_hit (
                   company_id, date, segment_id, product_tmpl_id, proposed_count,
                   bought_count, other_count, other_bought_count)
               SELECT %(company)s, c.date, c.segment_id, c.product_tmpl_id,
                      c.proposed, COALESCE(h.bought, 0),
                      COALESCE(z.customers, 0) - COALESCE(a.customers, 0),
                      COALESCE(t.bought, 0)
                 FROM cohort c
            LEFT JOIN hit h ON (h.date, h.product_tmpl_id, COALESCE(h.segment_id, 0))
                             = (c.date, c.product_tmpl_id, COALESCE(c.segment_id, 0))
            LEFT JOIN size z ON (z.date, COALESCE(z.segment_id, 0))
                              = (c.date, COALESCE(c.segment_id, 0))
            LEFT JOIN apart a
                   ON (a.date, a.product_tmpl_id, COALESCE(a.segment_id, 0))
                    = (c.date, c.product_tmpl_id, COALESCE(c.segment_id, 0))
            LEFT JOIN other t
                   ON (t.date, t.product_tmpl_id, COALESCE(t.segment_id, 0))
                    = (c.date, c.product_tmpl_id, COALESCE(c.segment_id, 0))""",
            offers=self._offers_sql(company, last, until),
            bought=self._bought_sql(policy),
            others=self._others_sql(policy),
            company=company.id,
        )

    @api.model
    def _offers_sql(self, company, last, until) -> SQL:
        """Return the offers of the days after ``last`` up to ``until``."""
        return SQL(
            """SELECT DISTINCT partner_id, product_tmpl_id, segment_id,
                      date_proposed AS date
                 FROM crm_next_best_offer
                WHERE company_id = %(company)s AND date_proposed <= %(until)s
                  AND (%(last)s::date IS NULL OR date_proposed > %(last)s::date)
                  AND product_tmpl_id IS NOT NULL""",
            company=company.id,
            last=last,
            until=until,
        )

    @api.model
    def _bought_sql(self, policy) -> SQL:
        """Return who bought a proposed product within the days of the offer."""
        facts, company = self.env["crm.sale.fact"], policy.company_id
        return SQL(
            """SELECT DISTINCT c.date, c.product_tmpl_id, f.customer_id
                 FROM (SELECT DISTINCT date, product_tmpl_id FROM cohort) c
                 JOIN product_product p ON p.product_tmpl_id = c.product_tmpl_id
                 JOIN sale_order_line l
                   ON l.product_id = p.id AND l.display_type IS NULL
                  AND l.product_uom_qty > 0
                 JOIN (SELECT o.*, %(day)s AS day FROM (%(orders)s) o) f
                   ON f.order_id = l.order_id AND f.day >= c.date
                  AND f.day <= c.date + %(days)s""",
            day=facts._local_day_sql(SQL("o.date_order"), company),
            orders=facts._orders_sql(company),
            days=policy.offer_days,
        )

    @api.model
    def _others_sql(self, policy) -> SQL:
        """Return the common table expressions of those without the proposal.

        ``size``: customers of a value class on a day; ``apart``: those of them who
        were proposed the product around that day; ``other``: buyers without it.
        """
        return SQL(
            """class AS MATERIALIZED (
                   SELECT s.partner_id, s.first_order_date, m.segment_id
                     FROM crm_customer_scorecard s
                LEFT JOIN crm_segment_membership m
                       ON m.partner_id = s.partner_id AND m.date_end IS NULL
                      AND m.segmentation_id = (%(scheme)s)
                    WHERE s.company_id = %(company)s
               ), around AS MATERIALIZED (%(around)s), size AS (
                   SELECT d.date, k.segment_id, COUNT(*) AS customers
                     FROM (SELECT DISTINCT date FROM cohort) d
                     JOIN class k ON k.first_order_date <= d.date
                 GROUP BY 1, 2
               ), apart AS (
                   SELECT a.date, a.product_tmpl_id, k.segment_id,
                          COUNT(*) AS customers
                     FROM around a
                     JOIN class k ON k.partner_id = a.partner_id
                      AND k.first_order_date <= a.date
                 GROUP BY 1, 2, 3
               ), other AS (
                   SELECT b.date, b.product_tmpl_id, k.segment_id, COUNT(*) AS bought
                     FROM bought b
                     JOIN class k ON k.partner_id = b.customer_id
                      AND k.first_order_date <= b.date
                    WHERE NOT EXISTS (
                          SELECT FROM around a
                           WHERE a.date = b.date AND a.partner_id = b.customer_id
                             AND a.product_tmpl_id = b.product_tmpl_id)
                 GROUP BY 1, 2, 3
               )""",
            scheme=policy.company_id._get_value_scheme_sql(),
            company=policy.company_id.id,
            around=self._around_sql(policy),
        )

    @api.model
    def _around_sql(self, policy) -> SQL:
        """Return who was proposed a product about the same time."""
        return SQL(
            """SELECT DISTINCT c.date, c.product_tmpl_id, o.partner_id
                 FROM (SELECT DISTINCT date, product_tmpl_id FROM cohort) c
                 JOIN crm_next_best_offer o
                   ON o.company_id = %(company)s
                  AND o.product_tmpl_id = c.product_tmpl_id
                  AND o.date_proposed BETWEEN c.date - %(days)s
                                          AND c.date + %(days)s""",
            company=policy.company_id.id,
            days=policy.offer_days,
        )
