from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

ROOM = "odoo.addons.crm_strategy.models.crm_job_pass"


@tagged("post_install", "-at_install")
class TestJobPass(TransactionCase):
    """A job whose time is over after every piece of work."""

    def setUp(self):
        super().setUp()
        self.done = []
        self.passes = self.env["crm.job.pass"]
        self.commits = []

        def commit(_cron, processed=0, *, remaining=None, deactivate=False):
            self.commits.append((processed, remaining))
            return 0

        cron = self.env.registry["ir.cron"]
        self.startPatcher(patch.object(cron, "_commit_progress", commit))
        self.startPatcher(patch.object(type(self.passes), "_undo", lambda one: None))

    def _call(self, pieces=(1, 2, 3), work=None):
        self.passes._cron_work_off("job", pieces, work or self.done.append)

    def test_calls_go_on_where_the_last_one_stopped(self):
        for _call in range(3):
            self._call()
        self.assertEqual(self.done, [1, 2, 3])
        self.assertFalse(self.passes.search([("name", "=", "job")]))
        self.assertEqual(self.commits, [(0, 3), (1, 2), (0, 2), (1, 1), (0, 1), (1, 0)])
        self._call()
        self.assertEqual(self.done, [1, 2, 3, 1], "the next pass")

    def test_a_pass_left_long_ago_begins_anew(self):
        self._call()
        self.passes.search([("name", "=", "job")]).date_start = "2020-01-01"
        self._call()
        self.assertEqual(self.done, [1, 1])

    def test_pieces_that_are_gone_end_the_pass(self):
        self._call()
        self._call((1,))
        self._call((1,))
        self.assertEqual(self.done, [1, 1])

    def test_a_piece_in_slices_is_done_with_its_last_slice(self):
        slices = {1: 1, 2: 3}

        def work(piece):
            self.done.append(piece)
            slices[piece] -= 1
            return slices[piece]

        for _call in range(4):
            self.passes._cron_work_off("job", (1, 2), work, in_slices=True)
        self.assertEqual(self.done, [1, 2, 2, 2])
        self.assertFalse(self.passes.search([("name", "=", "job")]))
        self.assertEqual(self.commits[1::2], [(1, 1), (1, 1), (1, 1), (1, 0)])

    def test_a_failure_stops_no_other_and_a_conflict_is_tried_again(self):
        tried = []

        def work(piece):
            tried.append(piece)
            if piece == 1:
                raise ValueError("broken")
            if tried.count(2) == 1:
                raise SerializationFailure("busy")

        with mute_logger(ROOM):
            for _call in range(4):
                self._call(work=work)
        self.assertEqual(tried, [1, 2, 2, 3])
