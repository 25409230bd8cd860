from odoo import api, fields, models
from odoo.tools import SQL

#: What credit notes took back, as a refresh keeps it
KEPT = SQL("crm_scorecard_refunded")


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
        """Work out the cohorts of ``company`` anew; commits nothing.

        It belongs to a full refresh, which has kept what credit notes took back.
        """
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
                cells=self._cells_sql(company, as_of, moved=KEPT),
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
    def _cells_sql(
        self, company, until, customers=None, grains=("month", "quarter"), moved=None
    ) -> SQL:
        """Return ``grain, cohort, step, customers, orders, revenue``.

        The orders are read once. Of each customer a quarter keeps in which of its
        months he bought, so that months and quarters come from the same rows.

        :param customers: statement giving the ids of the customers, all if None
        :param moved: relation of what credit notes took back, where it is at hand
        """
        cells = {"month": self._month_cells_sql(), "quarter": self._quarter_cells_sql()}
        return SQL(
            """WITH sale AS MATERIALIZED (%(sales)s), activity AS (
                   SELECT cohort, month / 3 AS quarter,
                          BIT_OR(1 << (MOD(month, 3))) AS months
                     FROM sale GROUP BY customer_id, cohort, month / 3
               ), reach AS MATERIALIZED (
                   SELECT cohort, quarter, COUNT(*) AS customers,
                          COUNT(*) FILTER (WHERE months & 1 > 0) AS first,
                          COUNT(*) FILTER (WHERE months & 2 > 0) AS second,
                          COUNT(*) FILTER (WHERE months & 4 > 0) AS third
                     FROM activity GROUP BY cohort, quarter
               ), money AS MATERIALIZED (
                   SELECT cohort, month, SUM(orders) AS orders, SUM(revenue) AS revenue
                     FROM (SELECT cohort, month, 1 AS orders, revenue FROM sale
                        UNION ALL %(refunds)s) moved
                 GROUP BY cohort, month
               )
               SELECT grain, %(cohort)s AS cohort, step::int, customers::int,
                      orders::int, revenue
                 FROM (%(cells)s) cell""",
            sales=self._sales_sql(company, until, customers),
            refunds=self._refunds_sql(company, until, customers, moved),
            cohort=SQL("MAKE_DATE(cohort / 12, MOD(cohort, 12) + 1, 1)"),
            cells=SQL(" UNION ALL ").join(cells[grain] for grain in grains),
        )

    @api.model
    def _month_cells_sql(self) -> SQL:
        return SQL(
            """SELECT 'month' AS grain, cohort, month - cohort AS step,
                      COALESCE(reached.customers, 0) AS customers, orders,
                      revenue
                 FROM money
            LEFT JOIN (SELECT cohort, 3 * quarter + place AS month, bought.customers
                         FROM reach CROSS JOIN LATERAL (
                              VALUES (0, first), (1, second), (2, third)
                              ) bought(place, customers)) reached
                USING (cohort, month)"""
        )

    @api.model
    def _quarter_cells_sql(self) -> SQL:
        return SQL(
            """SELECT 'quarter' AS grain, 3 * start AS cohort, quarter - start AS step,
                      COALESCE(reached.customers, 0) AS customers, orders,
                      revenue
                 FROM (SELECT cohort / 3 AS start, month / 3 AS quarter,
                              SUM(orders) AS orders, SUM(revenue) AS revenue
                         FROM money GROUP BY cohort / 3, month / 3) paid
            LEFT JOIN (SELECT cohort / 3 AS start, quarter, SUM(customers) AS customers
                         FROM reach GROUP BY cohort / 3, quarter) reached
                USING (start, quarter)"""
        )

    @api.model
    def _month_sql(self, day) -> SQL:
        """Return the month of ``day`` as a number: months since the year 0."""
        return SQL(
            """(DATE_PART('year', %(day)s) * 12 + DATE_PART('month', %(day)s) - 1)
               ::int""",
            day=day,
        )

    @api.model
    def _cohorts_sql(self, company, customers) -> SQL:
        """Return each customer with the month of his first purchase."""
        return SQL(
            """SELECT partner_id AS customer_id, %s AS cohort
                 FROM crm_customer_scorecard WHERE company_id = %s %s""",
            self._month_sql(SQL("first_order_date")),
            company.id,
            SQL("AND partner_id IN (%s)", customers) if customers else SQL(),
        )

    @api.model
    def _sales_sql(self, company, until, customers) -> SQL:
        """Return one row per purchase: ``customer_id, cohort, month, revenue``."""
        facts = self.env["crm.sale.fact"]
        return SQL(
            """SELECT customer_id, cohort, %(month)s AS month, revenue
                 FROM (SELECT customer_id, revenue, %(day)s AS day
                         FROM (%(orders)s) o) dated
                 JOIN (%(cohorts)s) c USING (customer_id)""",
            month=self._month_sql(SQL("day")),
            day=facts._local_day_sql(SQL("date_order"), company),
            orders=facts._orders_sql(company, until, customers=customers),
            cohorts=self._cohorts_sql(company, customers),
        )

    @api.model
    def _refunds_sql(self, company, until, customers, moved) -> SQL:
        """Return what was taken back: ``cohort, month, 0, -revenue``."""
        facts = self.env["crm.sale.fact"]
        moved = moved or SQL("(%s)", facts._refund_movements_sql(company, until))
        return SQL(
            """SELECT cohort, %(month)s AS month, 0 AS orders, -revenue AS revenue
                 FROM %(moved)s m JOIN (%(cohorts)s) c USING (customer_id)""",
            month=self._month_sql(SQL("m.day")),
            moved=moved,
            cohorts=self._cohorts_sql(company, customers),
        )
