from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.crm_service.tests.remedy_common import RemedyCommon


@tagged("post_install", "-at_install")
class TestComplaintCarrier(RemedyCommon):
    """The carrier of the last delivery stands in the analysis."""

    def test_carrier_of_the_delivery(self):
        fee = self.env["product.product"].create({"name": "Fee", "type": "service"})
        fast, slow = self.env["delivery.carrier"].create(
            [
                {"name": name, "product_id": fee.id, "fixed_price": 9.0}
                for name in ("Fast", "Slow")
            ]
        )
        self.order.picking_ids.carrier_id = fast
        bought = self.order.order_line[:1]
        complaint = self.env["crm.complaint"].create(
            {
                "partner_id": self.customer.id,
                "kind_id": self.kind.id,
                "order_id": self.order.id,
                "line_ids": [Command.create({"sale_line_id": bought.id})],
            }
        )
        self.assertEqual(complaint.line_ids.carrier_id, fast)
        report = self.env["crm.complaint.report"].with_user(self.head)
        found = report._read_group(
            [("complaint_id", "=", complaint.id)], ["carrier_id"], ["quantity:sum"]
        )
        self.assertEqual(found, [(fast, 1.0)])

        actions = self.env["crm.corrective.action"]
        lost, none = actions.create(
            [
                {"name": "Parcels get wet", "carrier_id": carrier.id}
                for carrier in (fast, slow)
            ]
        )
        conditions = {action: len(action._get_line_sql()) for action in lost + none}
        self.assertEqual(conditions, {lost: 1, none: 1})
        lost.action_open()
        self.assertEqual(lost.state, "open")
