from odoo import api, fields, models
from odoo.tools import SQL

#: customers that a segment or industry needs to tell what a strong one buys
FEWEST = 10
PERCENTILE = 0.9


class CrmPotentialBenchmark(models.Model):
    """What a strong customer of a segment or industry buys in 12 months.

    Worked out by the first full refresh of a day from the customers who bought in these
    months, and kept, so that a change of one customer moves nobody else. The row
    without segment and industry is that of all customers.
    """

    _name = "crm.potential.benchmark"
    _description = "Potential by Segment or Industry"
    _order = "company_id, amount desc, id"
    _rec_name = "segment_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    segment_id = fields.Many2one("crm.segment", readonly=True, ondelete="cascade")
    industry_id = fields.Many2one(
        "res.partner.industry", readonly=True, ondelete="cascade"
    )
    customer_count = fields.Integer("Customers", readonly=True)
    amount = fields.Monetary(
        "A strong customer buys",
        readonly=True,
        aggregator="avg",
        help="90th percentile of the revenue of the last 12 months.",
    )
    date = fields.Date("As of", readonly=True)

    @api.model
    def _get_group_sql(self, company) -> SQL:
        """Return the column that groups customers, and the joins that it needs.

        Joins to ``customer``, with the column ``customer_id``.
        """
        policy = self.env["crm.rfm.policy"]._ensure(company)
        scheme = policy.potential_segmentation_id
        if not scheme:
            return SQL("p.industry_id"), SQL()
        return SQL("m.segment_id"), SQL(
            """LEFT JOIN LATERAL (
                    SELECT segment_id FROM crm_segment_membership
                     WHERE partner_id = customer.customer_id AND date_end IS NULL
                       AND segmentation_id = %s
                  ORDER BY segment_id LIMIT 1) m ON true""",
            scheme.id,
        )

    @api.model
    def _is_kept(self, company, window):
        """Return whether the amounts are those of this window and of the rules."""
        policy = self.env["crm.rfm.policy"]._ensure(company)
        as_of = [("company_id", "=", company.id), ("date", "=", window.as_of)]
        return not policy.is_part_stale and bool(self.search_count(as_of, limit=1))

    @api.model
    def _get_everyone(self, company):
        """Return the row of all customers, or none."""
        system = self.sudo()  # style: CRM109 one figure of the company
        return system.search(
            [
                ("company_id", "=", company.id),
                ("segment_id", "=", False),
                ("industry_id", "=", False),
            ],
            limit=1,
        )

    @api.model
    def _store(self, company, window, revenue: SQL):
        """Work out the amounts anew.

        :param revenue: statement of ``customer_id, revenue`` of the last 12 months
        """
        group, join = self._get_group_sql(company)
        is_segment = bool(
            self.env["crm.rfm.policy"]._ensure(company).potential_segmentation_id
        )
        self.env.cr.execute(
            SQL("DELETE FROM crm_potential_benchmark WHERE company_id = %s", company.id)
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_potential_benchmark
                          (company_id, %(column)s, customer_count, amount, date,
                           create_date, write_date)
                   SELECT %(company)s, group_id, COUNT(*),
                          ROUND((PERCENTILE_CONT(%(share)s) WITHIN GROUP (
                              ORDER BY revenue::float8))::numeric, %(digits)s),
                          %(day)s, %(now)s, %(now)s
                     FROM (SELECT %(group)s AS group_id, customer.revenue
                             FROM (%(revenue)s) customer
                             JOIN res_partner p ON p.id = customer.customer_id
                                  %(join)s
                            WHERE customer.revenue > 0) one
                 GROUP BY GROUPING SETS ((group_id), ())
                   HAVING GROUPING(group_id) = 1 AND COUNT(*) > 0
                       OR group_id IS NOT NULL AND COUNT(*) >= %(fewest)s""",
                column=SQL.identifier("segment_id" if is_segment else "industry_id"),
                company=company.id,
                share=PERCENTILE,
                digits=company.currency_id.decimal_places,
                day=window.as_of,
                now=self.env.cr.now(),
                group=group,
                revenue=revenue,
                join=join,
                fewest=FEWEST,
            )
        )
        self.invalidate_model()
