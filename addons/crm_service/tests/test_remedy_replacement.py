from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .remedy_common import RemedyCommon


@tagged("post_install", "-at_install")
class TestRemedyReplacement(RemedyCommon):
    """Goods again: held until finance approves, and back by themselves when shipped."""

    def _decide_replacement(self, **vals):
        complaint = self._create_complaint(pails=4, drums=2)
        remedy = self._add(complaint, "replacement", **vals)
        self._decide(complaint)
        return complaint, remedy

    def test_order_carries_goods_address_and_origin_without_a_price(self):
        address = self.env["res.partner"].create(
            {"name": "New Works", "type": "delivery", "parent_id": self.customer.id}
        )
        complaint, remedy = self._decide_replacement(delivery_partner_id=address.id)
        order = remedy.sale_order_id
        self.assertEqual(
            [
                (
                    line.product_id,
                    line.product_uom_qty,
                    line.price_unit,
                    line.price_subtotal,
                )
                for line in order.order_line
            ],
            [(self.pail, 4.0, 0.0, 0.0), (self.drum, 2.0, 0.0, 0.0)],
        )
        self.assertEqual(order.state, "sale")
        self.assertTrue(order.locked)
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.partner_shipping_id, address)
        self.assertEqual(order.picking_ids.partner_id, address)
        self.assertEqual(order.origin, f"{complaint.name} / {self.order.name}")
        self.assertEqual(order.client_order_ref, "PO 7")
        self.assertEqual(order.amount_total, 0.0)
        # 4 x 50 + 2 x 90 (after 10 %); cost 4 x 30 + 2 x 60
        self.assertEqual((remedy.amount, remedy.cost), (380.0, 240.0))
        self.assertEqual((remedy.percent, remedy.case_amount), (100.0, 380.0))

    def test_transfer_waits_for_finance_on_every_way(self):
        complaint, remedy = self._decide_replacement()
        picking = remedy.sale_order_id.picking_ids
        self.assertEqual((complaint.state, remedy.state), ("decided", "granted"))
        picking.move_ids.picked = True
        stock = picking.with_user(self.stock)
        for way in (
            stock.button_validate,
            stock.with_context(skip_backorder=True).button_validate,
            stock.with_context(skip_sanity_check=True).button_validate,
            stock._action_done,
            stock.move_ids._action_done,
            picking.button_validate,
        ):
            with self.subTest(way=way.__name__), self.assertRaises(UserError) as e:
                way()
            self.assertIn("finance has not approved", str(e.exception))
        self.assertEqual(picking.state, "assigned")
        self.assertEqual(remedy.line_ids.mapped("shipped_quantity"), [0.0, 0.0])

    def test_held_transfer_holds_up_a_batch_of_transfers(self):
        _complaint, remedy = self._decide_replacement()
        other = self.order.copy()
        other.action_confirm()
        pickings = remedy.sale_order_id.picking_ids | other.picking_ids
        pickings.move_ids.picked = True
        with self.assertRaises(UserError):
            pickings.with_user(self.stock).button_validate()
        self.assertNotIn("done", pickings.mapped("state"))

    def test_backorder_dialogue_does_not_get_around_finance(self):
        _complaint, remedy = self._decide_replacement()
        picking = remedy.sale_order_id.picking_ids
        picking.move_ids[0].quantity = 1
        picking.move_ids.picked = True
        wizard = self.env["stock.backorder.confirmation"].with_user(self.stock)
        wizard = wizard.create({"pick_ids": [Command.link(picking.id)]})
        wizard = wizard.with_context(button_validate_picking_ids=picking.ids)
        with self.assertRaises(UserError):
            wizard.process()
        self.assertEqual(picking.state, "assigned")

    def test_released_goods_leave_and_the_complaint_goes_on(self):
        complaint, remedy = self._decide_replacement()
        self.assertEqual(
            complaint.step_ids.mapped("department"), ["finance", "warehouse"]
        )
        self.assertEqual(complaint.step_ids.mapped("state"), ["ready", "waiting"])
        self.assertEqual(complaint.step_ids.user_id, self.finance | self.stock)
        self._approve(complaint)
        self.assertEqual((complaint.state, remedy.state), ("execution", "released"))
        self.assertEqual(remedy.released_by_id, self.finance)
        self.assertEqual(complaint.step_ids.mapped("state"), ["done", "ready"])
        picking = remedy.sale_order_id.picking_ids
        self.assertIs(self._ship(picking), True)
        self.assertEqual(picking.state, "done")
        self.assertEqual((complaint.state, remedy.state), ("inform", "done"))
        self.assertEqual(remedy.date_shipped, picking.date_done)
        self.assertEqual(complaint.step_ids.mapped("state"), ["done", "done"])
        self.assertEqual(complaint.step_ids[1].done_by_id, self.stock)
        self.assertEqual(remedy.cost, 240.0)

    def test_warehouse_ends_its_step_by_the_transfer_only(self):
        complaint, remedy = self._decide_replacement()
        self._approve(complaint)
        step = complaint.step_ids[1].with_user(self.stock)
        self.assertEqual(step.document_name, remedy.sale_order_id.picking_ids.name)
        with self.assertRaises(UserError) as e:
            step.action_done()
        self.assertIn(remedy.sale_order_id.picking_ids.name, str(e.exception))
        self.assertEqual(step.state, "ready")

    def test_partial_delivery_waits_for_its_backorder(self):
        complaint, remedy = self._decide_replacement()
        self._approve(complaint)
        picking = remedy.sale_order_id.picking_ids
        action = self._ship(picking, {self.pail: 1, self.drum: 2})
        self.env["stock.backorder.confirmation"].with_user(self.stock).with_context(
            **action["context"]
        ).create({"pick_ids": [Command.link(picking.id)]}).process()
        self.assertEqual(remedy.line_ids.mapped("shipped_quantity"), [1.0, 2.0])
        self.assertEqual((complaint.state, remedy.state), ("execution", "released"))
        self.assertEqual(complaint.step_ids[1].state, "ready")
        backorder = remedy.sale_order_id.picking_ids - picking
        self._ship(backorder, {self.pail: 3})
        self.assertEqual(remedy.line_ids.mapped("shipped_quantity"), [4.0, 2.0])
        self.assertEqual((complaint.state, remedy.state), ("inform", "done"))

    def test_rest_that_is_not_shipped_is_free_to_be_decided_again(self):
        complaint, remedy = self._decide_replacement()
        self._approve(complaint)
        picking = remedy.sale_order_id.picking_ids
        action = self._ship(picking, {self.pail: 1, self.drum: 2})
        self.env["stock.backorder.confirmation"].with_user(self.stock).with_context(
            **action["context"]
        ).create({"pick_ids": [Command.link(picking.id)]}).process_cancel_backorder()
        self.assertEqual((complaint.state, remedy.state), ("progress", "done"))
        self.assertEqual(remedy.line_ids.mapped("quantity"), [1.0, 2.0])
        # 1 x 50 + 2 x 90; cost 30 + 120; 230 of 380
        self.assertEqual((remedy.amount, remedy.cost), (230.0, 150.0))
        self.assertEqual(remedy.amount_company, 230.0)
        activity = complaint.activity_ids.filtered(lambda a: a.user_id == self.head)
        self.assertIn("3 Units Pail", activity.note)
        self._add(complaint, "refund", [3, 0])
        with self.assertRaises(UserError):
            self._add(complaint, "replacement", [1, 0])

    def test_cancelled_transfer_returns_the_complaint_to_the_leader(self):
        complaint, remedy = self._decide_replacement()
        self._approve(complaint)
        picking = remedy.sale_order_id.picking_ids
        picking.with_user(self.stock).action_cancel()
        self.assertEqual((complaint.state, remedy.state), ("progress", "cancelled"))
        self.assertEqual(remedy.cost, 0.0)
        activity = complaint.activity_ids.filtered(lambda a: a.user_id == self.head)
        self.assertIn(picking.name, activity.note)

    def test_finance_sends_it_back_with_a_reason(self):
        complaint, remedy = self._decide_replacement()
        order = remedy.sale_order_id
        complaint.step_ids[0].with_user(self.finance).action_return("Too dear")
        self.assertEqual((complaint.state, remedy.state), ("progress", "refused"))
        self.assertEqual(remedy.refuse_reason, "Too dear")
        self.assertEqual(remedy.cost, 0.0)
        self.assertEqual((order.state, order.picking_ids.state), ("cancel", "cancel"))
        again = self._add(complaint, "replacement", [1, 0])
        self._decide(complaint)
        self.assertEqual(again.sale_order_id.order_line.product_uom_qty, 1.0)
        self.assertNotEqual(again.sale_order_id, order)

    def test_decision_taken_back_is_a_draft_again(self):
        complaint, remedy = self._decide_replacement()
        order = remedy.sale_order_id
        complaint.with_user(self.head).action_return("He wants money")
        self.assertEqual((complaint.state, remedy.state), ("progress", "draft"))
        self.assertEqual((order.state, remedy.cost), ("cancel", 0.0))
        self._decide(complaint)
        self.assertNotEqual(remedy.sale_order_id, order)
        self.assertEqual(remedy.sale_order_id.state, "sale")
        with self.assertRaises(UserError):
            order.action_draft()

    def test_nobody_adds_goods_to_what_finance_approves(self):
        complaint, remedy = self._decide_replacement()
        line = remedy.sale_order_id.order_line[0]
        seller = self.env.ref("base.user_admin")
        line.order_id.action_unlock()
        with self.assertRaises(AccessError):
            line.with_user(seller).product_uom_qty = 400
        with self.assertRaises(AccessError):
            line.order_id.with_user(seller).order_line = [
                Command.create({"product_id": self.drum.id, "product_uom_qty": 9})
            ]
        self.assertEqual(line.product_uom_qty, 4.0)
        self._approve(complaint)
        with self.assertRaises(UserError):
            self._ship(remedy.sale_order_id.picking_ids, {self.pail: 9, self.drum: 2})

    # --- NOT RECEIVED

    def _lose_parcel(self, **vals):
        """Return complaint and replacement that was shipped and never arrived."""
        complaint, remedy = self._decide_replacement(**vals)
        self._approve(complaint)
        self._ship(remedy.sale_order_id.picking_ids)
        complaint.wish = "replacement"
        complaint.with_user(self.agent).log_call("not_received", note="Nothing came")
        self.assertEqual((complaint.state, remedy.state), ("progress", "done"))
        return complaint, remedy

    def test_proposal_after_not_received_names_the_way(self):
        complaint, remedy = self._lose_parcel()
        with self.assertRaisesRegex(UserError, "Lost on the Way"):
            complaint.with_user(self.agent).action_propose()
        self.assertEqual(complaint.remedy_ids, remedy)
        remedy.with_user(self.head).action_lose()
        complaint.with_user(self.agent).action_propose()
        again = complaint.remedy_ids - remedy
        self.assertEqual(again.line_ids.mapped("quantity"), [4.0, 2.0])
        with self.assertRaisesRegex(UserError, "already proposed"):
            complaint.with_user(self.agent).action_propose()
        self._decide(complaint)
        self.assertEqual((remedy.state, again.state), ("lost", "granted"))

    def test_proposal_takes_the_pieces_that_are_free(self):
        complaint = self._create_complaint(pails=4, drums=2, wish="replacement")
        self._add(complaint, "refund", [1, 2])
        complaint.with_user(self.agent).action_propose()
        proposed = complaint.remedy_ids.filtered(
            lambda r: r.remedy_type == "replacement"
        )
        self.assertEqual(proposed.line_ids.complaint_line_id, complaint.line_ids[0])
        self.assertEqual(proposed.line_ids.quantity, 3.0)

    def test_new_remedy_offers_the_pieces_that_are_free(self):
        complaint = self._create_complaint(pails=4, drums=2)
        self._add(complaint, "replacement", [4, 0])
        view = "crm_service.crm_complaint_remedy_view_form"
        remedies = self.env["crm.complaint.remedy"].with_user(self.agent)
        form = Form(remedies.with_context(default_complaint_id=complaint.id), view=view)
        form.remedy_type = "refund"
        refund = form.save()
        self.assertEqual(refund.line_ids.complaint_line_id, complaint.line_ids[1])
        self.assertEqual(refund.line_ids.quantity, 2.0)

    def test_archived_product_needs_a_substitute(self):
        complaint = self._create_complaint(pails=1)
        remedy = self._add(complaint, "replacement")
        self.pail.active = False
        with self.assertRaises(UserError) as e:
            self._decide(complaint)
        self.assertIn("substitute", str(e.exception))
        self.assertEqual((complaint.state, remedy.state), ("progress", "draft"))
        remedy.line_ids.with_user(self.head).product_id = self.drum
        self._decide(complaint)
        self.assertEqual(remedy.sale_order_id.order_line.product_id, self.drum)

    def test_gift_goes_with_any_remedy_and_through_finance(self):
        self.policies.filtered(lambda p: p.remedy_type == "apology").write(
            {"gift_product_id": self.pail.id, "grant": "manager"}
        )
        complaint = self._create_complaint(pails=1)
        remedy = self._add(complaint, "apology", gift_product_id=self.pail.id)
        self._decide(complaint)
        self.assertEqual((remedy.state, remedy.cost), ("granted", 30.0))
        self._approve(complaint)
        self._ship(remedy.sale_order_id.picking_ids)
        self.assertEqual((complaint.state, remedy.state), ("inform", "done"))

    def test_replacement_needs_no_approval_of_its_margin(self):
        self.env["crm.approval.rule"].create(
            {
                "name": "Margin below 8 %",
                "model": "sale.order",
                "company_id": self.company.id,
                "is_margin_asked": True,
                "margin_below": 8.0,
                "approver_kind": "user",
                "approver_user_id": self.other.id,
            }
        )
        _complaint, remedy = self._decide_replacement()
        self.assertEqual(remedy.sale_order_id.state, "sale")
        self.assertEqual(remedy.sale_order_id.approval_state, "none")

    def test_step_is_read_in_the_language_of_its_reader(self):
        complaint, _remedy = self._decide_replacement()
        step = complaint.step_ids.filtered(lambda s: s.department == "warehouse")
        self.assertEqual(step.task_name, "Pack and ship")
        step.task = False  # handed over without a remedy
        self.assertEqual(step.task_name, step.name)
