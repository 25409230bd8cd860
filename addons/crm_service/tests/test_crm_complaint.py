from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, LockError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .complaint_common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaint(ComplaintCase):
    """What a complaint knows of itself, and how it goes from new to closed."""

    def test_agent_enters_a_caller_and_the_rest_is_there(self):
        with Form(self.env["crm.complaint"].with_user(self.agent)) as form:
            form.partner_id = self.bea
            form.kind_id = self.kind
            form.order_id = self.order
            with form.line_ids.new() as line:
                line.sale_line_id = self.order.order_line
                line.quantity = 3
        complaint = form.record
        self.assertRegex(complaint.name, r"^CMP/\d{4}/\d{5}$")
        self.assertEqual(complaint.title, "Torn Bag")
        self.assertEqual(complaint.commercial_partner_id, self.customer)
        self.assertEqual(complaint.email_from, "bea@baker.example")
        self.assertEqual(complaint.phone, "+46 8 555 00 01")
        self.assertEqual(complaint.delivery_partner_id, self.order.partner_shipping_id)
        self.assertEqual(complaint.priority, "1")
        self.assertEqual(complaint.team_id, self.north)
        self.assertEqual(complaint.user_id, self.agent)
        self.assertEqual(complaint.line_ids.product_id, self.product)
        self.assertEqual(complaint.line_ids.price_unit, 20.0)
        self.assertEqual(complaint.amount, 60.0)
        self.assertEqual(complaint.amount_company, 60.0)
        self.assertEqual(complaint.access_url, f"/my/complaints/{complaint.id}")

    def test_what_a_caller_gives_leaves_the_rest_to_what_we_know(self):
        complaint = self._create_complaint(phone="+46 8 555 99 99")
        self.assertEqual(complaint.partner_name, "Bea")
        self.assertEqual(complaint.email_from, "bea@baker.example")
        self.assertEqual(complaint.phone, "+46 8 555 99 99")

    def test_loop_without_remedy_from_new_to_closed(self):
        complaint = self._create_complaint().with_user(self.agent)
        complaint.action_take()
        self.assertEqual(complaint.state, "progress")
        complaint.action_decide()
        # nothing was handed over: the customer can be told at once
        self.assertEqual(complaint.state, "inform")
        self.assertTrue(complaint.date_decided and complaint.date_executed)
        complaint.action_tell()
        self.assertEqual(complaint.state, "follow_up")
        complaint.action_receive()
        self.assertEqual(complaint.state, "confirmed")
        with self.assertRaisesRegex(UserError, "no final result"):
            complaint.action_close()
        complaint.write({"result": "resolved", "result_note": "New bags"})
        with self.assertRaisesRegex(UserError, "no cause yet. Choose the cause"):
            complaint.action_close()
        self.assertEqual(complaint.state, "confirmed")
        complaint.cause_id = self.cause
        complaint.action_close()
        self.assertEqual(complaint.state, "closed")
        self.assertFalse(complaint.is_open)
        self.assertTrue(complaint.date_closed)
        self.assertFalse(complaint.date_check)

    def test_closing_asks_for_what_is_missing(self):
        complaint = self._create_confirmed()
        action = complaint.action_ask_close()
        self.assertEqual((action["res_id"], action["target"]), (complaint.id, "new"))
        self.assertEqual(complaint.state, "confirmed")
        form = Form(complaint, view="crm_service.crm_complaint_view_form_close")
        form.result = "resolved"
        form.result_note = "New bags"
        with self.assertRaisesRegex(AssertionError, "cause_id is a required field"):
            form.save()
        form.cause_id = self.cause
        form.save().action_close()
        self.assertEqual((complaint.state, complaint.cause_id), ("closed", self.cause))

    def test_what_is_complete_is_closed_without_asking(self):
        complaint = self._create_confirmed(cause_id=self.cause.id)
        complaint.write({"result": "resolved", "result_note": "New bags"})
        self.assertFalse(complaint.action_ask_close())
        self.assertEqual(complaint.state, "closed")

    def test_kind_says_whether_a_cause_is_needed(self):
        kinds = self.env["crm.complaint.kind"]
        self.assertTrue(self.kind.is_cause_required)
        opinion = kinds.create({"name": "Idea", "code": "idea", "type": "opinion"})
        self.assertFalse(opinion.is_cause_required)
        delivered = kinds.search([("code", "=", "leak")])
        self.assertTrue(delivered.is_cause_required)
        for kind in (opinion, self.kind):
            kind.is_cause_required = False
            complaint = self._create_confirmed(kind_id=kind.id)
            complaint.write({"result": "resolved", "result_note": "Thanks"})
            complaint.action_close()
            self.assertEqual(complaint.state, "closed", kind.name)

    def _create_confirmed(self, **vals):
        complaint = self._create_complaint(**vals).with_user(self.agent)
        complaint.action_take()
        complaint.action_decide()
        complaint.action_tell()
        complaint.action_receive()
        return complaint

    def test_not_received_reopens(self):
        complaint = self._create_complaint()
        complaint.action_take()
        complaint.action_decide()
        complaint.action_tell()
        with self.assertRaisesRegex(UserError, "Enter the reason"):
            complaint.action_deny()
        self.assertEqual(complaint.state, "follow_up")
        complaint.action_deny("Nothing came")
        self.assertEqual(complaint.state, "progress")
        self.assertEqual(complaint.reopen_count, 1)
        self.assertFalse(complaint.date_decided or complaint.date_told)
        self.assertIn("Nothing came", complaint.message_ids[0].body)

    def test_skip_needs_the_right_and_a_reason(self):
        complaint = self._create_complaint()
        complaint.action_take()
        complaint.action_decide()
        with self.assertRaises(AccessError):
            complaint.with_user(self.agent).action_skip("No time")
        with self.assertRaises(UserError):
            complaint.with_user(self.head).action_skip(" ")
        self.assertEqual(complaint.state, "inform")
        complaint.with_user(self.head).action_skip("Told by letter")
        self.assertEqual((complaint.state, complaint.skip_count), ("follow_up", 1))
        complaint.with_user(self.head).action_skip("Number is dead")
        self.assertEqual((complaint.state, complaint.skip_count), ("confirmed", 2))

    def test_card_is_dragged_only_where_a_button_leads(self):
        complaint = self._create_complaint().with_user(self.agent)
        for state in ("decided", "closed", "cancelled", "execution"):
            with self.subTest(state=state), self.assertRaises(UserError):
                complaint.state = state
            complaint.invalidate_recordset()
            self.assertEqual(complaint.state, "new")
        complaint.state = "progress"
        complaint.state = "decided"
        self.assertEqual(complaint.state, "inform")
        complaint.state = "follow_up"
        complaint.state = "confirmed"
        with self.assertRaises(UserError):  # the button asks for a result
            complaint.state = "closed"

    def test_system_moves_and_dates_are_not_for_people(self):
        complaint = self._create_complaint().with_user(self.agent)
        complaint.action_take()
        for action in ("release", "executed"):
            with self.assertRaises(UserError):
                complaint._move(action)
        for values in (
            {"date_told": "2024-01-01 00:00:00"},
            {"name": "X"},
            {"deadline_reply": False},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                complaint.with_context(crm_service_move=True).write(values)
        made = self.env["crm.complaint"].with_user(self.agent)
        self.assertEqual(made.create({"state": "closed"}).state, "new")

    def test_second_decision_says_what_has_happened(self):
        complaint = self._create_complaint()
        complaint.action_take()
        complaint.action_decide()
        with self.assertRaisesRegex(UserError, "is Inform the Customer"):
            complaint.with_user(self.head).action_decide()
        self.assertEqual(complaint.reopen_count, 0)

    def test_who_comes_second_at_the_same_moment_is_told(self):
        complaint = self._create_complaint()
        complaint.action_take()
        self.env.flush_all()
        model = type(complaint)
        original = model.lock_for_update

        def busy(records, **kwargs):
            """As when another transaction holds the row."""
            raise LockError("busy")

        self.patch(model, "lock_for_update", busy)
        with self.assertRaisesRegex(UserError, "Another user is working on"):
            complaint.action_decide()
        self.assertEqual(complaint.state, "progress")
        self.patch(model, "lock_for_update", original)
        complaint.action_decide()
        self.assertEqual(complaint.state, "inform")

    def test_proof_of_the_kind_is_asked_for(self):
        complaint = self._create_complaint()
        complaint.action_take()
        self.kind.proof = "picture"
        with self.assertRaisesRegex(UserError, "a picture is required"):
            complaint.action_decide()
        self.assertEqual(complaint.state, "progress")
        self.env["ir.attachment"].create(
            {
                "name": "bag.png",
                "res_model": "crm.complaint",
                "res_id": complaint.id,
                "mimetype": "image/png",
                "raw": b"\x89PNG\r\n\x1a\n",
            }
        )
        complaint.action_decide()
        self.assertEqual(complaint.state, "inform")

    def test_lot_is_asked_for_where_the_product_is_tracked(self):
        self.kind.is_lot_required = True
        tracked = self.env["product.product"].create(
            {"name": "Yeast", "type": "consu", "is_storable": True, "tracking": "lot"}
        )
        lot = self.env["stock.lot"].create({"name": "L1", "product_id": tracked.id})
        complaint = self._create_complaint(quantity=0)
        complaint.line_ids = [Command.create({"product_id": tracked.id})]
        complaint.action_take()
        with self.assertRaisesRegex(UserError, "is tracked"):
            complaint.action_decide()
        with self.assertRaises(ValidationError):
            self._create_complaint().line_ids.lot_id = lot
        complaint.line_ids.lot_id = lot
        complaint.action_decide()
        self.assertEqual(complaint.state, "inform")

    def test_nobody_complains_of_more_than_he_has_bought(self):
        complaint = self._create_complaint(quantity=10)
        self.assertEqual(complaint.amount, 200.0)
        with self.assertRaisesRegex(ValidationError, "only 10"):
            complaint.line_ids = [
                Command.create(
                    {"sale_line_id": self.order.order_line.id, "quantity": 1}
                )
            ]
        unit = self.order.order_line.product_uom_id
        dozen = self.env["uom.uom"].create(
            {"name": "Pack of 6", "relative_factor": 6, "relative_uom_id": unit.id}
        )
        with self.assertRaises(ValidationError):
            complaint.line_ids[0].write({"quantity": 2, "product_uom_id": dozen.id})

    def test_order_of_another_customer_is_refused(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        with self.assertRaises(ValidationError):
            self._create_complaint(quantity=0, partner_id=stranger.id)
        with self.assertRaises(ValidationError):
            self._create_complaint(partner_id=stranger.id, order_id=False)

    @mute_logger("odoo.sql_db")
    def test_quantity_is_more_than_zero(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._create_complaint().line_ids.quantity = 0
            self.env.flush_all()

    def test_value_is_in_the_company_currency_of_its_day(self):
        other = self.env["res.currency"].create(
            {
                "name": "XQX",
                "symbol": "X",
                "rate_ids": [
                    Command.create({"name": "2020-01-01", "rate": 4.0}),
                ],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "X", "currency_id": other.id}
        )
        order = self.order.copy({"pricelist_id": pricelist.id})
        order.order_line.price_unit = 80.0
        order.action_confirm()
        complaint = self._create_complaint(quantity=0, order_id=order.id)
        complaint.line_ids = [
            Command.create({"sale_line_id": order.order_line.id, "quantity": 2})
        ]
        self.assertEqual(complaint.currency_id, other)
        self.assertEqual(complaint.amount, 160.0)
        self.assertEqual(complaint.amount_company, 40.0)

    def test_archived_product_and_partner_stay_in_the_complaint(self):
        complaint = self._create_complaint()
        self.product.active = False
        self.bea.active = False
        complaint.invalidate_recordset()
        complaint = complaint.with_user(self.agent)
        self.assertEqual(complaint.line_ids.product_id.name, "Flour")
        self.assertEqual(complaint.partner_id, self.bea)
        complaint.action_take()
        complaint.action_decide()
        self.assertEqual(complaint.state, "inform")

    def test_company_cannot_change_under_an_order(self):
        complaint = self._create_complaint()
        other = self.env["res.company"].create({"name": "Other"})
        with self.assertRaises(UserError):
            complaint.company_id = other
        plain = self._create_complaint(quantity=0, order_id=False)
        plain.company_id = other
        self.assertFalse(plain.team_id)
        self.assertEqual(plain.currency_id, other.currency_id)

    def test_what_was_handled_is_not_deleted(self):
        complaint = self._create_complaint()
        complaint.action_take()
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            complaint.with_user(self.head).unlink()
        with self.assertRaises(AccessError):
            self._create_complaint().with_user(self.agent).unlink()
        complaint.action_cancel("A mistake")
        complaint.with_user(self.head).unlink()
        self.assertFalse(complaint.exists())

    @freeze_time("2024-05-06 08:00:00")
    def test_numbers_count_per_year(self):
        names = [self._create_complaint(quantity=0).name for _index in range(2)]
        self.assertEqual([name[:9] for name in names], ["CMP/2024/", "CMP/2024/"])
        self.assertEqual(int(names[1][9:]) - int(names[0][9:]), 1)

    def test_merged_customers_bring_their_complaints(self):
        twin = self.env["res.partner"].create({"name": "Bea T."})
        theirs = self._create_complaint(quantity=0, partner_id=twin.id, order_id=False)
        own = self._create_complaint()
        self.assertEqual(theirs.commercial_partner_id, twin)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((twin + self.bea).ids, self.bea)
        (theirs + own).invalidate_recordset()
        self.assertEqual((theirs + own).partner_id, self.bea)
        self.assertEqual((theirs + own).commercial_partner_id, self.customer)
        self.assertEqual(self.customer.with_user(self.agent).complaint_count, 2)
        self.assertEqual(self.order.with_user(self.agent).complaint_count, 1)
