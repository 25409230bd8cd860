from unittest.mock import patch

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..tools.measure_trend import MeasureResult
from .concept_common import TODAY, ConceptCommon

LOGGER = "odoo.addons.crm_strategy.models.alert.crm_alert_watch"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCrmAlertCron(ConceptCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("crm_strategy.ir_cron_alert_watch")
        cls.env["crm.alert.rule"].search([]).active = False
        cls.poison = cls._create_rule(name="Poison")
        cls.rules = cls.poison
        for index in range(5):
            cls.rules |= cls._create_rule(name=f"Rule {index}")

    def _run_cron(self):
        self.rules.check_due = False
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def _break(self, rule_class):
        original = rule_class._get_condition

        def fail(rule):
            if rule.name == "Poison":
                rule.env.cr.execute("SELECT 1 / 0")
            return original(rule)

        return patch.object(rule_class, "_get_condition", fail)

    def test_cron_raises_once(self):
        self._run_cron()
        self.assertEqual(len(self.rules.alert_ids), 6)
        first = self.rules.alert_ids
        self._run_cron()
        self.assertEqual(self.rules.alert_ids, first)
        self.assertEqual(len(first.activity_ids), 6)

    @mute_logger(LOGGER, "odoo.sql_db")
    def test_a_failing_rule_stops_no_other_and_recovers(self):
        with self._break(type(self.poison)):
            self._run_cron()
        self.assertIn("division by zero", self.poison.error)
        self.assertFalse(self.poison.alert_ids)
        self.assertEqual(len(self.rules.alert_ids), 5)
        self._run_cron()
        self.assertFalse(self.poison.error)
        self.assertEqual(len(self.rules.alert_ids), 6)

    def test_what_was_reached_waits_and_archived_rules_are_left_out(self):
        self.rules[1].active = False
        self._run_cron()
        self.assertFalse(self.rules[1].alert_ids)
        self.assertEqual(
            set(self.poison.mapped("check_due")), {self.rules[2].check_due}
        )

    # --- AFTER A REFRESH

    def _refresh(self, figures):
        def measure_orders(_measure, company, periods):
            if company != self.company_a:
                return {}
            return {
                period.date_from: MeasureResult(figures[period.date_from.month])
                for period in periods
                if period.date_from.month in figures
            }

        with patch.object(type(self.measure), "_measure_orders", measure_orders):
            self.measure._refresh_values()

    def test_a_refresh_raises_and_voids_alerts(self):
        (self.rules - self.poison).active = False
        self._refresh({1: 100.0, 2: 120.0, 3: 5.0})
        self.assertFalse(self.poison.alert_ids)
        self._refresh({2: 60.0})
        self.assertEqual(
            self._alerts(self.poison), {("2026-02-01", "Segment A"): "new"}
        )
        self.assertEqual(self.poison.alert_ids.value, 60)
        self._refresh({2: 120.0})
        self.assertEqual(
            self._alerts(self.poison), {("2026-02-01", "Segment A"): "void"}
        )

    @mute_logger(LOGGER, "odoo.sql_db")
    def test_a_failing_rule_does_not_disturb_the_refresh(self):
        with self._break(type(self.poison)):
            self._refresh({2: 60.0})
        self.assertFalse(self.measure.error)
        self.assertEqual(self.february.value, 60)
        self.assertTrue(self.poison.error)
        self.assertEqual(len(self.rules.alert_ids), 5)
