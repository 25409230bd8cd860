from odoo.tests import HttpCase, tagged

from .complaint_common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintUi(ComplaintCase, HttpCase):
    def test_agent_goes_from_the_board_to_a_closed_complaint(self):
        complaint = self._create_complaint(user_id=False)
        self.start_tour(
            "/odoo/complaints", "crm_service_complaint", login="complaint_agent"
        )
        self.assertEqual(
            (complaint.state, complaint.result, complaint.result_note),
            ("closed", "partly", "Explained how to store the bags"),
        )
        self.assertEqual(complaint.user_id, self.agent)

    def test_finance_returns_its_step_with_a_reason(self):
        complaint = self._create_complaint(user_id=self.agent.id)
        complaint.action_take()
        template = {"department": "finance", "name": "Approve the refund"}
        self.patch(
            type(complaint),
            "_on_decided",
            lambda records: records._open_steps([{**template, "is_gate": True}]),
        )
        complaint.action_decide()
        self.start_tour(
            "/odoo/complaint-steps",
            "crm_service_finance_step",
            login="complaint_clerk",
        )
        step = complaint.step_ids
        self.assertEqual(step.state, "returned")
        self.assertEqual(step.reason, "The limit of this month is used up")
        self.assertEqual(step.user_id, self.clerk)
        self.assertEqual(complaint.state, "progress")
