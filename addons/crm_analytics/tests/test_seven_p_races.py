from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import SQL, mute_logger

#: rules that a refresh writes to; restored after each test
RULES = ("crm_rfm_policy", "crm_rfm_cut", "crm_profit_policy")


@tagged("post_install", "-at_install")
class TestSevenPRaces(BaseCase):
    """Refreshes, readers and a killed server, each with a connection of its own.

    What they do is committed, so everything made here is deleted again.
    """

    @contextmanager
    def _connect(self):
        with Registry(get_db_name()).cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def setUp(self):
        super().setUp()
        registry = Registry(get_db_name())
        self.engine = registry["crm.scorecard.part.engine"]
        with self._connect() as env:
            self.company_id = env.ref("base.main_company").id
            self.tables = self._get_tables(env)
            self.highest = {name: self._read_highest(env, name) for name in self.tables}
            self.rules = {name: self._read_rows(env, name) for name in RULES}
            self.partner_ids, self.product_id = self._create_world(env)
        self.addCleanup(self._drop_world)
        with self._connect() as env:
            run = env["crm.scorecard.run"]._refresh(self._company(env), mode="full")
            self.assertEqual(run.state, "done")

    def _company(self, env):
        return env["res.company"].browse(self.company_id)

    # --- WHAT IS COMMITTED, AND DELETED AGAIN

    def _create_world(self, env):
        partners = env["res.partner"].create(
            [{"name": f"Race {number}", "is_company": True} for number in range(2)]
        )
        product = env["product.product"].create(
            {"name": "Race Hour", "type": "service", "taxes_id": [Command.clear()]}
        )
        for partner in partners:
            self._order(env, partner, product, 200)
        return partners.ids, product.id

    def _order(self, env, partner, product, days):
        order = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": self.company_id,
                "order_line": [
                    Command.create({"product_id": product.id, "price_unit": 100})
                ],
            }
        )
        order.action_confirm()
        order.date_order = fields.Datetime.now() - timedelta(days=days)

    def _get_tables(self, env):
        """Return the tables of this add-on."""
        return [
            model._table
            for model in env.registry.values()
            if model._original_module == "crm_analytics"
            and model._auto
            and not (model._abstract or model._transient)
        ]

    def _read_highest(self, env, table):
        sql = SQL("SELECT COALESCE(MAX(id), 0) FROM %s", SQL.identifier(table))
        return env.execute_query(sql)[0][0]

    def _read_rows(self, env, table):
        sql = SQL("SELECT id, TO_JSONB(t)::text FROM %s t", SQL.identifier(table))
        return env.execute_query(sql)

    def _drop_world(self):
        with self._connect() as env:
            orders = env["sale.order"].search([("partner_id", "in", self.partner_ids)])
            env.cr.execute(
                SQL(
                    "UPDATE sale_order SET state = 'cancel' WHERE id = ANY(%s)",
                    orders.ids,
                )
            )
            env.invalidate_all(flush=False)
            orders.unlink()
            env.flush_all()
            todo = list(self.tables)
            while todo:
                todo = [name for name in todo if not self._drop_rows(env, name)]
            for table, rows in self.rules.items():
                for row_id, row in rows:
                    self._restore(env, table, row_id, row)
            env.invalidate_all(flush=False)
            env["product.product"].browse(self.product_id).product_tmpl_id.unlink()
            env["res.partner"].browse(self.partner_ids).unlink()
            env.flush_all()
            env.cr.execute("DELETE FROM crm_scorecard_queue")

    @mute_logger("odoo.sql_db")
    def _drop_rows(self, env, table):
        """Delete the new rows; return whether no other table refers to them still."""
        try:
            with env.cr.savepoint(flush=False):
                env.cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE id > %s",
                        SQL.identifier(table),
                        self.highest[table],
                    )
                )
        except psycopg2.errors.ForeignKeyViolation:
            return False
        return True

    def _restore(self, env, table, row_id, row):
        names = SQL(", ").join(
            SQL.identifier(column)
            for [column] in env.execute_query(
                SQL(
                    """SELECT column_name FROM information_schema.columns
                        WHERE table_name = %s AND column_name <> 'id'""",
                    table,
                )
            )
        )
        env.cr.execute(
            SQL(
                """UPDATE %(table)s SET (%(names)s) = (
                       SELECT %(names)s
                         FROM JSONB_POPULATE_RECORD(NULL::%(table)s, %(row)s::jsonb))
                    WHERE id = %(id)s""",
                table=SQL.identifier(table),
                names=names,
                row=row,
                id=row_id,
            )
        )

    # --- WHAT HAPPENS

    def _buy(self):
        """Let the first customer order again."""
        with self._connect() as env:
            partner = env["res.partner"].browse(self.partner_ids[0])
            product = env["product.product"].browse(self.product_id)
            self._order(env, partner, product, 20)

    def _read(self, env):
        """Return the rows of the customers: ``{model: rows}``."""
        models = {"core": env["crm.customer.scorecard"]}
        models |= env["crm.scorecard.part.engine"]._get_models()
        return {
            name: env.execute_query(
                SQL(
                    "SELECT * FROM %s WHERE partner_id = ANY(%s) ORDER BY partner_id",
                    SQL.identifier(model._table),
                    self.partner_ids,
                )
            )
            for name, model in models.items()
        }

    def _read_anew(self):
        with self._connect() as env:
            return self._read(env)

    def _refresh(self, env, in_the_middle):
        """Do the job's full refresh; ``in_the_middle`` is called before the scores."""
        work = self.engine._run_step

        def run_step(model, policy, run, step, *args):
            if step == "score":
                in_the_middle()
            return work(model, policy, run, step, *args)

        runs = env["crm.scorecard.run"]
        policy = env["crm.rfm.policy"]._ensure(self._company(env))
        with patch.object(self.engine, "_run_step", run_step):
            return runs._cron_do_task(policy, "full", None)

    # --- TESTS

    def test_a_second_run_says_that_there_is_one_already(self):
        self._buy()
        before = self._read_anew()
        seen = []

        def look():
            with self._connect() as env:
                runs = env["crm.scorecard.run"]
                with self.assertRaisesRegex(UserError, "being refreshed right now"):
                    runs._refresh(self._company(env), mode="incremental")
                env.cr.rollback()
                # the job leaves it to the one at work, and leaves no record
                count = runs.search_count([])
                policy = env["crm.rfm.policy"]._ensure(self._company(env))
                self.assertFalse(runs._cron_do_task(policy, "incremental", None))
                self.assertEqual(runs.search_count([]), count)
                runs._mark_interrupted()
                [running] = runs.search([("state", "=", "running")])
                self.assertEqual(running.progress, 80)  # 8 of 10 steps
                seen.append(running.id)

        with self._connect() as env:
            run = self._refresh(env, look)
            self.assertEqual((run.error, run.state, seen), (False, "done", [run.id]))
        self.assertNotEqual(self._read_anew(), before)

    def test_readers_see_all_old_or_all_new_rows(self):
        self._buy()
        before = self._read_anew()
        self.assertTrue(all(map(len, before.values())))
        with self._connect() as reader:
            with self._connect() as env:
                self._refresh(env, lambda: self.assertEqual(self._read(reader), before))
                self.assertEqual(self._read_anew(), before, "not yet committed")
            self.assertEqual(self._read(reader), before, "what it began with")
        after = self._read_anew()
        changed = {name for name, rows in after.items() if rows != before[name]}
        self.assertLessEqual({"core", "persistency", "profitability", "score"}, changed)

    @mute_logger("odoo.sql_db", "odoo.addons.crm_analytics.models.crm_run_mixin")
    def test_a_killed_run_leaves_the_old_figures_and_the_next_goes_on(self):
        self._buy()
        before = self._read_anew()
        killed = []

        def kill():
            with self._connect() as other:
                other.execute_query(
                    SQL("SELECT pg_terminate_backend(%s, 10000)", killed[0])
                )

        with self.assertRaises(psycopg2.Error), self._connect() as env:
            killed += env.execute_query(SQL("SELECT pg_backend_pid()"))[0]
            self._refresh(env, kill)
        self.assertEqual(self._read_anew(), before)
        with self._connect() as env:
            runs = env["crm.scorecard.run"]
            dead = runs.search([("state", "=", "running")])
            self.assertEqual(len(dead), 1)
            runs._mark_interrupted()
            self.assertEqual(dead.state, "interrupted")
            self.assertIn("Nothing of it was kept", dead.error)
            run = self._refresh(env, lambda: None)
            self.assertEqual(run.state, "done")
        after = self._read_anew()
        self.assertNotEqual(after["core"], before["core"])
        self.assertNotEqual(after["score"], before["score"])
