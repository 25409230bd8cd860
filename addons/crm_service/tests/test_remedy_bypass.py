from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .remedy_common import RemedyCommon


@tagged("post_install", "-at_install")
class TestRemedyBypass(RemedyCommon):
    """Ways around policy, approval and finance that somebody might try by RPC."""

    def _create_approved(self, remedy_type="discount", **vals):
        """Return a complaint whose exception was approved, and its remedy."""
        self._policy(remedy_type).percent_max = 10.0
        complaint = self._create_complaint(pails=2)
        remedy = self._add(complaint, remedy_type, **vals)
        mine = complaint.with_user(self.head)
        mine.exception_reason = "Ten years with us"
        mine.action_request_approval()
        complaint.with_user(self.other).action_approve()
        self.assertEqual(complaint.approval_state, "approved")
        return complaint, remedy

    def _policy(self, remedy_type):
        return self.policies.filtered(lambda p: p.remedy_type == remedy_type)

    # --- APPROVAL

    def test_remedy_cannot_be_slipped_into_an_approved_complaint(self):
        complaint, _remedy = self._create_approved(amount=60.0)
        other = self._create_complaint(pails=2)
        slipped = self._add(other, "discount", amount=90.0)
        with self.assertRaises(AccessError):
            slipped.with_user(self.agent).complaint_id = complaint
        self.assertEqual(slipped.complaint_id, other)

    def test_line_cannot_be_slipped_into_another_remedy(self):
        complaint = self._create_complaint(pails=2)
        self._add(complaint, "replacement")
        self._decide(complaint)
        other = self._create_complaint(pails=2)
        line = self._add(other, "replacement").line_ids
        with self.assertRaises(AccessError):
            line.with_user(self.agent).write(
                {
                    "remedy_id": complaint.remedy_ids.id,
                    "complaint_line_id": complaint.line_ids.id,
                }
            )

    def test_dearer_substitute_than_approved_is_asked_for_again(self):
        complaint, remedy = self._create_approved("replacement")
        remedy.line_ids.with_user(self.agent).product_id = self.drum
        self.assertEqual(complaint.approval_state, "none")

    def test_more_complained_of_than_approved_is_asked_for_again(self):
        complaint, _remedy = self._create_approved("refund")
        complaint.line_ids.with_user(self.agent).quantity = 1
        self.assertEqual(complaint.approval_state, "none")

    def test_approver_returns_a_request_from_the_complaint(self):
        complaint = self._create_complaint(pails=2)
        self._add(complaint, "discount", amount=60.0)
        mine = complaint.with_user(self.head)
        mine.exception_reason = "Ten years with us"
        mine.action_request_approval()
        complaint.with_user(self.other).action_return("Ten are not enough")
        self.assertEqual(complaint.approval_state, "returned")
        self.assertEqual(complaint.state, "progress")

    # --- FOUR EYES

    def _decide_alone(self, remedy_type):
        """Let somebody decide who works for finance as well."""
        self.head.group_ids += self.env.ref("account.group_account_invoice")
        complaint = self._create_complaint(pails=2)
        remedy = self._add(complaint, remedy_type)
        self._decide(complaint)
        return complaint, remedy

    def test_nobody_opens_the_gate_to_his_own_decision(self):
        for remedy_type in ("replacement", "refund"):
            complaint, remedy = self._decide_alone(remedy_type)
            gate = complaint.step_ids.filtered("is_gate")
            with (
                self.subTest(remedy_type=remedy_type),
                self.assertRaisesRegex(UserError, "somebody else in finance"),
            ):
                gate.with_user(self.head).action_done()
            self.assertEqual((gate.state, remedy.state), ("ready", "granted"))
            self._approve(complaint)
            self.assertEqual((gate.state, gate.done_by_id), ("done", self.finance))

    def test_nobody_posts_the_credit_note_of_his_own_decision(self):
        _complaint, remedy = self._decide_alone("refund")
        note = remedy.move_ids
        with self.assertRaisesRegex(UserError, "somebody else in finance"):
            note.with_user(self.head).action_post()
        self.assertEqual((note.state, remedy.state), ("draft", "granted"))
        note.with_user(self.finance).action_post()
        self.assertEqual((note.state, remedy.state), ("posted", "done"))

    def test_company_of_one_person_may_allow_it(self):
        self.company.crm_service_is_own_gate_allowed = True
        for remedy_type, state in (("replacement", "released"), ("refund", "done")):
            complaint, remedy = self._decide_alone(remedy_type)
            complaint.step_ids.filtered("is_gate").with_user(self.head).action_done()
            self.assertEqual(remedy.state, state)
            self.assertEqual(remedy.released_by_id, self.head)

    # --- FIGURES THAT THE POLICY GOES BY

    def test_price_paid_is_that_of_the_order(self):
        complaint = self._create_complaint(pails=2)
        with self.assertRaises(ValidationError):
            complaint.line_ids.with_user(self.agent).price_unit = 5000.0

    def test_decided_complaint_keeps_its_products(self):
        complaint = self._create_complaint(pails=2)
        self._add(complaint, "refund")
        self._decide(complaint)
        line = complaint.line_ids.with_user(self.agent)
        with self.assertRaises(UserError):
            line.quantity = 1
        with self.assertRaises(UserError):
            line.copy()
        with self.assertRaises(UserError):
            complaint.with_user(self.agent).line_ids = [
                Command.create({"product_id": self.drum.id})
            ]
        self.assertEqual(complaint.remedy_ids.amount, 100.0)

    def test_promise_stays_with_its_customer(self):
        complaint = self._create_complaint(pails=2)
        self._add(complaint, "discount", amount=10.0)
        self._decide(complaint)
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        with self.assertRaises(UserError):
            complaint.with_user(self.agent).write(
                {
                    "partner_id": stranger.id,
                    "order_id": False,
                    "line_ids": [Command.clear()],
                }
            )
        with self.assertRaises(UserError):
            complaint.with_user(self.agent).order_id = False
        self.assertEqual(complaint.remedy_ids.partner_id, self.customer)

    def test_context_does_not_set_what_the_product_sets(self):
        complaint = self._create_complaint(pails=2)
        quotation = self.order.copy()
        remedies = self.env["crm.complaint.remedy"].with_user(self.agent)
        with self.assertRaises(AccessError):
            remedies.with_context(default_sale_order_id=quotation.id).create(
                complaint._prepare_remedy_vals("replacement")
            )
        complaints = self.env["crm.complaint"].with_user(self.agent)
        complaint = complaints.with_context(default_reply_state="kept").create(
            {"partner_id": self.customer.id}
        )
        self.assertNotEqual(complaint.reply_state, "kept")

    def test_pieces_are_not_made_good_on_two_complaints(self):
        first = self._create_complaint(pails=7)
        self._add(first, "replacement")
        self._decide(first)
        within = self._create_complaint(pails=3)
        remedy = self._add(within, "replacement")
        self.assertEqual(remedy.with_user(self.head).verdict, "granted")
        beyond = self._create_complaint(pails=4)
        remedy = self._add(beyond, "refund")
        mine = remedy.with_user(self.head)
        self.assertEqual(
            (mine.verdict, mine.verdict_note),
            ("approval", "Already made good on another complaint"),
        )
        with self.assertRaises(UserError):
            self._decide(beyond)
        self.assertEqual((remedy.state, beyond.state), ("draft", "progress"))

    def test_what_is_on_its_way_is_not_cancelled(self):
        remedy, picking = self._release()
        complaint = remedy.complaint_id
        picking.move_ids.quantity = 1
        self._ship_in_part(picking)
        complaint.with_user(self.head).action_return("Again")
        with self.assertRaises(UserError) as e:
            complaint.with_user(self.head).action_cancel("A mistake")
        self.assertIn("on its way", str(e.exception))
        self.assertEqual((complaint.state, remedy.state), ("progress", "released"))

    def _ship_in_part(self, picking):
        picking.move_ids.picked = True
        stock = picking.with_user(self.stock).with_context(skip_backorder=True)
        stock.button_validate()

    def test_nobody_approves_what_was_cancelled(self):
        self._policy("discount").percent_max = 10.0
        complaint = self._create_complaint(pails=2)
        self._add(complaint, "discount", amount=60.0)
        mine = complaint.with_user(self.head)
        mine.exception_reason = "Ten years with us"
        mine.action_request_approval()
        mine.action_cancel("A mistake")
        self.assertEqual(
            (complaint.state, complaint.approval_state), ("cancelled", "none")
        )
        self.assertEqual(set(complaint.approval_step_ids.mapped("state")), {"void"})

    # --- FINANCE

    def _release(self):
        complaint = self._create_complaint(pails=4)
        remedy = self._add(complaint, "replacement")
        self._decide(complaint)
        self._approve(complaint)
        self.assertEqual(remedy.state, "released")
        return remedy, remedy.sale_order_id.picking_ids

    def test_demand_cannot_be_raised_after_approval(self):
        remedy, picking = self._release()
        move = picking.move_ids.with_user(self.stock)
        with self.assertRaises(UserError):
            move.product_uom_qty = 9
            move.quantity = 9
            self._ship(picking)
        self.assertEqual(remedy.line_ids.shipped_quantity, 0)

    def test_copy_of_a_transfer_ships_nothing(self):
        _remedy, picking = self._release()
        self._ship(picking)
        self.assertEqual(picking.state, "done")
        with self.assertRaises(UserError):
            copy = picking.with_user(self.stock).copy()
            copy.action_confirm()
            copy.action_assign()
            self._ship(copy)

    def test_other_goods_cannot_be_added_to_a_transfer(self):
        _remedy, picking = self._release()
        with self.assertRaises(UserError):
            picking.with_user(self.stock).move_ids = [
                Command.create(
                    {
                        "product_id": self.drum.id,
                        "product_uom_qty": 3,
                        "location_id": picking.location_id.id,
                        "location_dest_id": picking.location_dest_id.id,
                    }
                )
            ]
            picking.action_confirm()
            picking.move_ids.quantity = 3
            self._ship(picking)
        self.assertNotEqual(picking.state, "done")

    def test_product_of_a_transfer_cannot_be_changed(self):
        _remedy, picking = self._release()
        with self.assertRaises(UserError):
            picking.move_ids.with_user(self.stock).product_id = self.drum
            self._ship(picking)
        self.assertNotEqual(picking.state, "done")

    def test_credit_note_that_is_cancelled_later_comes_back(self):
        complaint = self._create_complaint(pails=4)
        remedy = self._add(complaint, "refund")
        self._decide(complaint)
        self._approve(complaint)
        self.assertEqual((remedy.state, remedy.cost), ("done", 200.0))
        note = remedy.move_ids.with_user(self.finance)
        note.button_draft()
        note.button_cancel()
        self.assertEqual((remedy.state, remedy.cost), ("done", 0.0))
        self.assertIn(
            "cancelled after it was posted",
            str(complaint.activity_ids.filtered(lambda a: a.user_id == self.head).note),
        )

    def test_more_credited_than_granted_is_told(self):
        complaint = self._create_complaint(pails=2)
        remedy = self._add(complaint, "refund")
        self._decide(complaint)
        remedy.move_ids.with_user(self.finance).invoice_line_ids.quantity = 10
        self._approve(complaint)
        self.assertEqual((remedy.state, remedy.amount, remedy.cost), ("done", 100, 500))
        notes = complaint.activity_ids.filtered(lambda a: a.user_id == self.head)
        self.assertIn("500.00", str(notes.note))

    # --- READING

    def test_panel_is_not_for_everybody(self):
        values = {"partner_id": self.customer.id}
        spec = {"customer_panel": {}, "stock_panel": {}}
        for user in (self.stock, self.finance, self.rep):
            complaints = self.env["crm.complaint"].with_user(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                result = complaints.onchange(values, ["partner_id"], spec)
                self.assertIsNone(result["value"].get("customer_panel"))
