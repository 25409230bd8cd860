from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .remedy_common import RemedyCommon


@tagged("post_install", "-at_install")
class TestRemedyRefund(RemedyCommon):
    """Money back: from the invoice, in its currency, posted by finance, once."""

    def _decide_refund(self, pails=10, drums=0, quantities=None, order=None, **vals):
        complaint = self._create_complaint(pails, drums, order=order)
        remedy = self._add(complaint, "refund", quantities, **vals)
        self._decide(complaint)
        return complaint, remedy

    def test_credit_note_takes_pieces_at_the_price_of_their_invoice(self):
        complaint, remedy = self._decide_refund(4, 2)
        note = remedy.move_ids
        self.assertEqual((note.state, note.move_type), ("draft", "out_refund"))
        self.assertEqual(note.reversed_entry_id, self.order.invoice_ids - note)
        self.assertEqual(note.invoice_origin, complaint.name)
        self.assertEqual(
            [
                (line.product_id, line.quantity, line.price_unit, line.discount)
                for line in note.invoice_line_ids
            ],
            [(self.pail, 4.0, 50.0, 0.0), (self.drum, 2.0, 100.0, 10.0)],
        )
        # 200 for pails and 180 for drums, 15 % tax
        self.assertEqual((note.amount_untaxed, note.amount_total), (380.0, 437.0))
        self.assertEqual((remedy.state, remedy.cost), ("granted", 380.0))
        self.assertEqual((complaint.state, complaint.remedy_cost), ("decided", 380.0))

    def test_finance_posts_it_with_the_step(self):
        complaint, remedy = self._decide_refund(4)
        step = complaint.step_ids
        self.assertEqual((step.department, step.is_gate), ("finance", True))
        self._approve(complaint)
        self.assertEqual((remedy.move_ids.state, remedy.state), ("posted", "done"))
        self.assertEqual((step.state, step.done_by_id), ("done", self.finance))
        self.assertEqual(complaint.state, "inform")
        self.assertEqual(self.order.order_line[0].qty_invoiced, 6.0)

    def test_posted_in_accounting_the_complaint_goes_on_alike(self):
        complaint, remedy = self._decide_refund(4)
        remedy.move_ids.with_user(self.finance).action_post()
        self.assertEqual((complaint.state, remedy.state), ("inform", "done"))
        self.assertEqual(complaint.step_ids.state, "done")

    def test_head_of_service_cannot_post_it(self):
        complaint, remedy = self._decide_refund(4)
        with self.assertRaises(AccessError):
            complaint.step_ids.with_user(self.head).action_done()
        self.assertEqual(remedy.move_ids.state, "draft")

    def test_part_of_the_price_leaves_the_pieces_invoiced(self):
        """3 pails worth 150 and 2 drums worth 180; 100 of 330: 45.45 and 54.55."""
        _complaint, remedy = self._decide_refund(3, 2, amount=100.0)
        note = remedy.move_ids
        self.assertEqual(note.invoice_line_ids.mapped("price_subtotal"), [45.45, 54.55])
        self.assertEqual((note.amount_untaxed, note.amount_total), (100.0, 115.0))
        note.with_user(self.finance).action_post()
        self.assertEqual(self.order.order_line.mapped("qty_invoiced"), [10.0, 4.0])
        self.assertEqual(remedy.cost, 100.0)

    def test_credited_pieces_are_not_credited_again(self):
        self._decide_refund(8)
        with self.assertRaises(UserError) as e:
            self._decide_refund(3)
        self.assertIn("on another complaint", str(e.exception))
        _complaint, remedy = self._decide_refund(2)
        self.assertEqual(remedy.move_ids.amount_untaxed, 100.0)

    def test_cancelled_credit_note_returns_the_complaint(self):
        complaint, remedy = self._decide_refund(4)
        remedy.move_ids.with_user(self.finance).button_cancel()
        self.assertEqual((complaint.state, remedy.state), ("progress", "cancelled"))
        self.assertEqual(remedy.cost, 0.0)
        self.assertIn(self.head, complaint.activity_ids.user_id)

    def test_finance_sends_it_back(self):
        complaint, remedy = self._decide_refund(4)
        note = remedy.move_ids
        complaint.step_ids.with_user(self.finance).action_return("Not paid yet")
        self.assertEqual((note.state, remedy.state), ("cancel", "refused"))
        self.assertEqual(complaint.state, "progress")

    # --- WHAT THE CUSTOMER READS

    def test_customer_reads_the_amount_with_taxes(self):
        """380.00 are credited, 437.00 come back with 15 percent of tax."""
        complaint, _remedy = self._decide_refund(4, 2)
        self.assertEqual(complaint._get_portal_remedies(), [])
        self._approve(complaint)
        (shown,) = complaint._get_portal_remedies()
        self.assertEqual(shown["amounts"], [(437.0, self.usd)])
        self.assertEqual(
            (shown["name"], shown["is_taxed"], shown["reason"]),
            ("Credit Note", True, ""),
        )

    def test_customer_reads_what_a_discount_is_worth(self):
        complaint = self._create_complaint(pails=2)
        self._add(complaint, "discount", amount=20.0, reason="Ours, not his")
        self._decide(complaint)
        (shown,) = complaint._get_portal_remedies()
        self.assertEqual(shown["amounts"], [(20.0, self.usd)])
        self.assertEqual((shown["is_taxed"], shown["reason"]), (False, ""))

    # --- CURRENCIES

    def test_amounts_in_the_currency_of_order_and_invoice(self):
        """2 units of it for 1 of ours: 4 x 50 credited are 100 to us."""
        foreign = self.env["res.currency"].create(
            {"name": "KRU", "symbol": "kr", "rounding": 0.01, "active": True}
        )
        today = fields.Date.today()
        self.env["res.currency.rate"].create(
            {"currency_id": foreign.id, "rate": 2.0, "name": "2020-01-01"}
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Kru", "currency_id": foreign.id}
        )
        order = self._create_order(pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, foreign)
        complaint, remedy = self._decide_refund(4, order=order)
        note = remedy.move_ids
        self.assertEqual(
            (complaint.currency_id, remedy.currency_id), (foreign, foreign)
        )
        self.assertEqual((note.currency_id, note.amount_untaxed), (foreign, 200.0))
        self.assertEqual(remedy.amount, 200.0)
        self.assertEqual((remedy.amount_company, remedy.case_amount), (100.0, 100.0))
        self.assertEqual((remedy.cost, remedy.percent), (100.0, 100.0))
        # the rate of the credit note's day counts for its cost
        self.env["res.currency.rate"].create(
            {"currency_id": foreign.id, "rate": 4.0, "name": today}
        )
        note.invoice_date = today
        self._approve(complaint)
        self.assertEqual((remedy.amount_company, remedy.cost), (100.0, 50.0))

    def test_invoice_in_another_currency_than_the_order(self):
        """A share of the worth is credited as that share of the invoice."""
        foreign = self.env["res.currency"].create(
            {"name": "KRV", "symbol": "kv", "rounding": 0.01, "active": True}
        )
        self.env["res.currency.rate"].create(
            {"currency_id": foreign.id, "rate": 3.0, "name": "2020-01-01"}
        )
        order = self.order.copy()
        order.action_confirm()
        order.picking_ids.move_ids.picked = True
        order.picking_ids.button_validate()
        invoice = order._create_invoices()
        invoice.currency_id = foreign
        invoice.invoice_line_ids[0].price_unit = 150.0
        invoice.invoice_date = fields.Date.today()
        invoice.action_post()
        _complaint, remedy = self._decide_refund(4, order=order, amount=50.0)
        # a quarter of 4 x 50; 4 x 150 on the invoice
        note = remedy.move_ids
        self.assertEqual((note.currency_id, note.amount_untaxed), (foreign, 150.0))
        self.assertEqual((remedy.amount_company, remedy.cost), (50.0, 50.0))

    # --- ONCE

    def test_database_keeps_a_second_document_out(self):
        complaint = self._create_complaint(4, 2)
        refund = self._add(complaint, "refund", [4, 0])
        replacement = self._add(complaint, "replacement", [0, 2])
        self._decide(complaint)
        for make in (
            lambda: self.env["sale.order"].create(replacement._prepare_order_vals()),
            lambda: self.order.invoice_ids.filtered(
                lambda m: m.move_type == "out_invoice"
            )._reverse_moves([{"crm_remedy_id": refund.id}]),
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                make()
                self.env.flush_all()

    def test_retry_after_a_crash_finds_what_was_made(self):
        complaint = self._create_complaint(4, 2)
        refund = self._add(complaint, "refund", [4, 0])
        replacement = self._add(complaint, "replacement", [0, 2])
        self._decide(complaint)
        order, note = replacement.sale_order_id, refund.move_ids
        replacement.sale_order_id = False  # lost between document and remedy
        complaint.step_ids.unlink()
        remedies = (refund | replacement).with_user(self.agent)
        remedies.action_retry()
        remedies.action_retry()
        self.assertEqual(replacement.sale_order_id, order)
        self.assertEqual(refund.move_ids, note)
        self.assertEqual(
            self.env["sale.order"].search_count(
                [("crm_remedy_id", "=", replacement.id)]
            ),
            1,
        )
        self.assertEqual(
            complaint.step_ids.mapped("task"),
            ["post_credit_note", "approve_replacement", "ship_replacement"],
        )

    def test_decision_is_made_once(self):
        complaint, _remedy = self._decide_refund(4)
        with self.assertRaises(UserError):
            self._decide(complaint)
        self.assertEqual(len(complaint.remedy_ids.move_ids), 1)

    def test_piece_gets_one_remedy(self):
        complaint = self._create_complaint(4)
        self._add(complaint, "refund", [3])
        with self.assertRaises(UserError):
            self._add(complaint, "replacement", [2])
        self._add(complaint, "replacement", [1])
        self._add(complaint, "return", [4])

    def test_nobody_else_links_documents(self):
        _complaint, remedy = self._decide_refund(4)
        admin = self.env.ref("base.user_admin")
        with self.assertRaises(AccessError):
            self.env["sale.order"].with_user(admin).create(
                {"partner_id": self.customer.id, "crm_remedy_id": remedy.id}
            )
        with self.assertRaises(AccessError):
            self.order.with_user(admin).crm_remedy_id = remedy
        with self.assertRaises(AccessError):
            remedy.with_user(self.head).state = "released"
        self.assertFalse(self.order.crm_remedy_id)

    def test_order_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Remedy B"})
        complaint = self._create_complaint(4)
        remedy = self._add(complaint, "refund")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET company_id = %s WHERE id = %s",
            [other.id, self.order.id],
        )
        self.order.invalidate_recordset(["company_id"])
        with self.assertRaises(UserError) as e:
            self._decide(complaint)
        self.assertIn("Remedy B", str(e.exception))
        self.assertFalse(remedy.move_ids)

    def test_invoice_of_another_company_is_not_credited(self):
        other = self.env["res.company"].create({"name": "Remedy B"})
        complaint = self._create_complaint(4)
        remedy = self._add(complaint, "refund")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET company_id = %s WHERE id = %s",
            [other.id, self.order.invoice_ids.id],
        )
        self.env.invalidate_all()
        with self.assertRaises(UserError) as e:
            self._decide(complaint)
        self.assertIn("no posted invoice", str(e.exception))
        self.assertFalse(remedy.move_ids)
