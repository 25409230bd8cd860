from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApproval(ApprovalCommon):
    """Request, decide, withdraw; what follows from each."""

    def test_quotation_below_the_limit_goes_on_alone(self):
        self._create_rule(amount_min=1000)
        order = self._create_order(999.99)
        self.assertFalse(order.approval_is_required)
        with self.assertRaisesRegex(UserError, "meets no approval rule"):
            order.action_request_approval()
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_leader_approves_and_quotation_is_confirmed(self):
        self._create_rule(amount_min=1000)
        order = self._create_order(1000)
        self.assertTrue(order.approval_is_required)
        self.assertIn("1,000.00", order.approval_why)
        with self.assertRaisesRegex(UserError, "needs approval first"):
            order.action_confirm()
        self.assertEqual(order.state, "draft")
        order.action_request_approval()
        self.assertEqual(order.approval_state, "pending")
        self.assertEqual(self._activities(order), ["app_lead"])
        with self.assertRaisesRegex(UserError, "waits for the approval of app_lead"):
            order.action_confirm()
        self._mine(self.leader).action_approve()
        self.assertEqual(order.approval_state, "approved")
        self.assertEqual(self._steps(order), [("Large", 1, "approved")])
        self.assertEqual(self._activities(order), [])
        step = self._step(order, "approved")
        self.assertEqual(step.decided_by_id, self.leader)
        self.assertFalse(step.on_behalf_id)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_margin_decides(self):
        self._create_rule("Margin", is_margin_asked=True, margin_below=8)
        self.assertFalse(self._create_order(100, 92).approval_is_required)
        order = self._create_order(100, 95)
        self.assertTrue(order.approval_is_required)
        self.assertEqual(order.approval_why, "Margin: margin 5.0 % is below 8.0 %")
        order.action_request_approval()
        step = self._step(order)
        self.assertEqual(
            (step.has_margin, round(step.margin, 6), step.amount), (True, 5.0, 100.0)
        )
        gift = self._create_order(0, 10)
        self.assertTrue(gift.approval_is_required)
        self.assertFalse(self._create_order(0, 0).approval_is_required)

    def test_amount_is_converted_at_the_day_of_the_quotation(self):
        """Two dollars make a euro here, four of them from June 2021 on."""
        self._create_rule(amount_min=1000)
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.dollar.id,
                "company_id": self.company.id,
                "name": "2021-06-01",
                "rate": 4,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "USD",
                "currency_id": self.dollar.id,
                "company_id": self.company.id,
            }
        )
        old = self._create_order(
            2000, pricelist_id=pricelist.id, date_order="2021-05-31 12:00:00"
        )
        new = self._create_order(
            2000, pricelist_id=pricelist.id, date_order="2021-06-01 12:00:00"
        )
        self.assertTrue(old.approval_is_required)
        self.assertFalse(new.approval_is_required)
        old.action_request_approval()
        step = self._step(old)
        self.assertEqual(step.currency_id, self.dollar)
        self.assertEqual((step.amount, step.amount_company), (2000.0, 1000.0))

    def test_each_company_has_its_own_rules(self):
        self._create_rule(amount_min=1000)
        self._create_rule(
            amount_min=5000,
            company_id=self.company_us.id,
            approver_kind="user",
            approver_user_id=self.head_us.id,
            is_own_allowed=True,
        )
        order = self._create_order(3000, user=self.head_us, company=self.company_us)
        self.assertFalse(order.approval_is_required)
        order.order_line.price_unit = 5000
        self.assertTrue(order.approval_is_required)
        order.action_request_approval()
        self.assertEqual(self._mine(self.head_us), self._step(order))
        self.assertFalse(self._mine(self.head))
        with self.assertRaises(AccessError):
            self._step(order).with_user(self.head).action_approve()
        self.assertEqual(order.approval_state, "pending")

    def test_tiers_one_after_another_and_rules_of_one_tier_side_by_side(self):
        self._create_rule("Leader")
        self._create_rule(
            "Finance", approver_kind="user", approver_user_id=self.finance.id
        )
        self._create_rule("Head", tier=2, approver_kind="parent_leader")
        order = self._create_order()
        order.action_request_approval()
        self.assertEqual(
            self._steps(order),
            [
                ("Leader", 1, "pending"),
                ("Finance", 1, "pending"),
                ("Head", 2, "waiting"),
            ],
        )
        self.assertEqual(self._activities(order), ["app_fin", "app_lead"])
        with self.assertRaisesRegex(UserError, "or not yet"):
            self._step(order, "waiting").with_user(self.head).action_approve()
        self._mine(self.finance).action_approve()
        self.assertEqual(order.approval_state, "pending")
        self.assertFalse(self._mine(self.head))
        self._mine(self.leader).action_approve()
        self.assertEqual(self._activities(order), ["app_head"])
        self._mine(self.head).action_approve()
        self.assertEqual(order.approval_state, "approved")

    def test_two_different_members_of_a_group(self):
        group = self.env["res.groups"].create(
            {
                "name": "Board",
                "user_ids": [Command.set((self.leader | self.head | self.rep).ids)],
            }
        )
        self._create_rule(
            "Board",
            approver_kind="group",
            approver_group_id=group.id,
            min_approvals=2,
        )
        order = self._create_order()
        order.action_request_approval()
        self.assertEqual(
            self._steps(order), [("Board", 1, "pending"), ("Board", 1, "waiting")]
        )
        self.assertEqual(self._activities(order), ["app_head", "app_lead"])
        self._mine(self.leader).action_approve()
        self.assertFalse(self._mine(self.leader), "he has signed")
        self.assertEqual(self._activities(order), ["app_head"])
        with self.assertRaises(AccessError):
            self._step(order).with_user(self.leader).action_approve()
        self._mine(self.head).action_approve()
        self.assertEqual(order.approval_state, "approved")

    def test_return_needs_a_reason_and_lets_him_ask_again(self):
        self._create_rule("Leader")
        self._create_rule("Head", tier=2, approver_kind="parent_leader")
        order = self._create_order()
        order.action_request_approval()
        step = self._mine(self.leader)
        with self.assertRaisesRegex(UserError, "Say why"):
            step.action_return("  ")
        self.assertEqual(order.approval_state, "pending")
        dialogue = self.env["crm.approval.decide"].with_user(self.leader)
        dialogue.create(
            {"step_ids": step.ids, "event": "return", "reason": "Ask for 1100"}
        ).action_apply()
        self.assertEqual(order.approval_state, "returned")
        self.assertEqual(
            self._steps(order), [("Leader", 1, "returned"), ("Head", 2, "skipped")]
        )
        self.assertEqual(step.reason, "Ask for 1100")
        order.order_line.price_unit = 1100
        self.assertEqual(order.approval_state, "returned")
        order.action_request_approval()
        self.assertEqual(order.sudo().approval_step_ids.mapped("round"), [2, 2, 1, 1])
        self.assertEqual(self._step(order).amount, 1100)

    def test_rejected_is_final_until_something_changes(self):
        self._create_rule()
        order = self._create_order()
        order.action_request_approval()
        self._mine(self.leader).action_reject("We do not sell there")
        self.assertEqual(order.approval_state, "rejected")
        with self.assertRaisesRegex(UserError, "was rejected"):
            order.action_request_approval()
        with self.assertRaisesRegex(UserError, "was rejected"):
            order.action_confirm()
        order.order_line.price_unit = 2000
        self.assertEqual(order.approval_state, "none")
        order.action_request_approval()
        self.assertEqual(order.approval_state, "pending")

    def test_asked_twice(self):
        self._create_rule()
        order = self._create_order()
        order.action_request_approval()
        with self.assertRaisesRegex(UserError, "waits for the approval"):
            order.action_request_approval()
        self.assertEqual(len(order.sudo().approval_step_ids), 1)

    def test_decided_twice(self):
        group = self.env["res.groups"].create(
            {"name": "Pair", "user_ids": [Command.set((self.leader | self.head).ids)]}
        )
        self._create_rule(approver_kind="group", approver_group_id=group.id)
        order = self._create_order()
        order.action_request_approval()
        step = self._step(order)
        step.with_user(self.head).action_approve()
        with self.assertRaisesRegex(UserError, "app_head .*has decided"):
            step.with_user(self.leader).action_return("No")
        self.assertEqual((step.state, step.reason), ("approved", ""))

    def test_requester_withdraws_others_do_not(self):
        self._create_rule()
        order = self._create_order()
        order.action_request_approval()
        with self.assertRaises(AccessError):
            order.with_user(self.leader).action_withdraw()
        self.assertEqual(order.approval_state, "pending")
        order.action_withdraw()
        self.assertEqual(order.approval_state, "none")
        self.assertEqual(self._steps(order), [("Large", 1, "void")])
        self.assertEqual(self._activities(order), [])
        with self.assertRaisesRegex(UserError, "not waiting"):
            order.action_withdraw()

    def test_nobody_approves_his_own_unless_the_rule_allows(self):
        rule = self._create_rule()
        order = self._create_order(user=self.leader)
        order.action_request_approval()
        self.assertFalse(self._mine(self.leader))
        self.assertEqual(self._mine(self.head).approver_ids, self.head)
        self.assertTrue(self._step(order).is_fallback)
        rule.is_own_allowed = True
        own = self._create_order(user=self.leader)
        own.action_request_approval()
        own.action_approve()
        self.assertEqual(own.approval_state, "approved")

    def test_state_cannot_be_written(self):
        self._create_rule()
        order = self._create_order()
        for user in (self.rep, self.head):
            with self.assertRaises(AccessError):
                order.with_user(user).write({"approval_state": "approved"})
        with self.assertRaises(AccessError):
            self._create_order(approval_state="approved")
        with self.assertRaises(AccessError):
            order.with_context(default_approval_state="approved").copy()
        self.assertEqual(order.approval_state, "none")
        order.action_request_approval()
        step = self._step(order).with_user(self.leader)
        with self.assertRaises(AccessError):
            step.write({"state": "approved"})
        with self.assertRaises(AccessError):
            step.unlink()
        self.assertEqual(step.state, "pending")

    def test_a_copy_begins_anew(self):
        self._create_rule()
        order = self._create_order()
        order.action_request_approval()
        self._mine(self.leader).action_approve()
        self.assertEqual(order.copy().approval_state, "none")

    @freeze_time("2024-03-04 09:00:00", as_kwarg="clock")
    def test_elapsed_time_in_hours_and_working_hours(self, clock):
        """Monday 9:00 to Tuesday 10:00 UTC, in a company that works 8-12, 13-17."""
        self.company.resource_calendar_id.tz = "UTC"
        self._create_rule(due_days=2)
        order = self._create_order()
        order.action_request_approval()
        step = self._step(order)
        self.assertEqual(str(step.date_due), "2024-03-06")
        clock.move_to("2024-03-05 10:00:00")
        self.assertAlmostEqual(step.waiting_hours, 25)
        self._mine(self.leader).action_approve()
        self.assertAlmostEqual(step.calendar_hours, 25)
        self.assertAlmostEqual(step.work_hours, 9)
        clock.move_to("2024-03-08 10:00:00")
        order.invalidate_recordset()
        self.assertAlmostEqual(order.approval_hours, 25)

    def test_first_orders_only(self):
        self._create_rule(kind="first")
        order = self._create_order()
        self.assertTrue(order.approval_is_required)
        order.action_request_approval()
        self._mine(self.leader).action_approve()
        order.action_confirm()
        self.assertFalse(self._create_order().approval_is_required)

    def test_further_conditions(self):
        self._create_rule(domain="[('client_order_ref', '=', 'X')]")
        order = self._create_order()
        self.assertFalse(order.approval_is_required)
        order.client_order_ref = "X"
        order.invalidate_recordset()
        self.assertTrue(order.approval_is_required)
