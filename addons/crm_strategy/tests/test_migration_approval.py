from odoo.tests import tagged

from .approval_common import ApprovalCommon
from .migration_common import run_migration


@tagged("post_install", "-at_install")
class TestMigrationApproval(ApprovalCommon):
    """Approvals that wait at the update learn whose document they judge."""

    def test_waiting_approval_bars_the_requester_and_the_salesperson(self):
        self._create_rule(amount_min=1000)
        order = self._create_order(user=self.leader)
        order.with_user(self.rep).sudo().action_request_approval()
        step = self._step(order)
        step.author_ids = False
        for _again in range(2):
            run_migration(self.env.cr, "19.0.1.3.0", "19.0.1.2.0")
            self.assertEqual(step.author_ids, self.rep | self.leader)
            self.assertEqual(step.decider_ids, self.head)

    def test_new_installation_and_decided_approvals_are_left_alone(self):
        self._create_rule(amount_min=1000)
        order = self._create_order()
        order.action_request_approval()
        step = self._step(order)
        step.author_ids = False
        run_migration(self.env.cr, "19.0.1.3.0", None)
        self.assertFalse(step.author_ids)
        self._mine(self.leader).action_approve()
        step.author_ids = False
        run_migration(self.env.cr, "19.0.1.3.0", "19.0.1.2.0")
        self.assertFalse(step.author_ids)
