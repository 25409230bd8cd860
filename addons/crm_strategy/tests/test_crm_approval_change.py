from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalChange(ApprovalCommon):
    """What was approved is what stands there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_rule()

    def _create_approved(self, **vals):
        order = self._create_order(**vals)
        order.action_request_approval()
        self._mine(self.leader).action_approve()
        self.assertEqual(order.approval_state, "approved")
        return order

    def assertVoid(self, order, text):
        """Check that the approval is void, and that the log says ``text``."""
        self.env.flush_all()
        self.assertEqual(order.approval_state, "none")
        step = self._step(order, "void")
        self.assertEqual(len(step), 1)
        self.assertIn(text, step.void_reason)
        self.assertIn(text, str(order.message_ids[0].body))

    def test_price_changed_in_the_order(self):
        order = self._create_approved()
        order.write(
            {"order_line": [Command.update(order.order_line.id, {"price_unit": 900})]}
        )
        self.assertVoid(order, "app_rep")
        self.assertIn(
            "Unit Price from 1000 to 900", self._step(order, "void").void_reason
        )
        step = self._step(order, "void")
        self.assertEqual((step.decision, step.decided_by_id), ("approved", self.leader))
        with self.assertRaisesRegex(UserError, "needs approval first"):
            order._check_approved()
        order.action_request_approval()
        self.assertEqual(order.approval_state, "pending")

    def test_line_changed_by_itself(self):
        order = self._create_approved()
        order.order_line.with_user(self.head).discount = 5
        self.assertVoid(order, "app_head")
        self.assertIn("from 0 to 5", self._step(order, "void").void_reason)

    def test_another_customer_of_the_same_name(self):
        order = self._create_approved()
        order.partner_id = self.customer.copy({"name": self.customer.name})
        self.assertVoid(order, "Customer")

    def test_line_moved_in_from_another_quotation(self):
        order, other = self._create_approved(), self._create_order(price=9000)
        other.order_line.with_user(self.rep).write({"order_id": order.id})
        self.assertVoid(order, "added")

    def test_line_moved_out_to_another_quotation(self):
        order, other = self._create_approved(), self._create_order(price=9000)
        order.order_line.with_user(self.rep).write({"order_id": other.id})
        self.assertVoid(order, "removed")

    def test_order_that_claims_to_be_history(self):
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._create_order(state="sale", sales_history_key="X1")
        self.assertFalse(
            self.env["sale.order"].search([("sales_history_key", "=", "X1")])
        )

    def test_manager_of_another_company_withdraws_nothing(self):
        order = self._create_approved()
        with self.assertRaises(AccessError):
            order.with_user(self.head_us).action_withdraw()
        self.assertEqual(order.approval_state, "approved")

    def test_line_added(self):
        order = self._create_approved()
        self.env["sale.order.line"].with_user(self.rep).create(
            {"order_id": order.id, "product_id": self.product.id}
        )
        self.assertVoid(order, "added")

    def test_line_removed(self):
        order = self._create_approved()
        order.order_line.unlink()
        self.assertVoid(order, "1 lines removed")

    def test_taxes_changed(self):
        order = self._create_approved()
        country = self.env.ref("base.de").id
        own = {"company_id": self.company.id, "country_id": country}
        group = self.env["account.tax.group"].create({"name": "VAT", **own})
        tax = self.env["account.tax"].create(
            {"name": "VAT 19", "amount": 19, "tax_group_id": group.id, **own}
        )
        order.order_line.with_user(self.head).tax_ids = tax
        self.assertVoid(order, "VAT 19")

    def test_cost_changed(self):
        order = self._create_approved()
        order.order_line.purchase_price = 500
        self.assertVoid(order, "from 0 to 500")

    def test_customer_changed(self):
        order = self._create_approved()
        order.partner_id = self.env["res.partner"].create({"name": "Other Foil"})
        self.assertVoid(order, "Northern Foil")

    def test_pending_request_becomes_void_too(self):
        order = self._create_order()
        order.action_request_approval()
        order.order_line.product_uom_qty = 2
        self.assertVoid(order, "from 1 to 2")
        self.assertEqual(self._activities(order), [])
        self.assertFalse(self._mine(self.leader))

    def test_several_changes_make_one_entry(self):
        order = self._create_approved()
        count = len(order.message_ids)
        order.write(
            {
                "order_line": [
                    Command.update(
                        order.order_line.id, {"price_unit": 900, "discount": 1}
                    ),
                    Command.create({"product_id": self.product.id}),
                ]
            }
        )
        self.assertEqual(order.approval_state, "none")
        self.assertEqual(len(order.message_ids), count + 1)
        text = self._step(order, "void").void_reason
        for part in ("from 1000 to 900", "from 0 to 1", "added"):
            self.assertIn(part, text)

    def test_what_does_not_matter_leaves_it_alone(self):
        order = self._create_approved()
        order.write({"client_order_ref": "PO 7", "note": "Thanks"})
        order.order_line.name = "Foil, slit"
        order.order_line.price_unit = 1000
        order.action_quotation_sent()
        self.assertEqual(order.approval_state, "approved")

    def test_company_changed(self):
        order = self._create_approved()
        order.order_line.unlink()
        self.assertEqual(order.approval_state, "none")
        order = self._create_approved(order_line=False)
        order.sudo().with_context(tracking_disable=True).write(
            {
                "company_id": self.company_us.id,
                "team_id": False,
                "warehouse_id": False,
                "user_id": False,
                "pricelist_id": False,
            }
        )
        self.assertEqual(order.sudo().approval_state, "none")

    def test_cancelled_quotation_ends_its_request(self):
        order = self._create_order()
        order.action_request_approval()
        order._action_cancel()
        self.assertEqual(order.approval_state, "none")
        self.assertFalse(self._mine(self.leader))
        approved = self._create_approved()
        approved._action_cancel()
        self.assertEqual(approved.approval_state, "approved")
        approved.order_line.price_unit = 1
        self.assertEqual(approved.approval_state, "none")

    def test_deleted_quotation_leaves_nothing_waiting(self):
        order = self._create_order()
        order.action_request_approval()
        step = self._step(order)
        order.with_user(self.head).unlink()
        self.assertEqual(step.state, "void")
        self.assertFalse(step.activity_ids)
        self.assertFalse(self._mine(self.leader))
        self.assertEqual(step.with_user(self.rep).state, "void")
        self.assertFalse(step.with_user(self.rep).can_open_document)
