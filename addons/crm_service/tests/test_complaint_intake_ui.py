from odoo.tests import HttpCase, tagged

from .intake_common import IntakeCommon


@tagged("post_install", "-at_install")
class TestComplaintIntakeScreens(IntakeCommon, HttpCase):
    def test_customer_reports_from_the_order_and_confirms(self):
        self.start_tour(
            f"/my/orders/{self.order.id}",
            "crm_service_complaint_portal_tour",
            login="in_ida",
        )
        complaint = self.env["crm.complaint"].search([], order="id desc", limit=1)
        self.assertRecordValues(
            complaint,
            [
                {
                    "partner_id": self.ida.id,
                    "order_id": self.order.id,
                    "wish": "discount",
                    "amount": 200.0,
                }
            ],
        )
        for action in ("take", "decide", "tell"):
            complaint._move(action)
        self.start_tour(
            f"/my/complaints/{complaint.id}",
            "crm_service_complaint_confirm_tour",
            login="in_ida",
        )
        self.assertEqual(complaint.state, "confirmed")

    def test_agent_finds_the_caller_by_his_number(self):
        self.start_tour(
            "/odoo/service-phone", "crm_service_phone_tour", login="in_agent"
        )
