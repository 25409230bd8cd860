from odoo.tests import freeze_time, tagged

from .after_sale_common import AfterSaleCommon


@tagged("post_install", "-at_install")
class TestAfterSaleDelivery(AfterSaleCommon):
    """What partial deliveries, backorders, returns and cancellations do to a case."""

    @freeze_time("2025-03-20")
    def test_partial_delivery_waits_for_the_rest(self):
        order = self._order("2025-01-02", [(self.pump, 10), (self.varnish, 1)])
        self._ship(order, "2025-01-10 09:00:00", {self.pump: 4})
        self._advance()
        case = self._case(order)
        self.assertEqual((case.state, case.date_delivered), ("waiting", False))
        self._ship(order, "2025-01-20 09:00:00", {self.pump: 6})
        self._advance()
        # the varnish is still open, and is none of this template's business
        self.assertEqual(
            (case.state, str(case.date_delivered)), ("running", "2025-01-20")
        )

    @freeze_time("2025-03-20")
    def test_a_cancelled_backorder_ends_the_wait(self):
        order = self._order("2025-01-02", [(self.pump, 10)])
        self._ship(order, "2025-01-10 09:00:00", {self.pump: 4})
        self._advance()
        order.picking_ids.filtered(lambda p: p.state != "done").action_cancel()
        self._advance()
        self.assertEqual(str(self._case(order).date_delivered), "2025-01-10")

    @freeze_time("2025-03-20")
    def test_what_is_ordered_in_addition_reopens_until_it_is_delivered(self):
        order = self._order("2025-01-02", [(self.pump, 1)])
        self._ship(order, "2025-01-10 09:00:00")
        self._advance()
        self._milestone(order, "installed").action_done()
        order.order_line.product_uom_qty = 3
        self._advance()
        case = self._case(order)
        self.assertEqual((case.state, case.date_delivered), ("waiting", False))
        self.assertEqual(self._milestone(order, "installed").state, "done")
        self.assertFalse(self._milestone(order, "warranty_end").date_due)
        self._ship(order, "2025-03-15 09:00:00")
        self._advance()
        self.assertEqual(str(case.date_delivered), "2025-03-15")
        self.assertEqual(
            str(self._milestone(order, "warranty_end").date_due), "2027-03-15"
        )

    @freeze_time("2025-03-20")
    def test_a_full_return_starts_again_and_a_partial_one_does_not(self):
        order = self._order("2025-01-02", [(self.pump, 2)])
        self._ship(order, "2025-01-10 09:00:00")
        self._advance()
        self._milestone(order, "installed").action_done()
        self._milestone(order, "in_use").action_skip()
        self._return(order, "2025-01-20 09:00:00", 1)
        self._advance()
        case = self._case(order)
        self.assertEqual(str(case.date_delivered), "2025-01-10")
        self._return(order, "2025-01-25 09:00:00", 1)
        self._advance()
        self.assertEqual((case.state, case.date_delivered), ("waiting", False))
        self.assertMilestones(
            order,
            {
                "delivered": ("late", "2025-01-02", False),
                "installed": ("waiting", False, False),
                "in_use": ("skipped", "2025-04-20", False),
                "warranty_end": ("waiting", False, False),
                "repurchase": ("waiting", False, False),
            },
        )

    @freeze_time("2025-01-20")
    def test_a_cancelled_order_puts_its_case_away_until_it_is_confirmed_again(self):
        order = self._order("2025-01-02")
        self._advance()
        case = self._case(order)
        order._action_cancel()
        self._advance()
        self.assertEqual(case.state, "cancelled")
        milestones = case.with_context(active_test=False).milestone_ids
        self.assertEqual(len(milestones), 5)
        self.assertFalse(any(milestones.mapped("active")))
        order.action_draft()
        order.action_confirm()
        self._advance()
        self.assertEqual(case.state, "waiting")
        self.assertTrue(all(milestones.mapped("active")))
