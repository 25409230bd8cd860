from unittest.mock import patch

from odoo.exceptions import LockError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .lifecycle_common import LifecycleCommon


@tagged("post_install", "-at_install")
class TestCrmLifecyclePolicy(LifecycleCommon):
    # --- POLICY

    def test_rules_that_contradict_each_other_are_refused(self):
        for vals in (
            {"lapse_factor": 0.5},
            {"loyal_max_interval_days": 61},
        ):
            with self.assertRaises(ValidationError):
                self.policy.write(vals)
        self.policy.write({"loyal_max_interval_days": 61, "lapse_factor": 2})

    def test_changed_rules_move_everyone_at_the_next_refresh(self):
        customer = self._customer("Rules", 40)
        self._refresh()
        self.policy.lapse_days = 30
        self.assertTrue(self.policy.is_stale)
        self.assertState(customer, "buying")
        self.assertEqual(self._refresh("incremental")["mode"], "full")
        self.assertState(customer, "lapsed")
        self.assertFalse(self.policy.is_stale)

    def test_preview_counts_what_a_refresh_does_and_moves_nobody(self):
        self._customer("A", 40)
        self._customer("B", 5)
        self._refresh()
        wizard = self.env["crm.lifecycle.preview"].create(
            {"policy_id": self.policy.id, **self.policy._get_threshold_vals()}
        )
        wizard.lapse_days = 30
        wizard.action_count()
        lines = {line.state: line for line in wizard.line_ids}
        buying, lapsed = lines["buying"], lines["lapsed"]
        self.assertEqual(buying.now_count - buying.then_count, buying.leaving_count)
        self.assertEqual(lapsed.then_count - lapsed.now_count, 1)
        self.assertEqual((lapsed.entering_count, wizard.moving_count), (1, 1))
        self.assertEqual(self.policy.lapse_days, 60)
        then = {line.state: line.then_count for line in wizard.line_ids}
        wizard.action_apply()
        found = self.env["crm.lifecycle.transition"]._read_group(
            [("date_end", "=", False), ("company_id", "=", self.company_a.id)],
            ["state"],
            ["__count"],
        )
        self.assertEqual(dict(found), {s: count for s, count in then.items() if count})

    def test_two_refreshes_of_a_company_do_not_run_at_once(self):
        with (
            patch.object(type(self.policy), "lock_for_update", side_effect=self._busy),
            self.assertRaises(UserError),
        ):
            self.policy._refresh()

    def _busy(self, **_kwargs):
        raise LockError("busy")

    # --- CRON

    def _run_cron(self, name="incremental"):
        with self.enter_registry_test_mode():
            self.env.ref(
                f"crm_strategy.ir_cron_lifecycle_{name}"
            ).method_direct_trigger()
        self.env.invalidate_all()

    @mute_logger("odoo.sql_db")
    def test_a_company_that_fails_keeps_its_error_and_stops_no_other(self):
        other = self.env["crm.lifecycle.policy"].create(
            {"company_id": self.company_b.id}
        )
        customer = self._customer("Cron", 5)
        engine = type(self.env["crm.lifecycle.engine"])
        original = engine._collect_changes

        def poison(this, policy, *args):
            if policy.company_id == self.company_b:
                this.env.cr.execute("SELECT 1 / 0")
            return original(this, policy, *args)

        with patch.object(engine, "_collect_changes", poison):
            self._run_cron("full")
        self.assertIn("division by zero", other.refresh_error)
        self.assertFalse(other.date_refresh)
        self.assertFalse(self.policy.refresh_error)
        self.assertState(customer, "buying")
        self._run_cron("full")
        self.assertFalse(other.refresh_error)
        count = len(self._stays(customer))
        self._run_cron()
        self.assertEqual(len(self._stays(customer)), count)

    def test_a_company_gets_its_policy_when_it_begins_to_sell(self):
        company = self.env["res.company"].create({"name": "Starts to sell"})
        policies = self.env["crm.lifecycle.policy"]
        self.env.user.company_ids = [Command.link(company.id)]
        self._run_cron()
        self.assertFalse(policies.search([("company_id", "=", company.id)]))
        customer = self._create_customer("First")
        self.env["crm.lead"].create(
            {"name": "L", "partner_id": customer.id, "company_id": company.id}
        )
        self._run_cron()
        self.assertTrue(policies.search([("company_id", "=", company.id)]))
