from odoo.tests import Form, tagged

from odoo.addons.crm_service.tests.remedy_common import RemedyCommon


@tagged("post_install", "-at_install")
class TestRemedyDelivery(RemedyCommon):
    """The carrier goes with the goods; his reference comes back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fee = cls.env["product.product"].create({"name": "Fee", "type": "service"})
        cls.carrier = cls.env["delivery.carrier"].create(
            {"name": "Fast", "product_id": fee.id, "fixed_price": 9.0}
        )

    def _decide_replacement(self):
        complaint = self._create_complaint(pails=4)
        remedy = self._add(complaint, "replacement", carrier_id=self.carrier.id)
        self._decide(complaint)
        self._approve(complaint)
        return complaint, remedy, remedy.sale_order_id.picking_ids

    def test_carrier_stands_on_the_transfer_and_for_the_warehouse(self):
        complaint, _remedy, picking = self._decide_replacement()
        self.assertEqual(picking.carrier_id, self.carrier)
        self.assertIn("Fast", complaint.step_ids[1].message)

    def test_reference_comes_back_with_the_transfer(self):
        complaint, remedy, picking = self._decide_replacement()
        picking.with_user(self.stock).carrier_tracking_ref = "1Z-7"
        self._ship(picking)
        self.assertEqual((remedy.carrier_name, remedy.tracking_ref), ("Fast", "1Z-7"))
        step = complaint.step_ids[1].with_user(self.stock)
        self.assertEqual((step.carrier_name, step.tracking_ref), ("Fast", "1Z-7"))
        self.assertEqual(complaint.state, "inform")

    def test_storeman_opens_the_transfer_on_the_screen(self):
        """The host reads the areas of the carriers to offer some of them."""
        _complaint, _remedy, picking = self._decide_replacement()
        self.assertFalse(self.stock.has_group("base.group_partner_manager"))
        areas = self.env["delivery.zip.prefix"].create([{"name": "10"}])
        self.carrier.zip_prefix_ids = areas
        with Form(picking.with_user(self.stock)) as form:
            form.carrier_tracking_ref = "1Z-9"
        self.assertEqual(picking.carrier_tracking_ref, "1Z-9")

    def test_reference_entered_later_comes_back_too(self):
        _complaint, remedy, picking = self._decide_replacement()
        self._ship(picking)
        self.assertFalse(remedy.tracking_ref)
        picking.with_user(self.stock).carrier_tracking_ref = "1Z-8"
        self.assertEqual(remedy.tracking_ref, "1Z-8")

    def test_way_of_a_replacement_is_not_billed(self):
        self.carrier.invoice_policy = "real"
        _complaint, remedy, picking = self._decide_replacement()
        self._ship(picking)
        self.assertEqual(len(remedy.sale_order_id.order_line), 1)
        self.assertEqual(remedy.sale_order_id.amount_total, 0.0)
