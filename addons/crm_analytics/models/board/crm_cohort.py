from odoo import api, fields, models
from odoo.tools import SQL


class CrmCohort(models.Model):
    """What the customers who first bought in one period did in a later one.

    A cohort is the customers of a company whose first purchase lies in one month or
    quarter. One row says how many of them bought in that or a later period, and for
    how much. Kept for the company as a whole by each full refresh of the scorecards,
    for those who see all of its customers; for a segment, or for whoever sees only
    some customers, :meth:`_read` works the same out from the orders.

    Revenue is net of what credit notes took back, in the period of the credit note;
    a period with nothing but a credit note is no period with a purchase.
    """

    _name = "crm.cohort"
    _description = "Cohort"
    _order = "grain, cohort, step, id"
    _rec_name = "cohort"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    grain = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter")], required=True, readonly=True
    )
    cohort = fields.Date("First Purchase", required=True, readonly=True)
    step = fields.Integer(
        "Periods since", required=True, readonly=True, aggregator=None
    )
    customer_count = fields.Integer("Customers", readonly=True)
    order_count = fields.Integer("Orders", readonly=True)
    revenue = fields.Monetary(readonly=True)
    date_refresh = fields.Datetime("As of", readonly=True)

    _cell_uniq = models.UniqueIndex("(company_id, grain, cohort, step)")

    # --- BUSINESS

    @api.model
    def _refresh(self, company, as_of):
        """Work out the cohorts of ``company`` anew; commits nothing."""
        digits = company.currency_id.decimal_places
        self.env["crm.sale.fact"]._flush_sources()
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_cohort WHERE company_id = %(company)s;
                   INSERT INTO crm_cohort (company_id, grain, cohort, step,
                          customer_count, order_count, revenue, date_refresh)
                   SELECT %(company)s, grain, cohort, step, customers, orders,
                          ROUND(revenue, %(digits)s), %(now)s
                     FROM (%(cells)s) cell""",
                company=company.id,
                cells=self._cells_sql(company, as_of),
                digits=digits,
                now=fields.Datetime.now(),
            )
        )
        self.invalidate_model()

    @api.model
    def _read(self, company, grain, segment=None):
        """Return rows ``(cohort, step, customers, orders, revenue)`` and their time.

        Of the customers whom the reader may see, in ``segment`` if given.
        """
        everyone = self.env["res.partner"]._get_own_care_domain().is_true()
        if everyone and not segment:
            rows = self.search([("company_id", "=", company.id), ("grain", "=", grain)])
            return [
                (r.cohort, r.step, r.customer_count, r.order_count, r.revenue)
                for r in rows
            ], rows[:1].date_refresh
        facts = self.env["crm.sale.fact"]
        facts._flush_sources()
        self.env["crm.screen.read.mixin"]._prepare_planner()
        cells = self._cells_sql(
            company,
            facts._get_today(company),
            self._get_customers_sql(company, segment),
            [grain],
        )
        rows = self.env.execute_query(
            SQL("SELECT cohort, step, customers, orders, revenue FROM (%s) c", cells)
        )
        return [(*row[:4], float(row[4])) for row in rows], fields.Datetime.now()

    @api.model
    def _get_customers_sql(self, company, segment=None) -> SQL:
        """Return the ids of the customers whose scorecards the reader may see."""
        cards = self.env["crm.customer.scorecard"].with_context(active_test=False)
        domain = [("company_id", "=", company.id)]
        if segment:
            domain.append(("partner_id.segment_ids", "in", segment.ids))
        cards.flush_model(["partner_id", "company_id"])
        query = cards._search(domain)
        return query.subselect(SQL.identifier(query.table, "partner_id"))

    @api.model
    def _cells_sql(self, company, until, customers=None, grains=("month", "quarter")):
        """Return ``grain, cohort, step, customers, orders, revenue``."""
        return SQL(
            """WITH day AS MATERIALIZED (%(days)s), active AS (
                   SELECT g.grain, customer_id,
                          DATE_TRUNC(g.grain, month::timestamp)::date AS start,
                          SUM(orders) AS orders, SUM(revenue) AS revenue
                     FROM day CROSS JOIN UNNEST(%(grains)s::text[]) AS g(grain)
                 GROUP BY 1, 2, 3
               ), dated AS (
                   SELECT *, MIN(start) OVER (
                              PARTITION BY grain, customer_id) AS cohort
                     FROM active
               )
               SELECT grain, cohort, %(step)s AS step,
                      COUNT(*) FILTER (WHERE orders > 0)::int AS customers,
                      SUM(orders)::int AS orders,
                      SUM(revenue) AS revenue
                 FROM dated
             GROUP BY grain, cohort, start""",
            days=self._months_sql(company, until, customers),
            grains=list(grains),
            step=self._step_sql(),
        )

    @api.model
    def _step_sql(self) -> SQL:
        return SQL(
            """(((DATE_PART('year', start) - DATE_PART('year', cohort)) * 12
                 + DATE_PART('month', start) - DATE_PART('month', cohort))::int
                / CASE grain WHEN 'quarter' THEN 3 ELSE 1 END)"""
        )

    @api.model
    def _months_sql(self, company, until, customers) -> SQL:
        """Return each customer's months: ``customer_id, month, orders, revenue``."""
        facts = self.env["crm.sale.fact"]
        refunds = SQL("(%s)", facts._refund_movements_sql(company, until))
        if customers:
            refunds = SQL(
                "(SELECT * FROM %s r WHERE r.customer_id IN (%s))", refunds, customers
            )
        return SQL(
            """SELECT customer_id, DATE_TRUNC('month', day::timestamp)::date AS month,
                      SUM(number) AS orders, SUM(revenue) AS revenue
                 FROM (SELECT customer_id, %(day)s AS day, 1 AS number, revenue
                         FROM (%(orders)s) o
                    UNION ALL
                       SELECT customer_id, day, 0, -revenue
                         FROM %(refunds)s refunded) moved
             GROUP BY 1, 2""",
            day=facts._local_day_sql(SQL("o.date_order"), company),
            orders=facts._orders_sql(company, until, customers=customers),
            refunds=refunds,
        )
