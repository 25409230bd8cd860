from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalSettled(ApprovalCommon):
    """A confirmed order stays within what was approved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(amount_min=1000)

    def _create_confirmed(self, price=1000, **vals):
        order = self._create_order(price, **vals)
        if price >= 1000:
            order.action_request_approval()
            self._mine(self.leader).action_approve()
        order.action_confirm()
        return order

    def assertRefused(self, call, *texts):
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            call()
            self.env.flush_all()
        self.env.invalidate_all()
        for text in texts:
            self.assertIn(text, str(caught.exception))

    # --- BEYOND WHAT WAS APPROVED

    def test_more_cheaper_or_something_else_is_refused(self):
        order = self._create_confirmed(2000)
        line = order.order_line
        other = self.product.copy({"name": "Strip"})
        for vals in (
            {"product_uom_qty": 1.5},
            {"price_unit": 1999},
            {"discount": 1},
            {"product_id": other.id},
            {"price_unit": 4000, "discount": 75},
            {"product_uom_id": self.env.ref("uom.product_uom_dozen").id},
        ):
            self.assertRefused(lambda v=vals: line.write(v), "beyond what was approved")
            self.assertRefused(
                lambda v=vals: order.write({"order_line": [Command.update(line.id, v)]})
            )
        self.assertRefused(
            lambda: order.write(
                {
                    "order_line": [
                        Command.create({"name": "Strip", "product_id": other.id})
                    ]
                }
            ),
            "added",
        )
        self.assertRefused(
            lambda: order.write({"partner_id": self.customer.copy().id}), "Customer"
        )
        self.assertEqual(
            (
                line.product_uom_qty,
                line.price_unit,
                line.discount,
                len(order.order_line),
            ),
            (1, 2000, 0, 1),
        )
        self.assertEqual((order.state, order.approval_state), ("sale", "approved"))

    def test_the_message_says_what_why_and_who(self):
        order = self._create_confirmed()
        self.assertRefused(
            lambda: order.order_line.write({"product_uom_qty": 3}),
            order.name,
            "Quantity from 1 to 3",
            "Large",
            "app_lead",
            "new quotation",
        )

    def test_less_dearer_or_what_needs_no_approval_is_allowed(self):
        order = self._create_confirmed(
            2000,
            order_line=[
                Command.create(
                    {
                        "product_id": self.product.id,
                        "product_uom_qty": 4,
                        "price_unit": 1000,
                    }
                )
            ],
        )
        line = order.order_line
        line.product_uom_qty = 3
        line.price_unit = 1100
        order.write({"client_order_ref": "PO 8", "note": "Thanks"})
        line.name = "Foil, slit"
        line.product_uom_qty = 0.5  # 550 would have needed no approval
        line.price_unit = 900
        self.assertEqual(
            (order.amount_untaxed, order.approval_state), (450, "approved")
        )

    def test_small_order_does_not_grow_beyond_the_limit(self):
        order = self._create_confirmed(999)
        order.order_line.discount = 50
        self.assertRefused(
            lambda: order.order_line.write({"product_uom_qty": 3}), "Large"
        )
        order.order_line.product_uom_qty = 2
        self.assertEqual((order.amount_untaxed, order.approval_state), (999, "none"))

    def test_margin_below_the_rule_is_refused(self):
        self.rule.action_archive()
        self._create_rule("Margin", is_margin_asked=True, margin_below=8)
        order = self._create_order(1000, 900)
        order.action_confirm()
        self.assertRefused(
            lambda: order.order_line.write({"price_unit": 950}), "Margin", "5.3 %"
        )
        self.assertRefused(lambda: order.order_line.write({"purchase_price": 999}))
        order.order_line.price_unit = 1200
        self.assertEqual(order.margin, 300)

    def test_a_rule_that_nobody_signed_is_refused(self):
        self._create_rule("Very large", amount_min=5000, approver_kind="parent_leader")
        order = self._create_confirmed(4000)
        self.assertRefused(
            lambda: order.order_line.write({"price_unit": 6000}), "Very large"
        )
        self.assertEqual(order.order_line.price_unit, 4000)

    def test_first_order_stays_a_first_order(self):
        self.rule.kind = "first"
        order = self._create_confirmed()
        self.assertRefused(lambda: order.order_line.write({"product_uom_qty": 2}))

    # --- WAYS ON

    def test_who_may_approve_makes_the_change_and_the_log_says_so(self):
        order = self._create_confirmed()
        order.order_line.with_user(self.leader).sudo().product_uom_qty = 3
        self.assertEqual(order.order_line.product_uom_qty, 3)
        log = str(order.sudo().message_ids.mapped("body"))
        self.assertRegex(log, "app_lead.*, who may approve it, .*from 1 to 3")

    def test_nobody_widens_his_own(self):
        order = self._create_confirmed()
        order.with_user(self.head).user_id = self.leader
        line = order.order_line.with_user(self.leader)
        self.assertRefused(lambda: line.write({"product_uom_qty": 3}), "app_head")
        self.rule.is_own_allowed = True
        line.product_uom_qty = 3

    def test_two_signatures_are_not_one(self):
        group = self.env["res.groups"].create(
            {"name": "Two", "user_ids": [Command.set((self.leader | self.head).ids)]}
        )
        self.rule.write(
            {
                "approver_kind": "group",
                "approver_group_id": group.id,
                "min_approvals": 2,
            }
        )
        order = self._create_order()
        order.action_request_approval()
        self._mine(self.leader).action_approve()
        self._mine(self.head).action_approve()
        order.action_confirm()
        line = order.order_line.with_user(self.head)
        self.assertRefused(lambda: line.write({"product_uom_qty": 3}))

    def test_cancelled_changed_and_asked_again(self):
        order = self._create_confirmed()
        order._action_cancel()
        order.action_draft()
        order.order_line.product_uom_qty = 3
        self.assertEqual(order.approval_state, "none")
        with self.assertRaisesRegex(UserError, "needs approval first"):
            order.action_confirm()

    # --- NO WAY ROUND

    def test_lines_that_come_with_the_state_are_checked_too(self):
        big = self.customer.copy()
        self.rule.domain = str([("partner_id", "=", big.id)])
        order = self._create_order()
        self.assertRefused(
            lambda: order.write({"state": "sale", "partner_id": big.id}),
            "needs approval first",
        )
        self.assertEqual((order.state, order.partner_id), ("draft", self.customer))
        self.rule.domain = "[]"
        order = self._create_confirmed()
        order.write(
            {
                "state": "cancel",
                "order_line": [Command.update(order.order_line.id, {"price_unit": 1})],
            }
        )
        self.assertEqual(order.approval_state, "none")

    def test_a_line_moved_in_is_refused(self):
        order, other = self._create_confirmed(), self._create_order(10)
        self.assertRefused(lambda: other.order_line.write({"order_id": order.id}))

    def test_what_the_warehouse_adds_passes(self):
        order = self._create_confirmed()
        order.write(
            {
                "order_line": [
                    Command.create(
                        {"product_id": self.product.id, "product_uom_qty": 0}
                    )
                ]
            }
        )
        self.assertEqual(len(order.order_line), 2)

    # --- WHOSE DOCUMENT

    def test_salesperson_does_not_approve_what_another_asked_for(self):
        order = self._create_order(user=self.leader)
        order.with_user(self.rep).sudo().action_request_approval()
        step = self._step(order)
        self.assertEqual(step.author_ids, self.rep | self.leader)
        self.assertEqual(step.decider_ids, self.head)
        self.assertFalse(self._mine(self.leader))
        own = self._create_order(user=self.leader)
        with self.assertRaisesRegex(UserError, "finds nobody"):
            own.with_user(self.head).action_request_approval()

    def test_whoever_takes_the_quotation_over_is_barred(self):
        order = self._create_order()
        order.action_request_approval()
        self.assertEqual(self._step(order).decider_ids, self.leader)
        order = order.with_user(self.head)
        order.user_id = self.leader
        self.assertEqual(self._step(order).decider_ids, self.head)
        self.assertEqual(self._activities(order), ["app_head"])
        with self.assertRaises(UserError):
            self._step(order).with_user(self.leader).action_approve()
        self.assertEqual(order.approval_state, "pending")
