from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.rfm import crm_rfm_policy_refresh
from .common import ScorecardCommon

CRON = "ir_cron_scorecard_incremental"


@tagged("post_install", "-at_install")
class TestCrmScorecardRun(ScorecardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._create_customer("Regular")
        cls._create_order(cls.customer, "2026-01-10", 100)
        cls._create_order(cls.customer, "2026-03-10", 300)
        cls.engine = type(cls.env["crm.scorecard.engine"])

    def _history(self, partner=None):
        rows = self.env["crm.customer.scorecard.history"].search(
            [("partner_id", "=", (partner or self.customer).id)], order="date_start"
        )
        return [
            (str(row.date_start), str(row.date_end or ""), row.order_count)
            for row in rows
        ]

    def test_a_run_tells_what_it_did(self):
        run = self._refresh("2026-02-10")
        self.assertEqual(
            (run.state, run.mode, str(run.as_of), run.customer_count),
            ("done", "full", "2026-02-10", 1),
        )
        self.assertEqual(
            (run.inserted_count, run.updated_count, run.deleted_count), (1, 0, 0)
        )
        self.assertEqual(run.parameters["recency"]["method"], "quantile")
        again = self._refresh("2026-02-10")
        self.assertEqual(
            (again.inserted_count, again.updated_count, again.corrected_count),
            (0, 0, 0),
        )

    def test_unchanged_rows_are_not_written(self):
        self._refresh("2026-02-10")
        self.env.cr.execute("UPDATE crm_customer_scorecard SET write_uid = NULL")
        self._refresh("2026-02-10")
        self._refresh("2026-02-10", "incremental")
        self.env.invalidate_all()
        self.assertFalse(self._card(self.customer).write_uid)

    def test_incremental_finds_what_was_written_and_what_became_due(self):
        self._refresh("2026-03-05")
        self._backdate()
        run = self._refresh("2026-03-05", "incremental")
        self.assertEqual((run.mode, run.customer_count), ("incremental", 0))
        run = self._refresh("2026-03-10", "incremental")
        self.assertEqual((run.mode, run.customer_count), ("incremental", 1))
        self.assertCard(self.customer, order_count=2)

    def test_a_new_month_or_an_earlier_day_takes_a_full_refresh(self):
        self._refresh("2026-03-31")
        self.assertEqual(self._refresh("2026-04-01", "incremental").mode, "full")
        self.assertEqual(self._refresh("2026-03-31", "incremental").mode, "full")

    def test_nightly_refresh_reports_what_nothing_told(self):
        self._refresh("2026-04-10")
        self._backdate()
        self.env.cr.execute(
            "UPDATE sale_order SET amount_untaxed = 777 WHERE partner_id = %s",
            (self.customer.id,),
        )
        self.env.invalidate_all()
        run = self._refresh("2026-04-10")
        self.assertEqual(run.corrected_count, 1)
        self.assertCard(self.customer, revenue=1554.0)

    def test_former_customer_of_a_moved_order_is_scored_again(self):
        heir = self._create_customer("Heir")
        self._refresh("2026-04-10")
        self._backdate()
        self.env["sale.order"].search(
            [("partner_id", "=", self.customer.id)], limit=1
        ).partner_id = heir
        self._refresh("2026-04-10", "incremental")
        self.assertCard(self.customer, order_count=1)
        self.assertCard(heir, order_count=1)
        queued = self.env["crm.scorecard.queue"].search([]).company_id
        self.assertNotIn(self.company, queued)

    def test_cancelled_last_order_removes_the_row(self):
        self._refresh("2026-04-10")
        self._backdate()
        orders = self.env["sale.order"].search([("partner_id", "=", self.customer.id)])
        orders._action_cancel()
        run = self._refresh("2026-04-10", "incremental")
        self.assertEqual(run.deleted_count, 1)
        self.assertFalse(self._card(self.customer))

    def test_policy_may_look_at_an_earlier_day(self):
        self.policy.as_of_date = date(2026, 2, 1)
        self.env["crm.scorecard.run"]._refresh(self.company)
        self.assertCard(self.customer, order_count=1, recency_days=22)

    # --- MONTH ENDS

    def test_history_keeps_changes_only(self):
        engine = self.env["crm.scorecard.engine"]
        for month_end in (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)):
            engine._snapshot(self.policy, month_end)
        self.assertEqual(
            self._history(),
            [("2026-01-31", "2026-03-31", 1), ("2026-03-31", "", 2)],
        )

    def test_history_ends_with_the_last_order(self):
        engine = self.env["crm.scorecard.engine"]
        engine._snapshot(self.policy, date(2026, 1, 31))
        self.env["sale.order"].search(
            [("partner_id", "=", self.customer.id)]
        )._action_cancel()
        engine._snapshot(self.policy, date(2026, 2, 28))
        self.assertEqual(self._history(), [("2026-01-31", "2026-02-28", 1)])

    # --- CRON AND FAILURE

    def _trigger(self, xml_id):
        with self.enter_registry_test_mode():
            self.env.ref(f"crm_analytics.{xml_id}").method_direct_trigger()
        self.env.invalidate_all()

    @freeze_time("2026-04-10 04:00:00")
    def test_nightly_cron_adds_missing_month_ends_once(self):
        self.policy.history_months = 3
        for _night in range(2):
            self._trigger("ir_cron_scorecard_full")
            self.assertEqual(
                self._history(),
                [("2026-01-31", "2026-03-31", 1), ("2026-03-31", "", 2)],
            )
        runs = self.env["crm.scorecard.run"].search(
            [("company_id", "=", self.company.id)], order="id"
        )
        self.assertEqual(
            runs.mapped("mode"), ["month_end", "month_end", "month_end", "full", "full"]
        )
        self.assertEqual(set(runs.mapped("state")), {"done"})
        self.assertCard(self.customer, previous_date="2026-03-31", order_count=2)

    @freeze_time("2026-04-10 04:00:00")
    @mute_logger("odoo.addons.crm_analytics.models.crm_run_mixin")
    def test_a_failing_company_stops_neither_itself_nor_the_others(self):
        self._create_order(self.customer, "2026-01-10", 50, company=self.other_company)
        self._refresh("2026-04-10")
        collect, poisoned = self.engine._scores_sql, self.company

        def fail(engine, policy, *args):
            if policy.company_id == poisoned:
                raise UserError(engine.env._("Out of order"))
            return collect(engine, policy, *args)

        with patch.object(self.engine, "_scores_sql", fail):
            self._trigger(CRON)
        last = {
            run.company_id: run
            for run in self.env["crm.scorecard.run"].search([], order="id")
        }
        self.assertEqual(last[self.company].state, "failed")
        self.assertEqual(last[self.company].error, "Out of order")
        self.assertEqual(last[self.other_company].state, "done")
        self.assertCard(self.customer, order_count=2)
        self.assertCard(self.customer, self.other_company, order_count=1)

    @mute_logger("odoo.addons.crm_analytics.models.crm_run_mixin")
    def test_button_reports_a_failure_and_changes_nothing(self):
        self._refresh("2026-04-10")
        self.env["sale.order"].search(
            [("partner_id", "=", self.customer.id)], limit=1
        ).order_line.price_unit = 1
        with patch.object(
            self.engine, "_apply", side_effect=UserError("No space left")
        ):
            action = self.policy.with_user(self.analyst).action_refresh()
        self.assertEqual(action["params"]["type"], "danger")
        self.assertIn("No space left", action["params"]["message"])
        self.assertCard(self.customer, revenue=400.0)
        action = self.policy.with_user(self.analyst).action_refresh()
        self.assertEqual(action["params"]["type"], "success")

    def test_idle_run_leaves_no_record(self):
        self.env["crm.scorecard.run"]._refresh(self.company)
        self.env["crm.scorecard.run"]._refresh(self.other_company)
        self._backdate()
        self._trigger(CRON)
        runs = self.env["crm.scorecard.run"].search(
            [("company_id", "in", (self.company | self.other_company).ids)]
        )
        self.assertEqual(len(runs), 2)

    def test_interrupted_run_is_closed_by_the_next(self):
        run = self.env["crm.scorecard.run"]._start(self.company, "full")
        self._trigger(CRON)
        self.assertEqual(run.state, "interrupted")
        self.assertIn("stopped", run.error)

    # --- ASKED FOR, WHERE IT TAKES LONG

    def _ask(self, user):
        """Press the button of a company with many orders."""
        policy = self.policy.browse(self.policy.id).with_user(user)
        with patch.object(crm_rfm_policy_refresh, "AT_ONCE", 0):
            return policy.action_refresh()

    def _get_asked(self):
        return self.env["crm.scorecard.run"].search(
            [("company_id", "=", self.company.id), ("state", "=", "asked")]
        )

    def _get_refresh(self, user, company=None):
        policies = self.env["crm.rfm.policy"].with_user(user)
        return policies.get_refresh((company or self.company).id)

    def _trigger_told(self):
        """Start the job; return ``(receiver, notification)`` of what it told."""
        told = []

        def send(_bus, channel, kind, message):
            if kind == "simple_notification":
                told.append((channel, message))

        with patch.object(type(self.env["bus.bus"]), "_sendone", send):
            self._trigger(CRON)
        return told

    @freeze_time("2026-04-10 04:00:00")
    def test_a_long_refresh_is_asked_for_and_done_once_by_the_job(self):
        for user in (self.analyst, self.manager):
            self.assertEqual(self._ask(user)["params"]["type"], "info")
        asked = self._get_asked()
        self.assertEqual((asked.mode, asked.user_id), ("full", self.analyst))
        self.assertFalse(self._card(self.customer))
        self.policy.invalidate_recordset()
        self.assertEqual(self.policy.asked_by_id, self.analyst)
        self.assertEqual(
            self._get_refresh(self.analyst),
            {
                "asked": "2026-04-10 04:00:00",
                "running": False,
                "percent": 0,
                "error": False,
                "refreshed_at": False,
            },
        )
        [[receiver, message]] = self._trigger_told()
        self.assertEqual(receiver, self.analyst.partner_id)
        self.assertEqual(message["type"], "success")
        self.assertIn("1 customers scored", message["message"])
        self.assertCard(self.customer, order_count=2)
        run = self.env["crm.scorecard.run"].search(
            [("company_id", "=", self.company.id), ("mode", "=", "full")]
        )
        self.assertEqual((run.state, run.user_id), ("done", self.analyst))
        refresh = self._get_refresh(self.analyst)
        self.assertEqual(
            (refresh["asked"], refresh["refreshed_at"]), (False, "2026-04-10 04:00:00")
        )
        self.assertEqual(self._trigger_told(), [])

    @mute_logger("odoo.addons.crm_analytics.models.crm_run_mixin")
    def test_who_asked_is_told_of_a_failure(self):
        self._ask(self.analyst)
        with patch.object(
            self.engine, "_apply", side_effect=UserError("No space left")
        ):
            [[receiver, message]] = self._trigger_told()
        self.assertEqual(receiver, self.analyst.partner_id)
        self.assertEqual(
            (message["type"], message["message"]), ("danger", "No space left")
        )
        self.assertFalse(self._get_asked())

    def test_a_request_outlives_a_stop_of_the_server(self):
        self._ask(self.analyst)
        run = self.env["crm.scorecard.run"]._start(self.company, "full")
        with patch.object(
            type(self.policy), "try_lock_for_update", lambda policy, **_kw: policy[:0]
        ):
            self.assertEqual(self._trigger_told(), [])
        self.assertTrue(self._get_asked())
        self.assertEqual(len(self._trigger_told()), 1)
        self.assertEqual(run.state, "interrupted")
        self.assertFalse(self._get_asked())
        self.assertCard(self.customer, order_count=2)

    def test_nothing_is_asked_for_without_the_job(self):
        self.env.ref(f"crm_analytics.{CRON}").active = False
        with self.assertRaisesRegex(UserError, "switched off"):
            self._ask(self.analyst)

    def test_a_salesperson_neither_asks_nor_looks(self):
        for user in (self.seller, self.clerk):
            with self.assertRaises(AccessError):
                self._ask(user)
            with self.assertRaises(AccessError):
                self._get_refresh(user)
        with self.assertRaises(AccessError):
            self._get_refresh(self.analyst, self.other_company)
        self.assertFalse(self._get_asked())
