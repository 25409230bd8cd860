from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .remedy_common import RemedyCommon

PROPOSED = ("progress", "draft")
GRANTED = ("inform", "done")


@tagged("post_install", "-at_install")
class TestRemedyApproval(RemedyCommon):
    """An approval covers what it was requested for, and nothing that came up since."""

    def _policy(self, remedy_type):
        return self.policies.filtered(lambda p: p.remedy_type == remedy_type)

    def _approve_within_policy(self):
        """Return a complaint within the policy that was approved all the same."""
        self.env["crm.approval.rule"].create(
            {
                "name": "Every complaint",
                "model": "crm.complaint",
                "kind": "within_policy",
                "company_id": self.company.id,
                "approver_kind": "user",
                "approver_user_id": self.other.id,
            }
        )
        complaint = self._create_complaint(pails=2)
        self._add(complaint, "discount", amount=20.0)
        mine = complaint.with_user(self.head)
        mine.exception_reason = "Ten years with us"
        mine.action_request_approval()
        complaint.with_user(self.other).action_approve()
        self.assertEqual(complaint.approval_state, "approved")
        return complaint

    def test_approval_within_policy_is_none_of_an_exception(self):
        complaint = self._approve_within_policy()
        self._policy("discount").percent_max = 10.0
        with self.assertRaisesRegex(UserError, "needs approval first"):
            self._decide(complaint)
        self.assertEqual((complaint.state, complaint.remedy_ids.state), PROPOSED)
        complaint.with_user(self.head).action_request_approval()
        self.assertEqual(complaint.approval_state, "pending")
        complaint.with_user(self.other).action_approve()
        self._decide(complaint)
        self.assertEqual((complaint.state, complaint.remedy_ids.state), GRANTED)

    def test_approval_within_policy_covers_the_policy(self):
        complaint = self._approve_within_policy()
        self._decide(complaint)
        self.assertEqual((complaint.state, complaint.remedy_ids.state), GRANTED)

    def test_approval_within_policy_without_a_rule_for_exceptions(self):
        complaint = self._approve_within_policy()
        self._policy("discount").percent_max = 10.0
        self.env["crm.approval.rule"].search([("kind", "=", "exception")]).unlink()
        with self.assertRaisesRegex(UserError, "no approval rule"):
            self._decide(complaint)
        self.assertEqual((complaint.state, complaint.remedy_ids.state), PROPOSED)

    def test_approval_of_one_exception_is_none_of_another(self):
        """Beyond the policy was approved; that the budget is spent was not known."""
        complaint = self._create_complaint(pails=2)
        self._add(complaint, "discount", amount=60.0)
        mine = complaint.with_user(self.head)
        mine.exception_reason = "Ten years with us"
        mine.action_request_approval()
        complaint.with_user(self.other).action_approve()
        today = fields.Date.today()
        budget = self.env["crm.complaint.budget"].create(
            {"name": "Day", "amount": 10.0, "date_from": today, "date_to": today}
        )
        with self.assertRaisesRegex(UserError, "needs approval first"):
            self._decide(complaint)
        self.assertEqual((complaint.state, complaint.remedy_ids.state), PROPOSED)
        budget.amount = 100.0
        self._decide(complaint)
        self.assertEqual((complaint.state, complaint.remedy_ids.state), GRANTED)
