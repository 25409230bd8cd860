from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .contact_common import ContactCommon


@tagged("post_install", "-at_install")
class TestComplaintCallUi(ContactCommon, HttpCase):
    def test_agent_sees_who_it_is_and_tells_him_the_result(self):
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)]
        )
        self.env["stock.quant"]._update_available_quantity(
            self.product, warehouse.lot_stock_id, 11
        )
        order = self._create_order()  # reserves 4 of them
        complaint = self._create_complaint(
            "inform",
            title="Tour leak",
            order_id=order.id,
            line_ids=[Command.create({"product_id": self.product.id})],
        )
        self.start_tour(
            "/odoo/complaint-follow-ups", "crm_complaint_call_tour", login="call_agent"
        )
        self.assertEqual(complaint.state, "follow_up")
        self.assertEqual(complaint.stock_ids.quantity_free, 7.0)
        self.assertEqual(complaint.contact_ids.note, "Thanks for calling")
