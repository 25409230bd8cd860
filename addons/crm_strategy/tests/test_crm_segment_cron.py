from unittest.mock import patch

from odoo.exceptions import LockError
from odoo.tests import tagged

from .segment_common import SegmentCommon


@tagged("post_install", "-at_install")
class TestSegmentCron(SegmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls._create_customer("Acme")
        cls.env["crm.segmentation"].search([]).active = False
        cls.good = cls._create_scheme(("Good", []), sequence=1)
        cls.poison = cls._create_scheme(
            ("Fine", []), ("Bad", []), sequence=2, name="Poison", kind="free"
        )
        cls.last = cls._create_scheme(("Last", []), sequence=3)
        cls.schemes = cls.good | cls.poison | cls.last
        cls.cron = cls.env.ref("crm_strategy.ir_cron_segmentation_refresh")

    def _spoil(self):
        self.env.cr.execute(
            "UPDATE crm_segment SET domain = %s WHERE id = %s",
            ["[('gone', '=', 1)]", self.poison.segment_ids[1].id],
        )
        self.poison.segment_ids.invalidate_recordset()

    def _run(self, cron):
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_poison_scheme_fails_alone_and_whole(self):
        self._spoil()
        self.schemes.with_user(self.manager).action_refresh()
        self.assertEqual(self.schemes.mapped("refresh_state"), ["queued"] * 3)
        self._run(self.cron)
        self.assertEqual(
            self.schemes.mapped("refresh_state"), ["idle", "failed", "idle"]
        )
        self.assertIn("gone", self.poison.refresh_error)
        self.assertSegments(self.good, {"Good": {"Acme"}})
        self.assertSegments(self.last, {"Last": {"Acme"}})
        self.assertSegments(self.poison, {"Fine": set(), "Bad": set()})
        self.assertFalse(self.poison.date_refresh)
        self.poison.segment_ids[1].domain = "[('id', '=', 0)]"
        self.poison.with_user(self.manager).action_refresh()
        self.assertEqual(self.poison.refresh_state, "idle")
        self.assertFalse(self.poison.refresh_error)
        self.assertSegments(self.poison, {"Fine": {"Acme"}, "Bad": set()})

    def test_whatever_goes_wrong_the_next_scheme_gets_its_turn(self):
        refresh, poison = type(self.poison)._refresh_scheme, self.poison

        def fail(scheme):
            if scheme == poison:
                raise NotImplementedError
            return refresh(scheme)

        self.schemes._queue_refresh()
        with patch.object(type(poison), "_refresh_scheme", fail):
            self._run(self.cron)
        self.assertEqual(
            self.schemes.mapped("refresh_state"), ["idle", "failed", "idle"]
        )
        self.assertEqual(poison.refresh_error, "NotImplementedError")

    def test_scheme_in_use_waits_on(self):
        self.good._queue_refresh()
        with patch.object(
            type(self.good), "lock_for_update", side_effect=LockError("in use")
        ):
            self._run(self.cron)
        self.assertEqual(self.good.refresh_state, "queued")

    def test_run_stops_when_time_is_up_and_goes_on_later(self):
        self.schemes._queue_refresh()
        left = iter([10, 0])
        with patch.object(
            type(self.env["ir.cron"]),
            "_commit_progress",
            lambda cron, processed=0, **kw: next(left),
        ):
            self.env["crm.segmentation"]._cron_refresh()
        self.assertEqual(
            self.schemes.mapped("refresh_state"), ["idle", "queued", "queued"]
        )
        self.assertEqual(self.schemes.mapped("refresh_progress"), [0, 33, 33])
        self.poison.refresh_state = "running"  # as a killed server leaves it
        self._run(self.cron)
        self.assertEqual(self.schemes.mapped("refresh_state"), ["idle"] * 3)
        before = self.env["crm.segment.membership"].search([]).read()
        self.schemes._queue_refresh()
        self._run(self.cron)
        self.assertEqual(self.env["crm.segment.membership"].search([]).read(), before)

    def test_night_queues_every_active_scheme(self):
        self.last.active = False
        self._run(self.env.ref("crm_strategy.ir_cron_segmentation_queue"))
        self.assertEqual(
            self.schemes.mapped("refresh_state"), ["queued", "queued", "idle"]
        )
