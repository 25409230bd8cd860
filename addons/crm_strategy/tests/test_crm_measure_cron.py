from unittest.mock import patch

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_measure import FEBRUARY, JANUARY, MARCH, NOW, MeasureCommon

LOGGER = "odoo.addons.crm_strategy.models.measure.crm_measure_refresh"


def fail(measure, _company, _periods):
    """Compute a measure that breaks the transaction."""
    measure.env.cr.execute("SELECT 1 / 0")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCrmMeasureCron(MeasureCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("crm_strategy.ir_cron_measure_refresh")
        cls.poison = cls._get_measure("revenue")
        cls.poison.user_id = cls.manager

    def _run_cron(self):
        self.env["crm.measure"].search([]).refresh_due = False
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def _snapshot(self):
        rows = self.env["crm.measure.value"].search([], order="id")
        return [(row.id, row.value, row.write_date) for row in rows]

    def test_cron_keeps_the_figures_and_runs_twice_alike(self):
        self._run_cron()
        first = self._snapshot()
        self.assertEqual(self._get_kept("orders"), {JANUARY: 1, FEBRUARY: 3, MARCH: 1})
        self.assertEqual(
            self._get_kept("revenue"), {JANUARY: 100, FEBRUARY: 290, MARCH: 30}
        )
        self._run_cron()
        self.assertEqual(self._snapshot(), first)

    @mute_logger(LOGGER, "odoo.sql_db")
    def test_a_failing_measure_is_reported_and_stops_no_other(self):
        self.patch(type(self.poison), "_measure_revenue", fail)
        self._run_cron()
        self.assertIn("division by zero", self.poison.error)
        self.assertFalse(self.poison.value_ids)
        self.assertEqual(self._get_kept("orders"), {JANUARY: 1, FEBRUARY: 3, MARCH: 1})
        self.assertEqual(self.poison.activity_ids.user_id, self.manager)
        self._run_cron()
        self.assertEqual(len(self.poison.activity_ids), 1, "told once")

    @mute_logger(LOGGER, "odoo.sql_db")
    def test_a_failure_that_is_over_is_taken_back(self):
        with patch.object(type(self.poison), "_measure_revenue", fail):
            self._run_cron()
        self.assertTrue(self.poison.error)
        self._run_cron()
        self.assertFalse(self.poison.error)
        self.assertFalse(self.poison.activity_ids)
        self.assertEqual(
            self._get_kept("revenue"), {JANUARY: 100, FEBRUARY: 290, MARCH: 30}
        )

    @mute_logger(LOGGER, "odoo.sql_db")
    def test_the_button_keeps_what_could_be_computed(self):
        self.patch(type(self.poison), "_measure_revenue", fail)
        action = self.env["crm.measure"].with_user(self.manager).action_refresh()
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn(self.poison.name, action["params"]["message"])
        self.assertIn("division by zero", self.poison.error)
        self.assertEqual(self._get_kept("orders"), {JANUARY: 1, FEBRUARY: 3, MARCH: 1})

    def test_an_interrupted_run_does_the_rest_only(self):
        orders = self._get_measure("orders")
        self.env["crm.measure"].search([]).refresh_due = "2026-03-15 13:00:00"
        orders.refresh_due = False
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(orders.value_ids)
        self.assertFalse(self._get_measure("revenue").value_ids)

    def test_archived_measures_get_no_new_values(self):
        orders = self._get_measure("orders")
        orders.active = False
        self._run_cron()
        self.assertFalse(orders.value_ids)
