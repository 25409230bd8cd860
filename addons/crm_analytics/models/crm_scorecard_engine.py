from odoo import api, models
from odoo.tools import SQL

from ..tools import month
from .crm_scorecard_columns import SCORED


class CrmScorecardEngine(models.AbstractModel):
    """Works out the scorecards of a company, set-based, in one transaction.

    A refresh has these steps, each one statement over all customers concerned:

    1. *changed*: the customers of whom an order, an invoice or the partner was
       written since the watermark, or who were queued. A full refresh looks at all
       customers; it needs the changed ones only to tell what they do not explain.
    2. *facts*: the figures of these customers from ``crm.sale.fact``, into a
       temporary table.
    3. *bounds*: a full refresh works out the bounds of the scores from all ranked
       customers (the active ones) and keeps them on the cut points; an incremental
       one uses those kept. So a change of one customer never moves another one.
    4. *scores*: bounds and the table of groups give every customer three scores and
       one group, beside what he was at the last month end.
    5. *apply*: rows that differ are updated, new ones inserted, vanished ones deleted.

    The watermark is the start of the oldest transaction that was open when the
    refresh began: what such a transaction commits later carries an earlier write
    date, and is still found. For that it must be read before the refresh sees its
    first row, so in an earlier transaction: one that commits between the two would
    be neither seen nor open. The same steps with the last day of a month give the
    month-end history.
    """

    _name = "crm.scorecard.engine"
    _description = "Scorecard Engine"

    # --- WHOLE RUNS

    @api.model
    def _refresh(self, policy, mode="incremental", as_of=None, watermark=None):
        """Bring the scorecards of the policy's company up to date; commits nothing.

        :param mode: ``full`` or ``incremental``; the latter becomes full where there
            is nothing to build on or the day to look at lies further back
        :param as_of: last day whose orders count; default: the company's today
        :param watermark: instant before the start of every transaction whose changes
            this one cannot see; read now if not given
        :return: dict with mode, as_of, customers, inserted, updated, deleted and
            corrected (rows of a full refresh that no known change explains)
        """
        policy._lock_for_refresh()
        company = policy.company_id
        as_of = as_of or self._facts()._get_today(company)
        mode = self._effective_mode(policy, mode, as_of)
        self._prepare_transaction()
        watermark = watermark or self._read_watermark()
        self._collect_changed(policy, as_of)
        self._collect_facts(company, as_of, only_changed=mode == "incremental")
        if mode == "full":
            policy._check_cuts()
            self._store_bounds(policy, as_of)
        self._collect_scores(policy, as_of)
        counts = self._apply(company, only_changed=mode == "incremental")
        self._clear_queue(company)
        policy._mark_refreshed(watermark, as_of, full=mode == "full")
        self.env["crm.customer.scorecard"].invalidate_model()
        return {"mode": mode, "as_of": as_of, **counts}

    @api.model
    def _snapshot(self, policy, month_end):
        """Add the scorecards as of ``month_end`` to the history; commits nothing.

        :return: dict with as_of, customers and inserted (history rows added)
        """
        policy._lock_for_refresh()
        company = policy.company_id
        self._prepare_transaction()
        self._collect_facts(company, month_end, only_changed=False)
        bounds = self._read_bounds(policy, month_end)
        self._collect_scores(policy, month_end, bounds)
        history = self.env["crm.customer.scorecard.history"]
        added = history._store_month_end(company, month_end)
        # the comparison with the last month end concerns every customer
        policy.write({"history_until": month_end, "last_as_of": False})
        return {
            "as_of": month_end,
            "customers": self._count_scored(),
            "inserted": added,
        }

    @api.model
    def _facts(self):
        return self.env["crm.sale.fact"]

    @api.model
    def _effective_mode(self, policy, mode, as_of):
        """Return ``full`` where an incremental refresh has nothing to build on."""
        last = policy.last_as_of
        usable = policy.watermark and last and not policy.is_stale and last <= as_of
        same_month = usable and month.last_closed_month_end(
            last
        ) == month.last_closed_month_end(as_of)
        return mode if same_month else "full"

    @api.model
    def _prepare_transaction(self):
        """Flush what the statements read and give them memory for this transaction."""
        self._facts()._flush_sources()
        self.env.flush_all()
        for statement in (
            SQL("SET LOCAL work_mem = '256MB'"),
            SQL("SET LOCAL jit = off"),
            # the narrow indexes are read as a whole, not at random
            SQL("SET LOCAL random_page_cost = 1.1"),
            SQL("DROP TABLE IF EXISTS crm_scorecard_changed"),
            SQL("DROP TABLE IF EXISTS crm_scorecard_facts"),
            SQL("DROP TABLE IF EXISTS crm_scorecard_scored"),
        ):
            self.env.cr.execute(statement)

    @api.model
    def _read_watermark(self):
        """Return the start of the oldest transaction now open in this database."""
        [[watermark]] = self.env.execute_query(
            SQL(
                """SELECT LEAST(MIN(xact_start), now()) AT TIME ZONE 'UTC'
                     FROM pg_stat_activity
                    WHERE datname = current_database()"""
            )
        )
        return watermark.replace(microsecond=0)

    # --- STEP 1: CHANGED CUSTOMERS

    @api.model
    def _collect_changed(self, policy, as_of):
        self.env.cr.execute(
            SQL(
                """CREATE TEMPORARY TABLE crm_scorecard_changed ON COMMIT DROP AS
                   SELECT DISTINCT customer_id FROM (%s) c
                    WHERE customer_id IS NOT NULL""",
                SQL(" UNION ALL ").join(self._changed_sql(policy, as_of)),
            )
        )
        self.env.cr.execute(SQL("ANALYZE crm_scorecard_changed"))

    @api.model
    def _changed_sql(self, policy, as_of) -> list[SQL]:
        """Return one statement per source of changed customers (``customer_id``).

        Before the first refresh everyone is new.
        """
        since = policy.watermark
        if not since:
            return [SQL("SELECT id AS customer_id FROM res_partner")]
        return [
            self._changed_orders_sql(policy, as_of, since),
            self._changed_invoices_sql(policy, as_of, since),
            self._changed_refunds_sql(policy, as_of, since),
            SQL(
                """SELECT UNNEST(ARRAY[id, commercial_partner_id]) FROM res_partner
                    WHERE write_date >= %s""",
                since,
            ),
            SQL(
                "SELECT partner_id FROM crm_scorecard_queue WHERE company_id = %s",
                policy.company_id.id,
            ),
        ]

    @api.model
    def _changed_orders_sql(self, policy, as_of, since) -> SQL:
        """Return the customers of orders written, or whose day came, since then."""
        company, end = policy.company_id, self._facts()._end_of_day_sql
        return SQL(
            """SELECT p.commercial_partner_id AS customer_id
                 FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
                WHERE o.company_id = %(company)s AND o.write_date >= %(since)s
            UNION ALL
               SELECT p.commercial_partner_id
                 FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
                WHERE o.company_id = %(company)s AND o.state = 'sale'
                  AND o.date_order >= %(after)s AND o.date_order < %(until)s""",
            company=company.id,
            since=since,
            after=end(policy.last_as_of or as_of, company),
            until=end(as_of, company),
        )

    @api.model
    def _changed_invoices_sql(self, policy, as_of, since) -> SQL:
        """Return the customers of invoices written, or whose day came, since then."""
        return SQL(
            """SELECT p.commercial_partner_id
                 FROM account_move m JOIN res_partner p ON p.id = m.partner_id
                WHERE m.company_id = %(company)s
                  AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                  AND (m.write_date >= %(since)s
                       OR (m.invoice_date > %(after)s AND m.invoice_date <= %(as_of)s))
            """,
            company=policy.company_id.id,
            since=since,
            after=policy.last_as_of or as_of,
            as_of=as_of,
        )

    @api.model
    def _changed_refunds_sql(self, policy, as_of, since) -> SQL:
        """Return the customers whose orders were invoiced since then, to whomever."""
        return SQL(
            """SELECT p.commercial_partner_id
                 FROM account_move m
                 JOIN account_move_line ml ON ml.move_id = m.id
                 JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = ml.id
                 JOIN sale_order_line l ON l.id = r.order_line_id
                 JOIN sale_order o ON o.id = l.order_id
                 JOIN res_partner p ON p.id = o.partner_id
                WHERE m.company_id = %(company)s
                  AND m.move_type IN ('out_invoice', 'out_refund')
                  AND (m.write_date >= %(since)s
                       OR (m.invoice_date > %(after)s AND m.invoice_date <= %(as_of)s))
            """,
            company=policy.company_id.id,
            since=since,
            after=policy.last_as_of or as_of,
            as_of=as_of,
        )

    @api.model
    def _clear_queue(self, company):
        self.env.cr.execute(
            SQL("DELETE FROM crm_scorecard_queue WHERE company_id = %s", company.id)
        )

    # --- STEP 2: FACTS

    @api.model
    def _collect_facts(self, company, as_of, only_changed):
        self.env.cr.execute(
            SQL(
                "CREATE TEMPORARY TABLE crm_scorecard_facts ON COMMIT DROP AS %s",
                self._facts_sql(company, as_of, only_changed),
            )
        )
        self.env.cr.execute(SQL("ANALYZE crm_scorecard_facts (customer_id)"))

    @api.model
    def _facts_sql(self, company, as_of, only_changed) -> SQL:
        """Return one row per customer with every column of :data:`FACTS`."""
        facts = self._facts()
        customers = SQL("SELECT customer_id FROM crm_scorecard_changed")
        scope = (company, as_of, customers if only_changed else None)
        order_ids = facts._get_credited_order_ids(*scope) if only_changed else None
        return SQL(
            """WITH %(purchases)s, %(net)s,
               invoice AS (
                   SELECT customer_id, SUM(amount) AS amount
                     FROM (%(invoices)s) i
                 GROUP BY customer_id
               )
               SELECT n.customer_id,
                      n.first_order_date, n.last_order_date, n.is_repeat,
                      n.order_count, n.purchase_day_count,
                      ROUND(n.kept, %(digits)s) AS revenue,
                      ROUND(n.refunded, %(digits)s) AS refunded_amount,
                      ROUND(n.gain, %(digits)s) AS margin,
                      ROUND(n.kept / n.order_count, %(digits)s) AS average_order,
                      ROUND(n.mean_gap, 2)::float8 AS interval_mean,
                      ROUND(n.gap_spread, 2)::float8 AS interval_spread,
                      n.next_order_date, COALESCE(p.active, false) AS active,
                      ROUND(COALESCE(i.amount, 0), %(digits)s) AS invoiced_amount
                 FROM net n
                 JOIN res_partner p ON p.id = n.customer_id
            LEFT JOIN invoice i USING (customer_id)""",
            purchases=self._purchases_sql(facts._orders_sql(*scope), company),
            net=self._net_sql(company, as_of, order_ids),
            invoices=facts._invoices_sql(*scope),
            digits=company.currency_id.decimal_places,
        )

    @api.model
    def _net_sql(self, company, as_of, order_ids) -> SQL:
        """Return the common table expression ``net``: customers less their refunds.

        :param order_ids: orders with credit notes, or None to look at all
        """
        if order_ids == []:
            return SQL(
                """net AS (SELECT c.*, 0::numeric AS refunded,
                                  c.ordered AS kept, c.gained AS gain
                             FROM customer c)"""
            )
        return SQL(
            """refund AS (
                   SELECT customer_id, SUM(revenue) AS revenue, SUM(margin) AS margin
                     FROM (%s) r
                 GROUP BY customer_id
               ), net AS (
                   SELECT c.*, COALESCE(r.revenue, 0) AS refunded,
                          c.ordered - COALESCE(r.revenue, 0) AS kept,
                          c.gained - COALESCE(r.margin, 0) AS gain
                     FROM customer c
                LEFT JOIN refund r ON r.customer_id = c.customer_id
               )""",
            self._facts()._refunds_sql(company, as_of, order_ids),
        )

    @api.model
    def _purchases_sql(self, orders, company) -> SQL:
        """Return the common table expressions that end in ``customer``.

        One row per customer: days, numbers and sums of his orders, and mean and sample
        standard deviation of the days between consecutive purchase days. Orders of
        one day are no gap apart, so the gaps above zero are those between purchase
        days, and the orders need no grouping by day before.
        """
        return SQL(
            """purchase AS (
                   SELECT customer_id, day, revenue, margin,
                          day - LAG(day) OVER (
                              PARTITION BY customer_id ORDER BY day) AS gap
                     FROM (SELECT *, %(day)s AS day FROM (%(orders)s) o) dated
               ), customer AS (
                   SELECT customer_id,
                          MIN(day) AS first_order_date,
                          MAX(day) AS last_order_date,
                          COUNT(*)::int AS order_count,
                          COUNT(*) > 1 AS is_repeat,
                          1 + COUNT(*) FILTER (WHERE gap > 0)::int
                              AS purchase_day_count,
                          SUM(revenue) AS ordered,
                          SUM(margin) AS gained,
                          AVG(gap) FILTER (WHERE gap > 0) AS mean_gap,
                          MAX(day) + ROUND(AVG(gap) FILTER (WHERE gap > 0))::int
                              AS next_order_date,
                          STDDEV_SAMP(gap) FILTER (WHERE gap > 0) AS gap_spread
                     FROM purchase
                 GROUP BY customer_id
               )""",
            day=self._facts()._local_day_sql(SQL("date_order"), company),
            orders=orders,
        )

    # --- STEP 3: BOUNDS

    @api.model
    def _read_bounds(self, policy, as_of):
        """Return ``{dimension: [bound of the scores 2 to 5]}`` for the facts at hand.

        Bounds are dates for recency and numbers otherwise; None: nobody gets there.
        """
        bounds = {}
        for dimension, column in SCORED.items():
            cuts = policy.cut_ids.filtered(lambda c, d=dimension: c.dimension == d)
            cuts = cuts.sorted("score")
            if policy[f"{dimension}_method"] == "quantile":
                bounds[dimension] = self._read_quantile_bounds(column, cuts)
            elif dimension == "recency":
                bounds[dimension] = [
                    self._read_day_before(as_of, cut.value) for cut in cuts
                ]
            else:
                bounds[dimension] = cuts.mapped("value")
        return bounds

    @api.model
    def _read_quantile_bounds(self, column, cuts):
        """Return for each cut the smallest value beyond its quantile, or None."""
        rows = self.env.execute_query(
            SQL(
                """WITH sorted AS (
                       SELECT ARRAY_AGG(%(column)s ORDER BY %(column)s) AS value,
                              COUNT(*) AS total
                         FROM crm_scorecard_facts WHERE active
                   ), quantile AS MATERIALIZED (
                       SELECT place, value[CEIL(total * percent / 100)] AS value
                         FROM sorted, UNNEST(%(percents)s::numeric[])
                              WITH ORDINALITY AS cut(percent, place)
                   )
                   SELECT (SELECT MIN(f.%(column)s) FROM crm_scorecard_facts f
                            WHERE f.active AND f.%(column)s > quantile.value)
                     FROM quantile
                 ORDER BY place""",
                column=SQL.identifier(column),
                percents=cuts.mapped("percent"),
            )
        )
        return [bound for [bound] in rows]

    @api.model
    def _read_day_before(self, as_of, days):
        [[day]] = self.env.execute_query(SQL("SELECT %s::date - %s", as_of, int(days)))
        return day

    @api.model
    def _store_bounds(self, policy, as_of):
        for dimension, bounds in self._read_bounds(policy, as_of).items():
            cuts = policy.cut_ids.filtered(lambda c, d=dimension: c.dimension == d)
            for cut, bound in zip(cuts.sorted("score"), bounds, strict=True):
                cut._set_bound(bound)
