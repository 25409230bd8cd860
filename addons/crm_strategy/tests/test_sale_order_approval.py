from lxml import etree

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged

from odoo.addons.payment.tests.common import PaymentCommon

from .approval_common import ApprovalCommon

SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestSaleOrderApproval(ApprovalCommon):
    """What approvals mean for quotations, for those with rules and those without."""

    def _remove_all_rules(self):
        """Make it a database in which nobody ever wrote a rule."""
        self.env["crm.approval.step"].search([]).unlink()
        self.env["sale.order"].search([("approval_state", "!=", "none")]).write(
            {"approval_state": "none"}
        )
        rules = self.env["crm.approval.rule"].with_context(active_test=False)
        rules.search([]).unlink()

    # --- WITHOUT RULES NOTHING CHANGES

    def _get_arch(self, view_type):
        orders = self.env["sale.order"].with_user(self.rep)
        view = orders.get_views([(False, view_type)])["views"][view_type]
        return etree.fromstring(view["arch"])

    def _get_our_nodes(self, view_type):
        return [
            node
            for node in self._get_arch(view_type).iter()
            if "approv" in (node.get("name") or "")
        ]

    def test_screens_know_nothing_before_the_first_rule(self):
        self._remove_all_rules()
        for view_type in ("form", "list", "kanban", "search"):
            self.assertFalse(self._get_our_nodes(view_type), view_type)
        self._create_rule()
        names = {node.get("name") for node in self._get_our_nodes("form")}
        self.assertLessEqual(
            {"action_request_approval", "action_approve", "approval_step_ids"}, names
        )
        self.assertEqual(
            [node.get("name") for node in self._get_our_nodes("search")],
            ["approval_pending", "approval_returned"],
        )
        self.assertFalse(self._get_our_nodes("list"))

    def test_no_query_before_the_first_rule(self):
        self._remove_all_rules()
        orders = self.env["sale.order"]
        for _index in range(3):
            orders |= self._create_order()
        self.env.flush_all()
        self.env.invalidate_all()
        orders._is_approval_used()  # the cache of the registry is warm
        with self.assertQueryCount(0):
            self.assertFalse(orders._get_unapproved())
            with orders._watch_approval():
                pass
            self.assertFalse(orders._search_approval_steps())

    def test_a_company_without_rules_asks_nothing(self):
        self._create_rule(company_id=self.company_us.id)
        order = self._create_order()
        order.read(["state", "approval_state", "company_id"])
        with self.assertQueryCount(0):
            self.assertFalse(order._get_unapproved())

    def test_same_queries_for_one_and_for_many(self):
        """The steps of a whole page are read at once."""
        self._create_rule()
        orders = self.env["sale.order"]
        for _index in range(6):
            order = self._create_order()
            order.action_request_approval()
            orders |= order
        counts = []
        for group in (orders[:1], orders[:1], orders[1:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            group.mapped("can_approve")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts[1:])  # the first one warms up

    # --- CONFIRM AND SEND

    def test_no_way_round(self):
        self._create_rule(amount_min=1000)
        order = self._create_order()
        for attempt in (
            order.action_confirm,
            lambda: order.write({"state": "sale"}),
            order.sudo()._validate_order,
            lambda: self._create_order(state="sale"),
        ):
            with self.assertRaisesRegex(UserError, "needs approval first"):
                attempt()
            self.assertEqual(order.state, "draft")

    def test_orders_confirmed_before_the_rule_stay(self):
        order = self._create_order()
        order.action_confirm()
        self._create_rule()
        self.assertFalse(order.approval_is_required)
        order.order_line.product_uom_qty = 5
        order.action_lock()
        self.assertEqual((order.state, order.approval_state), ("sale", "none"))

    def test_before_sending_only_where_the_rule_says_so(self):
        rule = self._create_rule(amount_min=1000)
        order = self._create_order()
        self.assertEqual(order.action_quotation_send()["type"], "ir.actions.act_window")
        rule.is_before_sending = True
        for attempt in (order.action_quotation_send, order.action_quotation_sent):
            with self.assertRaisesRegex(UserError, "needs approval first"):
                attempt()
        with self.assertRaisesRegex(UserError, "needs approval first"):
            order.with_context(mark_so_as_sent=True).message_post(body="Offer")
        self.assertEqual(order.state, "draft")
        order.action_request_approval()
        self._mine(self.leader).action_approve()
        order.action_quotation_sent()
        self.assertEqual(order.state, "sent")

    def test_form_shows_what_is_needed_while_typing(self):
        self._create_rule("Margin", is_margin_asked=True, margin_below=8)
        with Form(self._create_order(1000, 95)) as form:
            self.assertFalse(form.approval_is_required)
            with form.order_line.edit(0) as line:
                line.price_unit = 100
            self.assertTrue(form.approval_is_required)
            self.assertIn("Margin", form.approval_why)

    # --- CUSTOMER

    def test_customer_neither_signs_nor_pays_before(self):
        self._create_rule(amount_min=1000)
        order = self._create_order(require_signature=True, require_payment=True)
        self.assertFalse(order._has_to_be_signed())
        self.assertFalse(order._has_to_be_paid())
        order.action_request_approval()
        self.assertFalse(order._has_to_be_signed())
        self._mine(self.leader).action_approve()
        self.assertTrue(order._has_to_be_signed())
        self.assertTrue(order._has_to_be_paid())
        small = self._create_order(999, require_signature=True)
        self.assertTrue(small._has_to_be_signed())


@tagged("post_install", "-at_install")
class TestSaleOrderApprovalPayment(ApprovalCommon, PaymentCommon):
    def test_money_that_came_is_kept_and_the_order_waits(self):
        self._create_rule(amount_min=1000, is_before_sending=True)
        order = self._create_order(require_signature=False, require_payment=True)
        tx = self._create_transaction(
            "redirect",
            amount=order.amount_total,
            currency_id=order.currency_id.id,
            sale_order_ids=[Command.set(order.ids)],
            state="pending",
            reference="Approval test",
        )
        tx._post_process()
        self.assertEqual(order.state, "sent")
        tx._set_done()
        tx._check_amount_and_confirm_order()
        self.assertEqual(order.state, "sent")
        self.assertIn("The customer paid", str(order.sudo().message_ids.mapped("body")))
        order.action_request_approval()
        self._mine(self.leader).action_approve()
        order.action_confirm()
        self.assertEqual(order.state, "sale")


@tagged("post_install", "-at_install")
class TestSaleOrderApprovalPortal(ApprovalCommon, HttpCase):
    def test_customer_reads_that_he_has_to_wait(self):
        self._create_rule(amount_min=1000)
        order = self._create_order(require_signature=True)
        order.action_quotation_sent()
        url = order.sudo().get_portal_url()
        token = order.sudo().access_token
        page = self.url_open(url).text
        self.assertIn("We are still reviewing this quotation.", page)
        self.assertNotIn('data-bs-target="#modalaccept"', page)
        page = self.url_open(f"{url}&payment_amount=1000").text
        self.assertNotIn("Pay Now", page)
        answer = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {"access_token": token, "name": "Foil", "signature": SIGNATURE},
        )
        self.assertIn("still reviewing", answer["error"])
        self.assertFalse(order.signature)
        order.action_request_approval()
        self._mine(self.leader).action_approve()
        page = self.url_open(url).text
        self.assertNotIn("still reviewing", page)
        self.assertIn('data-bs-target="#modalaccept"', page)
        self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {"access_token": token, "name": "Foil", "signature": SIGNATURE},
        )
        order.invalidate_recordset()
        self.assertEqual(order.state, "sale")
