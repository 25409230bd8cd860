from odoo import api, models
from odoo.tools import SQL

#: Amounts of the profit, by customer, beside the costs; see :meth:`_money_sql`
MONEY = (
    "invoiced_revenue",
    "gross_margin",
    "discount_amount",
    "ordered",
    "uncosted",
)


class CrmScorecardSource(models.AbstractModel):
    """What the sources of profit, performance, product and promotion share.

    The lines of twelve months are read once, into these tables of the transaction:

    - ``crm_seven_p_order``: the purchases, with what they say of channel and place
    - ``crm_seven_p_line``: their lines: amount in mills (thousandths, whole numbers,
      which are added up quickly), discount and amount without cost, where there are
    - ``crm_seven_p_mix``: per customer how many products and categories he bought,
      the largest of each, and the ids of the categories
    - ``crm_seven_p_customer``: per customer his orders, those with a discount and
      their amounts
    - ``crm_seven_p_money``: per customer what he brings in and costs
    - ``crm_seven_p_bound``: one row of company totals and bounds. The first full
      refresh of a day works them out, all others until the next day keep them: so one
      customer moves no other, and full and incremental refreshes agree

    Purchases are those of ``crm.sale.fact``; amounts are untaxed, in the company's
    currency at the rate of the order, before refunds.
    """

    _inherit = "crm.scorecard.source"

    @api.model
    def _prepare_facts(self, company, window, customers):
        """Make the tables that these sources share, once per run."""
        self._keep("order", self._order_sql(company, window, customers))
        self._keep("line", self._line_sql(whole=customers is None))
        self._keep("mix", self._mix_sql(window))
        self._keep("discount", self._discount_sql())
        self._keep("customer", self._customer_sql())
        self._keep("money", self._money_sql(company, window, customers))
        policy = self.env["crm.profit.policy"]._ensure(company)
        bounds = policy._get_bounds()
        if window.is_past:
            bounds = self._read_bounds(policy)
        elif customers is None and not policy._has_bounds_of(window.as_of):
            bounds = self._read_bounds(policy)
            policy._store_bounds(bounds, window.as_of)
        self._keep("bound", policy._bounds_sql(bounds))

    @api.model
    def _keep(self, name, rows: SQL):
        """Keep ``rows`` in table ``crm_seven_p_<name>`` for this transaction."""
        table = SQL.identifier(f"crm_seven_p_{name}")
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", table))
        self.env.cr.execute(
            SQL("CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s", table, rows)
        )
        self.env.cr.execute(SQL("ANALYZE %s", table))

    @api.model
    def _partners(self, customers):
        """Return the relation of the partners of ``customers``, all if None."""
        facts = self._facts()
        if customers is not None:
            return facts._partners_sql(customers)
        return SQL(
            "(SELECT id, commercial_partner_id, active FROM res_partner p WHERE %s)",
            facts._is_customer_sql(),
        )

    @api.model
    def _within(self, column, window) -> SQL:
        """Return the condition that a UTC ``column`` lies in the window."""
        return SQL(
            "%(column)s >= %(start)s AND %(column)s < %(end)s",
            column=column,
            start=window.start_instant,
            end=window.end_instant,
        )

    # --- PURCHASES

    @api.model
    def _order_sql(self, company, window, customers) -> SQL:
        orders = self._facts()._orders_sql(
            company,
            until=window.as_of,
            since=window.start,
            partners=None if customers is None else self._partners(customers),
            columns=SQL(
                """, CASE WHEN o.currency_rate IS NULL OR o.currency_rate = 0
                          THEN 1 ELSE o.currency_rate END AS rate,
                     o.medium_id, o.team_id, o.partner_shipping_id AS place_id,
                     o.campaign_id, o.opportunity_id"""
            ),
        )
        return SQL(
            "SELECT o.*, %s AS day FROM (%s) o",
            self._facts()._local_day_sql(SQL("o.date_order"), company),
            orders,
        )

    @api.model
    def _line_sql(self, whole=False) -> SQL:
        """Return what each line of the purchases says.

        :param whole: the purchases are those of all customers. Orders get their
            numbers in the course of time, so the lines of nearly all of them lie
            beside each other at the end of the table, and only that part of it is
            read; those of the few older ones are looked up.
        """
        if not whole:
            return self._line_where_sql(SQL("TRUE"))
        [[first]] = self.env.execute_query(
            SQL(
                """SELECT COALESCE(PERCENTILE_DISC(0.01) WITHIN GROUP (
                              ORDER BY order_id), 0)
                     FROM crm_seven_p_order"""
            )
        )
        return SQL(
            "%s UNION ALL %s",
            self._line_where_sql(SQL("o.order_id < %s", first)),
            self._line_where_sql(
                SQL("o.order_id >= %(first)s AND l.order_id >= %(first)s", first=first)
            ),
        )

    @api.model
    def _line_where_sql(self, where) -> SQL:
        return SQL(
            """SELECT o.customer_id, o.order_id, o.day, p.product_tmpl_id, t.categ_id,
                      (1000 * CASE WHEN o.rate = 1 THEN l.price_subtotal
                                   ELSE l.price_subtotal / o.rate END)::int8 AS mills,
                      %(discount)s AS discount,
                      CASE WHEN l.price_subtotal > 0 AND (
                                    l.purchase_price IS NULL OR l.purchase_price = 0)
                           THEN l.price_subtotal / o.rate END AS uncosted
                 FROM crm_seven_p_order o
                 JOIN sale_order_line l ON l.order_id = o.order_id
            LEFT JOIN product_product p ON p.id = l.product_id
            LEFT JOIN product_template t ON t.id = p.product_tmpl_id
                WHERE l.display_type IS NULL AND %(where)s""",
            discount=self._facts()._line_discount_sql(SQL("o.rate")),
            where=where,
        )

    @api.model
    def _mix_sql(self, window) -> SQL:
        """Return what each customer bought, from products to categories to himself.

        The lines are sorted once, so that each step reads the one below as it comes.
        The favourite product is that of the largest amount, of equal ones that with
        the smaller id; it comes with its figures in one array, which needs no sorting
        either: ``[mills, -id, days since it was bought last]``.
        """
        return SQL(
            """SELECT customer_id, SUM(products)::int AS product_count,
                      SUM(mills) AS mills, MAX(top) AS top,
                      COUNT(categ_id)::int AS category_count,
                      -(MAX(ARRAY[mills, -categ_id])
                          FILTER (WHERE categ_id IS NOT NULL))[2]::int
                          AS top_category_id,
                      SUM((mills / 1e3::float8) ^ 2) FILTER (WHERE categ_id > 0)
                          / SUM(mills / 1e3::float8) FILTER (WHERE categ_id > 0) ^ 2
                          AS mix_concentration,
                      ARRAY_AGG(categ_id) FILTER (WHERE categ_id > 0) AS categ_ids
                 FROM (SELECT customer_id, categ_id, COUNT(*) AS products,
                              SUM(mills)::int8 AS mills, MAX(top) AS top
                         FROM (%s) product GROUP BY customer_id, categ_id) category
             GROUP BY customer_id""",
            self._product_sql(window),
        )

    @api.model
    def _product_sql(self, window) -> SQL:
        """Return products bought for more than was taken back, in order of customer,
        category and id.
        """
        return SQL(
            """SELECT customer_id, categ_id, SUM(mills)::int8 AS mills,
                      ARRAY[SUM(mills)::int8, -product_tmpl_id,
                            %s::date - MAX(day)] AS top
                 FROM (SELECT customer_id, categ_id, product_tmpl_id, mills, day
                         FROM crm_seven_p_line WHERE product_tmpl_id IS NOT NULL
                     ORDER BY customer_id, categ_id, product_tmpl_id) line
             GROUP BY customer_id, categ_id, product_tmpl_id
               HAVING SUM(mills) > 0""",
            window.as_of,
        )

    @api.model
    def _discount_sql(self) -> SQL:
        return SQL(
            """SELECT order_id, SUM(discount) AS discount
                 FROM crm_seven_p_line WHERE discount IS NOT NULL
             GROUP BY order_id"""
        )

    @api.model
    def _customer_sql(self) -> SQL:
        """Return the orders of each customer; ``listed`` is before discounts."""
        return SQL(
            """SELECT customer_id, COUNT(*)::int AS order_count,
                      SUM(o.margin) AS margin, SUM(o.revenue) AS ordered,
                      COALESCE(SUM(d.discount), 0) AS discount,
                      COUNT(*) FILTER (WHERE d.discount > 0) AS discounted_count,
                      SUM(o.revenue + d.discount) FILTER (WHERE d.discount > 0)
                          AS discounted_listed,
                      COUNT(DISTINCT o.team_id)::int AS team_count,
                      COUNT(DISTINCT o.medium_id)::int AS medium_count,
                      COUNT(DISTINCT o.place_id)::int AS place_count
                 FROM crm_seven_p_order o
            LEFT JOIN crm_seven_p_discount d USING (order_id)
             GROUP BY customer_id"""
        )

    # --- MONEY

    @api.model
    def _money_sql(self, company, window, customers) -> SQL:
        """Return one row per customer with all amounts, rounded, and what is left."""
        parts = [
            self._padded_sql(names, rows)
            for names, rows in self._get_money_parts(company, window, customers)
        ]
        digits = company.currency_id.decimal_places
        names = [*MONEY, *self._get_cost_signs()]
        rounded = SQL(", ").join(
            SQL(
                "ROUND(SUM(%(name)s), %(digits)s) AS %(name)s", name=name, digits=digits
            )
            for name in map(SQL.identifier, names)
        )
        return SQL(
            """SELECT m.*, m.gross_margin - m.cost_to_serve AS contribution
                 FROM (SELECT a.*, %s AS cost_to_serve
                         FROM (SELECT customer_id, %s FROM (%s) part
                             GROUP BY customer_id) a) m""",
            self._cost_to_serve_sql(SQL("a")),
            rounded,
            SQL(" UNION ALL ").join(parts),
        )

    @api.model
    def _padded_sql(self, names, rows) -> SQL:
        """Return ``customer_id`` and all amounts; 0 where ``rows`` lack it."""
        every = SQL(", ").join(
            SQL("%s::numeric AS %s", SQL.identifier(name), SQL.identifier(name))
            if name in names
            else SQL("0::numeric AS %s", SQL.identifier(name))
            for name in (*MONEY, *self._get_cost_signs())
        )
        return SQL("(SELECT customer_id, %s FROM (%s) p)", every, rows)

    @api.model
    def _get_money_parts(self, company, window, customers):
        """Return pairs of column names and the statement that gives them.

        What customers cost says :meth:`_get_cost_sources`.
        """
        return [
            (("invoiced_revenue",), self._invoiced_sql(company, window, customers)),
            (
                ("gross_margin", "discount_amount", "ordered"),
                SQL(
                    """SELECT customer_id, margin AS gross_margin,
                              discount AS discount_amount, ordered
                         FROM crm_seven_p_customer"""
                ),
            ),
            (("gross_margin",), self._refunded_sql(window)),
            (
                ("uncosted",),
                SQL(
                    """SELECT customer_id, SUM(uncosted) AS uncosted
                         FROM crm_seven_p_line WHERE uncosted IS NOT NULL
                     GROUP BY customer_id"""
                ),
            ),
            *self._get_cost_parts(company, window, customers),
        ]

    @api.model
    def _invoiced_sql(self, company, window, customers) -> SQL:
        partners = None if customers is None else self._partners(customers)
        return SQL(
            """SELECT customer_id, SUM(amount) AS invoiced_revenue
                 FROM (%s) i WHERE day >= %s GROUP BY customer_id""",
            self._facts()._invoices_sql(company, window.as_of, partners),
            window.start,
        )

    @api.model
    def _refunded_sql(self, window) -> SQL:
        """Return, below zero, the margin that was taken back in the window."""
        return SQL(
            """SELECT customer_id, -SUM(margin) AS gross_margin
                 FROM crm_scorecard_refunded WHERE day >= %s GROUP BY customer_id""",
            window.start,
        )

    # --- BOUNDS

    @api.model
    def _read_bounds(self, policy):
        """Return total contribution and the least revenue of class A and of class B.

        ``tools/profit.py`` says the same in Python.
        """
        [row] = self.env.execute_query(
            SQL(
                """WITH ranked AS (
                       SELECT invoiced_revenue AS revenue,
                              SUM(invoiced_revenue) OVER () AS total,
                              SUM(invoiced_revenue) OVER (
                                  ORDER BY invoiced_revenue DESC, customer_id
                                  ROWS UNBOUNDED PRECEDING
                              ) - invoiced_revenue AS before
                         FROM crm_seven_p_money WHERE invoiced_revenue > 0)
                   SELECT (SELECT SUM(contribution) FROM crm_seven_p_money),
                          MIN(revenue) FILTER (
                              WHERE before * 100 < total * %s::numeric),
                          MIN(revenue) FILTER (
                              WHERE before * 100 < total * %s::numeric)
                     FROM ranked""",
                policy.percent_a,
                policy.percent_b,
            )
        )
        return row
