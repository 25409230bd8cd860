from odoo import api, models
from odoo.tools import SQL

from ...tools import month
from .crm_scorecard_columns import COUNTS, SCORED


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
        :return: dict with mode, as_of, customers, inserted, updated, deleted,
            corrected (rows of a full refresh that no known change explains) and, of
            an incremental one, changed: the ids of the customers looked at, or None
            where they are so many that they stay in a table
        """
        policy._lock_for_refresh()
        company = policy.company_id
        # these alone: the host would read all columns of both
        company.fetch(["partner_id", "currency_id"])
        company.partner_id.fetch(["tz"])
        as_of = as_of or self._facts()._get_today(company)
        mode = self._effective_mode(policy, mode, as_of)
        self._prepare_transaction()
        watermark = watermark or self.env["crm.watermark"]._read()
        refresh = self._refresh_all if mode == "full" else self._refresh_changed
        counts = refresh(policy, as_of)
        policy._mark_refreshed(watermark, as_of, full=mode == "full")
        self.env["crm.customer.scorecard"].invalidate_model()
        return {"mode": mode, "as_of": as_of, **counts}

    @api.model
    def _refresh_all(self, policy, as_of):
        """Score every customer by new bounds; return counts of what was done."""
        company = policy.company_id
        self._store_credits(company)
        self._collect_changed(policy, as_of)
        self._collect_facts(company, as_of)
        policy._check_cuts()
        self._store_bounds(policy, as_of)
        counts = self._apply(policy, as_of)
        self._clear_queue(company)
        return counts

    @api.model
    def _refresh_changed(self, policy, as_of):
        """Score the changed customers by the bounds in force; return counts.

        As far as they can be named one by one, one statement does all the steps:
        making tables and planning many statements takes longer than the work itself.
        """
        company = policy.company_id
        changed = self._read_changed(policy, as_of)
        if changed and not changed.customer_ids:
            return {**dict.fromkeys(COUNTS, 0), "changed": []}
        if changed:
            counts = self._apply_changed(policy, as_of, changed)
        else:
            self._store_credits(company)
            self._collect_changed(policy, as_of)
            customers = SQL("SELECT customer_id FROM crm_scorecard_changed")
            self._collect_facts(company, as_of, customers)
            counts = self._apply(policy, as_of, only_changed=True)
        if not changed or changed.is_queued:
            self._clear_queue(company)
        counts["changed"] = changed and changed.customer_ids
        return counts

    @api.model
    def _snapshot(self, policy, month_end):
        """Add the scorecards as of ``month_end`` to the history; commits nothing.

        :return: dict with as_of, customers and inserted (history rows added)
        """
        policy._lock_for_refresh()
        company = policy.company_id
        self._prepare_transaction()
        self._store_credits(company)
        self._collect_facts(company, month_end)
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
        self._facts()._prepare_planner()

    # --- STEP 2: FACTS

    @api.model
    def _keep_refunds(self, company, as_of, credited=None):
        """Keep what credit notes took back for all that follows: the way is long.

        Makes ``crm_scorecard_refunded``, with the rows of ``_refund_movements_sql``.

        :param credited: statement giving the ``order_id`` to look at, all if None
        """
        credited = credited or SQL("SELECT order_id FROM crm_scorecard_credit")
        moved = self._facts()._refund_movements_sql(company, as_of, credited)
        self._make_table("crm_scorecard_refunded", moved)

    @api.model
    def _collect_facts(self, company, as_of, customers=None):
        self._keep_refunds(company, as_of)
        facts = self._facts_sql(company, as_of, customers)
        self._make_table("crm_scorecard_facts", facts)

    @api.model
    def _make_table(self, name, rows: SQL):
        """Keep ``rows`` for this transaction; the planner must know how many."""
        table = SQL.identifier(name)
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", table))
        self.env.cr.execute(
            SQL("CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s", table, rows)
        )
        self.env.cr.execute(SQL("ANALYZE %s (customer_id)", table))

    @api.model
    def _facts_sql(self, company, as_of, customers=None, order_ids=None) -> SQL:
        """Return one row per customer with every column of :data:`FACTS`.

        :param customers: statement giving the ids of the customers, or a list of them,
            or None for all
        :param order_ids: their orders with credit notes, or None for all there are
        """
        facts, scope, partners = self._facts(), SQL(), None
        partner = SQL("res_partner")
        if customers:
            partners = partner = SQL("scope")
            scope = SQL("scope AS MATERIALIZED %s,", facts._partners_sql(customers))
        orders = facts._orders_sql(company, as_of, partners=partners)
        return SQL(
            """WITH %(scope)s %(purchases)s, %(net)s,
               invoice AS (
                   SELECT customer_id, SUM(amount) AS amount
                     FROM (%(invoices)s) i
                 GROUP BY customer_id
               )
               SELECT n.customer_id, n.first_order_date, n.last_order_date,
                      n.is_repeat, n.order_count, n.purchase_day_count,
                      ROUND(n.kept, %(digits)s) AS revenue,
                      ROUND(n.refunded, %(digits)s) AS refunded_amount,
                      ROUND(n.gain, %(digits)s) AS margin,
                      ROUND(n.kept / n.order_count, %(digits)s) AS average_order,
                      ROUND(n.mean_gap, 2)::float8 AS interval_mean,
                      ROUND(n.gap_spread, 2)::float8 AS interval_spread,
                      n.next_order_date, COALESCE(p.active, false) AS active,
                      ROUND(COALESCE(i.amount, 0), %(digits)s) AS invoiced_amount
                 FROM net n JOIN %(partner)s p ON p.id = n.customer_id
            LEFT JOIN invoice i USING (customer_id)""",
            scope=scope,
            purchases=self._purchases_sql(orders, company),
            net=self._net_sql(company, as_of, order_ids),
            invoices=facts._invoices_sql(company, as_of, partners),
            digits=company.currency_id.decimal_places,
            partner=partner,
        )

    @api.model
    def _net_sql(self, company, as_of, order_ids) -> SQL:
        """Return the common table expression ``net``: customers less their refunds.

        :param order_ids: orders with credit notes, or None for all that are kept
        """
        if order_ids == []:
            return SQL(
                """net AS (SELECT c.*, 0::numeric AS refunded,
                                  c.ordered AS kept, c.gained AS gain
                             FROM customer c)"""
            )
        facts = self._facts()
        if order_ids:
            credited = SQL("SELECT UNNEST(%s) AS order_id", order_ids)
            refunds = facts._refunds_sql(company, as_of, credited)
        else:
            refunds = facts._refunds_sql(company, moved=SQL("crm_scorecard_refunded"))
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
            refunds,
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
