from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .remedy_common import RemedyCommon


@tagged("post_install", "-at_install")
class TestRemedyDiscount(RemedyCommon):
    """A promised discount stands on the next quotation, and on no other."""

    def _promise(self, amount=30.0):
        complaint = self._create_complaint()
        remedy = self._add(complaint, "discount", amount=amount)
        self._decide(complaint)
        return remedy

    def _quote(self, quantity=2, **vals):
        return self.env["sale.order"].create(
            {
                "partner_id": self.works.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.pail.id, "product_uom_qty": quantity}
                    )
                ],
                **vals,
            }
        )

    def test_it_stands_on_the_next_quotation_once(self):
        remedy = self._promise()
        self.assertEqual((remedy.state, remedy.cost), ("done", 30.0))
        first, second = self._quote(), self._quote()
        # 2 x 50 - 30, 15 % tax
        self.assertEqual((first.amount_untaxed, first.amount_total), (70.0, 80.5))
        self.assertEqual(second.amount_untaxed, 100.0)
        self.assertEqual(remedy.discount_order_id, first)
        self.assertFalse(second.crm_discount_ids)

    def test_copy_of_the_quotation_does_not_give_it_again(self):
        self._promise()
        first = self._quote()
        self.assertEqual(first.copy().amount_untaxed, 100.0)

    def test_cancelled_quotation_frees_it(self):
        remedy = self._promise()
        first = self._quote()
        first._action_cancel()
        second = self._quote()
        self.assertEqual(second.amount_untaxed, 70.0)
        self.assertEqual(remedy.discount_order_id, second)
        first.action_draft()
        self.assertEqual(first.amount_untaxed, 100.0)

    def test_deleted_line_frees_it(self):
        self._promise()
        first = self._quote()
        first.order_line.filtered("crm_discount_remedy_id").unlink()
        self.assertEqual(len(first.crm_discount_ids), 1)
        first.action_use_discounts()
        self.assertEqual(first.amount_untaxed, 70.0)

    def test_larger_than_the_quotation_it_waits(self):
        self._promise(60.0)
        self.assertEqual(self._quote(quantity=1).amount_untaxed, 50.0)
        self.assertEqual(self._quote(quantity=2).amount_untaxed, 40.0)

    def test_no_more_is_taken_off_than_was_promised(self):
        self._promise()
        line = self._quote().order_line.filtered("crm_discount_remedy_id")
        with self.assertRaises(ValidationError):
            line.price_unit = -31.0
        line.price_unit = -20.0

    def test_other_customers_get_nothing(self):
        self._promise()
        other = self.env["res.partner"].create({"name": "Somebody Else"})
        self.assertEqual(self._quote(partner_id=other.id).amount_untaxed, 100.0)


@tagged("post_install", "-at_install")
class TestRemedyReturn(RemedyCommon):
    """Goods come back by a return of their own delivery."""

    def test_return_of_the_delivery(self):
        complaint = self._create_complaint(pails=4)
        remedy = self._add(complaint, "return", [3])
        self._decide(complaint, self.agent)
        picking = remedy.return_ids
        self.assertEqual(picking.return_id, self.order.picking_ids - picking)
        self.assertEqual(picking.move_ids.product_uom_qty, 3.0)
        self.assertEqual((complaint.state, remedy.state), ("execution", "released"))
        self.assertEqual(complaint.step_ids.task, "pick_up")
        self._ship(picking)
        self.assertEqual((complaint.state, remedy.state), ("inform", "done"))
        self.assertEqual(remedy.line_ids.shipped_quantity, 3.0)

    def test_more_than_was_delivered_cannot_come_back(self):
        first = self._create_complaint(pails=8)
        self._add(first, "return", [8])
        self._decide(first)
        second = self._create_complaint(pails=3)
        remedy = self._add(second, "return", [3])
        with self.assertRaises(UserError):
            self._decide(second)
        self.assertFalse(remedy.return_ids)

    def test_order_complaint_and_documents_are_one_flow(self):
        complaint = self._create_complaint(pails=4, drums=2)
        replacement = self._add(complaint, "replacement", [4, 0])
        refund = self._add(complaint, "refund", [0, 2])
        back = self._add(complaint, "return", [4, 2])
        self._decide(complaint)
        flow = self.env["crm.document.flow"].get_flow("sale.order", self.order.id)
        shown = {
            (node["model"], node["id"])
            for column in flow["columns"]
            for node in column["nodes"]
            if node["is_readable"]
        }
        for record in (
            complaint,
            self.order,
            replacement.sale_order_id,
            refund.move_ids,
            back.return_ids,
        ):
            self.assertIn((record._name, record.id), shown)
