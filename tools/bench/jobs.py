"""What is measured of the jobs that nobody waits for at the screen."""

import threading
import time

import hostdb
import psycopg2

from odoo import models
from odoo.fields import Command
from odoo.tools import SQL

# One customer's row per partner, from a scan of all orders, in one process
BASELINE = """
    SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL work_mem = '256MB';
    SET LOCAL jit = off; SET LOCAL cursor_tuple_fraction = 1;
    SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off;
    SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off;
    DECLARE baseline NO SCROLL CURSOR FOR
    SELECT partner_id, COUNT(*), SUM(amount_untaxed), MIN(date_order), MAX(date_order)
      FROM sale_order GROUP BY partner_id;
    MOVE FORWARD ALL IN baseline"""

# As the ORM writes an order: its amount, its date of change
TOUCH = """
    UPDATE sale_order SET amount_untaxed = amount_untaxed + 1,
           margin = margin + 1, write_date = now() AT TIME ZONE 'UTC'
     WHERE id IN (SELECT MAX(o.id) FROM sale_order o
                   WHERE o.state = 'sale' AND o.partner_id IN (
                         SELECT partner_id FROM crm_customer_scorecard
                          WHERE active ORDER BY random() LIMIT %s)
                GROUP BY o.partner_id)"""

#: What a user writes meanwhile: an order, its customer, a new contact of his
WRITE = """
    UPDATE sale_order SET write_date = now() AT TIME ZONE 'UTC' WHERE id = %(id)s;
    UPDATE res_partner SET write_date = now() AT TIME ZONE 'UTC'
     WHERE id = (SELECT partner_id FROM sale_order WHERE id = %(id)s);
    INSERT INTO res_partner (name, parent_id, commercial_partner_id, active, type,
           create_date, write_date, autopost_bills)
    SELECT 'Waiting', p.id, p.commercial_partner_id, false, 'other',
           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', 'ask'
      FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
     WHERE o.id = %(id)s"""

#: name and rule of segments, for one scheme of either kind
RULES = [
    ("Champions", [("scorecard_id.rfm_code", "=", "555")]),
    ("Group of the best", [("rfm_group_id.name", "=", "Champions")]),
    ("Revenue over 20,000", [("scorecard_id.revenue", ">", 20000)]),
    ("Revenue over 5,000, abroad", [
        ("scorecard_id.revenue", ">", 5000), ("country_id.code", "!=", "US")]),
    ("Frequent buyers", [("scorecard_id.order_count", ">=", 20)]),
    ("Overdue", [("scorecard_id.next_order_date", "<", "today"),
                 ("scorecard_id.is_repeat", "=", True)]),
    ("Once, long ago", [("scorecard_id.order_count", "=", 1),
                        ("scorecard_id.last_order_date", "<", "today -365d")]),
    ("New this quarter", [("scorecard_id.first_order_date", ">=", "today -90d")]),
    ("Good margin", [("scorecard_id.margin", ">", 2500)]),
    ("With refunds", [("scorecard_id.refunded_amount", ">", 0)]),
    ("German companies", [("country_id.code", "=", "DE"), ("is_company", "=", True)]),
    ("French persons", [("country_id.code", "=", "FR"), ("is_company", "=", False)]),
    ("Without salesperson", [("user_id", "=", False)]),
    ("First seller's", [("user_id.login", "=", "seller_1")]),
    ("Farms and mines", [("industry_id.name", "in", ["Agriculture", "Mining"])]),
    ("Large order lately", [("sale_order_ids", "any", [
        ("state", "=", "sale"), ("date_order", ">=", "today -120d"),
        ("amount_untaxed", ">", 1000)])]),
    ("Open quotation", [("sale_order_ids.state", "in", ["draft", "sent"])]),
    ("Open opportunity", [("opportunity_ids", "any", [
        ("won_status", "=", "pending"), ("expected_revenue", ">", 1000)])]),
    ("Monetary 5, recency 1", [("scorecard_id.monetary_score", "=", 5),
                               ("scorecard_id.recency_score", "=", 1)]),
    ("Everyone else", [("scorecard_id", "!=", False)]),
]  # fmt: skip


class Jobs:
    """The jobs on one database; every method returns seconds."""

    def __init__(self, session, name):
        self.session, self.name = session, name
        with session.environment() as env:
            self.customers = env.execute_query(
                SQL("SELECT COUNT(*) FROM res_partner WHERE parent_id IS NULL")
            )[0][0]

    def baseline(self):
        def work(env):
            env.cr.execute(BASELINE)
            env.cr.rollback()

        return self.session.median(work)

    # --- SCORECARDS

    @staticmethod
    def _policy(env):
        return env["crm.rfm.policy"]._ensure(env.company)

    def _refresh(self, mode):
        def work(env):
            return env["crm.scorecard.engine"]._refresh(self._policy(env), mode)

        return work

    def _empty(self, env):
        env.cr.execute("DELETE FROM crm_customer_scorecard")
        self._policy(env).write({"watermark": False})

    def rfm_part(self):
        """Scores and groups alone: no intervals, margin, refunds or invoices."""

        def work(env):
            engine, policy = env["crm.scorecard.engine"], self._policy(env)
            today = env["crm.sale.fact"]._get_today(env.company)
            engine._prepare_transaction()
            env.cr.execute(
                SQL(
                    """CREATE TEMPORARY TABLE crm_scorecard_facts ON COMMIT DROP AS
                       SELECT customer_id, MAX(%s) AS last_order_date,
                              COUNT(*) AS order_count, SUM(revenue) AS revenue,
                              true AS active
                         FROM (%s) o GROUP BY customer_id""",
                    env["crm.sale.fact"]._local_day_sql(SQL("date_order"), env.company),
                    env["crm.sale.fact"]._orders_sql(env.company, today),
                )
            )
            bounds = engine._read_bounds(policy, today)
            engine._collect_scores(policy, today, bounds)

        return self.session.median(work)

    def first_fill(self):
        return self.session.time(self._refresh("full"), prepare=self._empty)[0]

    def full_refresh(self):
        return self.session.median(self._refresh("full"))

    def full_refresh_all_differ(self):
        def prepare(env):
            env.cr.execute(
                "UPDATE crm_customer_scorecard"
                " SET margin = margin + 1, rfm_code = '000'"
            )

        return self.session.time(self._refresh("full"), prepare=prepare)[0]

    def touch(self, customers):
        """Let the second of the last refresh pass, or its changes count again."""

        def prepare(env):
            env.cr.execute("SELECT pg_sleep(1.1)")
            env.cr.commit()  # style: CRM117 a script of its own transactions
            env.cr.execute(TOUCH, (customers,))

        return prepare

    def incremental(self, customers):
        prepare = self.touch(customers) if customers else None
        return self.session.median(self._refresh("incremental"), prepare=prepare)

    def incremental_in_database(self):
        return self.median_in_database(self._refresh("incremental"))

    def median_in_database(self, refresh):
        """The time that refreshes of one changed customer wait for the database."""
        times = sorted(
            self.session.database_time(refresh, self.touch(1)) for _turn in range(5)
        )
        return times[2]

    def month_end(self):
        """The first month end, into the empty table, and the two that follow it."""
        with self.session.environment() as env:
            env.cr.execute("DELETE FROM crm_customer_scorecard_history")
            self._policy(env).write({"history_until": False, "history_months": 4})

        def work(env):
            policy = self._policy(env)
            month_end = policy._get_missing_month_ends()[0]
            return env["crm.scorecard.engine"]._snapshot(policy, month_end)

        return self.session.median(work)

    # --- SEGMENTS AND MEASURES

    def make_segments(self):
        """One exclusive scheme with the first ten rules, one free with the others."""
        with self.session.environment() as env:
            former = env["crm.segmentation"].search([("name", "like", "Benchmark, ")])
            env.cr.execute(
                "DELETE FROM crm_segment_membership WHERE segmentation_id = ANY(%s)",
                (former.ids,),
            )
            former.unlink()
            for kind, rules in (("exclusive", RULES[:10]), ("free", RULES[10:])):
                env["crm.segmentation"].create(
                    {
                        "name": f"Benchmark, {kind}",
                        "kind": kind,
                        "segment_ids": [
                            Command.create(
                                {"name": name, "domain": repr(rule), "sequence": place}
                            )
                            for place, (name, rule) in enumerate(rules)
                        ],
                    }
                )

    @staticmethod
    def _segment(env):
        schemes = env["crm.segmentation"].search([("name", "like", "Benchmark, ")])
        schemes._refresh()

    def place_all(self):
        return self.session.time(self._segment)[0]

    def segment_refresh(self):
        """After a change of one customer in a hundred."""

        def prepare(env):
            env.cr.execute(
                """UPDATE crm_customer_scorecard
                      SET revenue = revenue + 5000, margin = margin + 2500
                    WHERE id % 100 = 1"""
            )

        return self.session.median(self._segment, prepare=prepare)

    def date_back_memberships(self):
        """Let the stays begin two months ago, so that migration has two dates."""
        with self.session.environment() as env:
            env.cr.execute(
                """UPDATE crm_segment_membership
                      SET date_start = date_start - INTERVAL '60 days'"""
            )

    def measures(self):
        def work(env):
            env["crm.measure"].search([])._refresh_values(23)

        return self.session.time(work)[0]

    # --- WAITING

    @staticmethod
    def whole_run(mode):
        """Return the work of a run as people start it: scorecards and all 7 P."""

        def work(env):
            return env["crm.scorecard.run"]._refresh(env.company, mode=mode)

        return work

    def longest_wait(self):
        """The longest write of an order and its customer during refreshes."""
        done, waits = threading.Event(), []

        def refresh():
            try:
                self.session.time(self.whole_run("full"), prepare=self._empty)
                self.session.time(self._segment)
            finally:
                done.set()

        worker = threading.Thread(target=refresh)
        connection = psycopg2.connect(dbname=self.name)
        worker.start()
        with connection.cursor() as cursor:
            cursor.execute("SELECT MIN(id), MAX(id) - MIN(id) FROM sale_order")
            first, span = cursor.fetchone()
            turn = 0
            while not done.is_set():
                turn += 1
                started = time.monotonic()
                cursor.execute(WRITE, {"id": first + turn * 7919 % (span + 1)})
                connection.commit()  # style: CRM117 a script of its own transactions
                waits.append(time.monotonic() - started)
                time.sleep(0.02)
        worker.join()
        connection.close()
        return max(waits)


def own_indexes(name):
    """Names of our indexes on the host's tables that the database has."""
    rows = hostdb.query(
        name,
        """SELECT indexname FROM pg_indexes
            WHERE tablename NOT LIKE 'crm\\_%%'
              AND indexname LIKE '%%\\_crm\\_%%'""",
    )
    return {name for [name] in rows}


def expected_indexes(registry):
    """Names of our indexes on the host's tables that the code declares."""
    names = set()
    for model in registry.values():
        for table_object in model._table_objects.values():
            if isinstance(table_object, models.Constraint):
                continue
            name = table_object.full_name(model)
            if "_crm_" in name and not name.startswith("crm_"):
                names.add(name)
    return names
