from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .remedy_common import RemedyCommon


@tagged("post_install", "-at_install")
class TestRemedyBypass(RemedyCommon):
    """Ways around policy, approval and finance that somebody might try by RPC."""

    def _create_approved(self, remedy_type="discount", **vals):
        """Return a complaint whose exception was approved, and its remedy."""
        self._policy(remedy_type).percent_max = 10.0
        complaint = self._create_complaint(pails=2)
        remedy = self._add(complaint, remedy_type, **vals)
        mine = complaint.with_user(self.head)
        mine.exception_reason = "Ten years with us"
        mine.action_request_approval()
        complaint.with_user(self.other).action_approve()
        self.assertEqual(complaint.approval_state, "approved")
        return complaint, remedy

    def _policy(self, remedy_type):
        return self.policies.filtered(lambda p: p.remedy_type == remedy_type)

    def test_approver_returns_a_request_from_the_complaint(self):
        complaint = self._create_complaint(pails=2)
        self._add(complaint, "discount", amount=60.0)
        mine = complaint.with_user(self.head)
        mine.exception_reason = "Ten years with us"
        mine.action_request_approval()
        complaint.with_user(self.other).action_return("Ten are not enough")
        self.assertEqual(complaint.approval_state, "returned")
        self.assertEqual(complaint.state, "progress")

    def _release(self):
        complaint = self._create_complaint(pails=4)
        remedy = self._add(complaint, "replacement")
        self._decide(complaint)
        self._approve(complaint)
        self.assertEqual(remedy.state, "released")
        return remedy, remedy.sale_order_id.picking_ids
