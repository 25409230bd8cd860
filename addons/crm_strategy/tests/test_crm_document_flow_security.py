from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .document_flow_common import DocumentFlowCommon

# All that the browser may learn of a document that the reader may not read
GREY = {"key", "kind", "label", "is_readable", "is_current", "is_other"}


@tagged("post_install", "-at_install")
class TestCrmDocumentFlowSecurity(DocumentFlowCommon):
    def _get_grey_kinds(self, flow):
        return sorted(
            node["kind"]
            for node in self._get_nodes(flow).values()
            if not node["is_readable"]
        )

    def _assert_grey_boxes_are_empty(self, flow):
        for node in self._get_nodes(flow).values():
            if not node["is_readable"]:
                self.assertEqual(set(node), GREY)

    # --- WHO SEES WHAT

    def test_salesperson_sees_payments_as_grey_boxes(self):
        chain = self._create_chain()
        flow = self._get_flow(chain["order"], self.rep)
        self.assertEqual(self._get_grey_kinds(flow), ["payment", "payment"])
        self._assert_grey_boxes_are_empty(flow)
        found = self._get_by_kind(flow)
        self.assertEqual(found["invoice"], chain["invoice"])
        column = flow["columns"][-1]
        self.assertEqual((column["key"], column["count"]), ("payment", 2))
        self.assertEqual(column["totals"], [])

    def test_warehouse_opens_the_flow_from_a_transfer(self):
        chain = self._create_chain()
        flow = self._get_flow(chain["delivery"], self.warehouse)
        grey = self._get_grey_kinds(flow)
        self.assertIn("opportunity", grey)
        self.assertIn("payment", grey)
        self.assertIn("invoice", grey)
        self.assertNotIn("credit_note", grey, "the kind would tell the type")
        self._assert_grey_boxes_are_empty(flow)
        self.assertEqual(
            self._get_by_kind(flow)["delivery"], chain["delivery"] | chain["backorder"]
        )

    def test_finance_opens_the_flow_from_a_payment(self):
        chain = self._create_chain()
        flow = self._get_flow(chain["payment"], self.finance)
        found = self._get_by_kind(flow)
        self.assertEqual(found["invoice"], chain["invoice"])
        self.assertEqual(found["payment"], chain["payment"] | chain["refund"])
        self.assertIn("opportunity", self._get_grey_kinds(flow))
        self._assert_grey_boxes_are_empty(flow)

    def test_grey_box_does_not_tell_quotation_from_order(self):
        lead = self._create_lead()
        self._create_quotation(lead, user=self.other_rep)
        flow = self._get_flow(lead, self.rep)
        self.assertEqual(self._get_grey_kinds(flow), ["order"])

    def test_nothing_of_a_grey_document_is_sent(self):
        lead = self._create_lead("Open to all", expected_revenue=9000)
        order = self._create_order(lead, user=self.other_rep, quantity=77)
        invoice = self._invoice(order)
        flow = self._get_flow(lead, self.rep)
        text = str(flow)
        for secret in (order.name, invoice.name, "7700", "Sales Order", order.state):
            self.assertNotIn(f"'{secret}'", text)
        self.assertNotIn("7700", text)
        self.assertNotIn("sale.order", text)
        self.assertNotIn("account.move", text)
        self._assert_grey_boxes_are_empty(flow)

    # --- WHO MAY OPEN IT

    def test_flow_of_an_unreadable_document_is_refused(self):
        order = self._create_order(user=self.other_rep)
        with self.assertRaises(AccessError):
            self._get_flow(order, self.rep)
        with self.assertRaises(AccessError):
            order.with_user(self.rep).action_open_document_flow()
        with self.assertRaises(AccessError):
            self._get_flow(self._create_lead(), self.warehouse)

    def test_portal_user_is_refused(self):
        portal = self._create_user("flow_portal", "base.group_portal")
        order = self._create_order(partner_id=portal.partner_id.id)
        with self.assertRaises(AccessError):
            self._get_flow(order, portal)

    def test_other_models_and_strange_ids_are_refused(self):
        flow = self.env["crm.document.flow"].with_user(self.manager)
        order = self._create_order()
        for model, res_id in (
            ("res.users", self.manager.id),
            ("no.model", 1),
            ("sale.order", str(order.id)),
            ("sale.order", [order.id]),
            ("sale.order", False),
        ):
            with self.subTest(model=model), self.assertRaises(UserError):
                flow.get_flow(model, res_id)

    def test_button_names_the_document(self):
        order = self._create_order()
        action = order.with_user(self.rep).action_open_document_flow()
        self.assertEqual(action["tag"], "crm_strategy.document_flow")
        self.assertEqual(
            action["params"], {"res_model": "sale.order", "res_id": order.id}
        )

    # --- COMPANIES

    def test_document_of_another_company_is_grey_until_it_is_chosen(self):
        beta = self.setup_other_company(name="Beta")["company"].with_env(self.env)
        lead = self._create_lead("Shared", company_id=False)
        order = self._create_order(lead)
        foreign = self._create_quotation(
            lead, company_id=beta.id, user=self.env["res.users"]
        )
        self.manager.company_ids = [Command.link(beta.id)]
        flow = self._get_flow(lead)
        self.assertEqual(self._get_by_kind(flow)["order"], order)
        self.assertNotIn("quotation", self._get_by_kind(flow))
        self.assertEqual(self._get_grey_kinds(flow), ["order"])
        both = self._get_flow(lead, companies=self.company | beta)
        self.assertEqual(self._get_by_kind(both)["quotation"], foreign)
        self.assertEqual(self._get_grey_kinds(both), [])


@tagged("post_install", "-at_install")
class TestCrmDocumentFlowButton(DocumentFlowCommon):
    """The button stands on the forms of those who reach them, and costs nothing."""

    def test_button_is_there_for_sales_finance_and_warehouse(self):
        for user, model in (
            (self.rep, "crm.lead"),
            (self.rep, "sale.order"),
            (self.warehouse, "stock.picking"),
            (self.finance, "account.move"),
            (self.finance, "account.payment"),
        ):
            with self.subTest(model=model):
                form = self.env[model].with_user(user).get_view(view_type="form")
                self.assertIn("action_open_document_flow", form["arch"])

    def test_button_reads_no_field(self):
        for model in (
            "crm.lead",
            "sale.order",
            "stock.picking",
            "account.move",
            "account.payment",
        ):
            own = {
                name
                for name, field in self.env[model]._fields.items()
                if "flow" in name and field._module == "crm_strategy"
            }
            self.assertFalse(own, model)


@tagged("post_install", "-at_install")
class TestCrmDocumentFlowRpc(HttpCase):
    def test_browser_gets_grey_boxes_without_content(self):
        new_test_user(self.env, "flow_rpc", "sales_team.group_sale_salesman")
        rep = self.env["res.users"].search([("login", "=", "flow_rpc")])
        partner = self.env["res.partner"].create({"name": "Customer"})
        lead = self.env["crm.lead"].create(
            {
                "name": "Mine",
                "type": "opportunity",
                "partner_id": partner.id,
                "user_id": rep.id,
            }
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": self.env.ref("base.user_admin").id,
                "opportunity_id": lead.id,
            }
        )
        self.authenticate("flow_rpc", "flow_rpc")
        flow = self.make_jsonrpc_request(
            "/web/dataset/call_kw",
            {
                "model": "crm.document.flow",
                "method": "get_flow",
                "args": ["crm.lead", lead.id],
                "kwargs": {},
            },
        )
        self.assertEqual(
            [column["key"] for column in flow["columns"]], ["opportunity", "order"]
        )
        (node,) = flow["columns"][1]["nodes"]
        self.assertEqual(set(node), GREY)
        self.assertNotIn(order.name, str(flow))
