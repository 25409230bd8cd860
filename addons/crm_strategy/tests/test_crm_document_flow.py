import doctest
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.crm_strategy.tools import document_flow

from .document_flow_common import DocumentFlowCommon

# Statements of a flow from a lead to its invoices, however many these are
BUDGET = 15

# What another module could add
CUSTOMER_LINK = {
    "source": "res.partner",
    "target": "crm.lead",
    "sql": SQL(
        """SELECT partner_id AS source_id, id AS target_id
             FROM crm_lead WHERE partner_id IS NOT NULL"""
    ),
    "fields": {"crm.lead": ["partner_id"]},
}


@tagged("post_install", "-at_install")
class TestCrmDocumentFlow(DocumentFlowCommon):
    def test_examples_in_the_documentation_hold(self):
        result = doctest.testmod(document_flow)
        self.assertGreater(result.attempted, 5)
        self.assertEqual(result.failed, 0)

    # --- ONE CHAIN

    def test_chain_from_opportunity_to_payment(self):
        chain = self._create_chain()
        flow = self._get_flow(chain["opportunity"])
        self.assertEqual(
            self._get_by_kind(flow),
            {
                "opportunity": chain["opportunity"],
                "quotation": chain["quotation"],
                "order": chain["order"],
                "delivery": chain["delivery"] | chain["backorder"],
                "return": chain["return"],
                "invoice": chain["invoice"],
                "credit_note": chain["credit_note"],
                "payment": chain["payment"] | chain["refund"],
            },
        )
        self.assertEqual(
            self._get_links(flow),
            {
                (chain["opportunity"], chain["quotation"]),
                (chain["opportunity"], chain["order"]),
                (chain["order"], chain["delivery"]),
                (chain["delivery"], chain["backorder"]),
                (chain["delivery"], chain["return"]),
                (chain["order"], chain["invoice"]),
                (chain["invoice"], chain["payment"]),
                (chain["invoice"], chain["credit_note"]),
                (chain["credit_note"], chain["refund"]),
            },
        )
        self.assertTrue(flow["is_complete"])
        self.assertEqual(flow["title"], "Chain")

    def test_every_document_of_a_chain_shows_the_whole_chain(self):
        chain = self._create_chain()
        whole = self._get_links(self._get_flow(chain["opportunity"]))
        for kind, document in chain.items():
            with self.subTest(kind=kind):
                flow = self._get_flow(document)
                current = [
                    documents
                    for key, documents in self._get_documents(flow).items()
                    if self._get_nodes(flow)[key]["is_current"]
                ]
                self.assertEqual(current, [document])
                links = self._get_links(flow)
                self.assertEqual(links, whole)

    def test_box_says_date_state_and_amount(self):
        chain = self._create_chain()
        nodes = self._get_nodes(self._get_flow(chain["order"]))
        node = next(node for node in nodes.values() if node["is_current"])
        order = chain["order"]
        self.assertEqual(
            node,
            {
                "key": node["key"],
                "kind": "order",
                "label": "Order",
                "is_readable": True,
                "is_current": True,
                "is_other": False,
                "model": "sale.order",
                "id": order.id,
                "name": order.name,
                "date": fields.Datetime.to_string(order.date_order),
                "date_type": "datetime",
                "state": "Sales Order",
                "tone": "good",
                "amount": 1000.0,
                "currency_id": self.company.currency_id.id,
            },
        )

    def test_totals_leave_out_what_is_cancelled(self):
        lead = self._create_lead()
        self._create_quotation(lead, 3)
        self._create_quotation(lead, 4)._action_cancel()
        columns = {column["key"]: column for column in self._get_flow(lead)["columns"]}
        self.assertEqual(columns["quotation"]["count"], 2)
        self.assertEqual(
            columns["quotation"]["totals"],
            [{"amount": 300.0, "currency_id": self.company.currency_id.id}],
        )

    def test_totals_are_given_by_currency(self):
        lead = self._create_lead()
        foreign = self.setup_other_currency("CHF", rates=[("2020-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "Francs", "currency_id": foreign.id}
        )
        self._create_quotation(lead, 3)
        self._create_quotation(lead, 5, pricelist_id=pricelist.id)
        column = self._get_flow(lead)["columns"][1]
        self.assertEqual(
            {total["currency_id"]: total["amount"] for total in column["totals"]},
            {self.company.currency_id.id: 300.0, foreign.id: 500.0},
        )

    def test_lost_opportunity_and_cancelled_documents_stay_visible(self):
        lead = self._create_lead()
        order = self._create_order(lead)
        picking = order.picking_ids
        order._action_cancel()
        lead.action_set_lost()
        nodes = self._get_nodes(self._get_flow(order)).values()
        self.assertEqual(
            {(node["kind"], node["state"], node["tone"]) for node in nodes},
            {
                ("opportunity", "Lost", "void"),
                ("quotation", "Cancelled", "void"),
                ("delivery", "Cancelled", "void"),
            },
        )
        self.assertIn(picking, self._get_documents(self._get_flow(order)).values())

    def test_deleted_opportunity_is_gone(self):
        lead = self._create_lead()
        order = self._create_order(lead)
        lead.unlink()
        self.assertEqual(
            set(self._get_by_kind(self._get_flow(order))), {"order", "delivery"}
        )
        with self.assertRaisesRegex(UserError, "deleted"):
            self._get_flow(lead)

    def test_merged_leads_bring_all_their_orders(self):
        leads = self._create_lead("One") | self._create_lead("Two")
        orders = self._create_order(leads[0]) | self._create_order(leads[1])
        merged = leads.merge_opportunity()
        self.assertEqual(self._get_by_kind(self._get_flow(orders[0]))["order"], orders)
        self.assertEqual(
            self._get_by_kind(self._get_flow(orders[1]))["opportunity"], merged
        )

    def test_lead_stands_in_a_column_of_its_own(self):
        lead = self._create_lead(type="lead")
        self.assertEqual(self._get_by_kind(self._get_flow(lead)), {"lead": lead})

    def test_down_payment_is_an_invoice_of_the_order(self):
        order = self._create_order()
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "percentage", "amount": 30})
        )
        down = wizard._create_invoices(order)
        down.action_post()
        final = order._create_invoices(final=True)
        found = self._get_by_kind(self._get_flow(order))
        self.assertEqual(found["invoice"], down | final)

    def test_draft_invoice_and_payment_without_entries(self):
        order = self._create_order()
        draft = order._create_invoices()
        self.assertEqual(self._get_by_kind(self._get_flow(order))["invoice"], draft)
        draft.action_post()
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.customer.id,
                "amount": 1000.0,
                "payment_type": "inbound",
                "partner_type": "customer",
                "invoice_ids": draft.ids,
            }
        )
        self.assertFalse(payment.move_id)
        self.assertEqual(
            self._get_by_kind(self._get_flow(payment)),
            {
                "order": order,
                "delivery": order.picking_ids,
                "invoice": draft,
                "payment": payment,
            },
        )

    # --- CHAINS THAT MEET

    def test_collective_invoice_shows_the_other_order_and_stops_there(self):
        here = self._create_order(self._create_lead("Here"))
        there = self._create_order(self._create_lead("There"))
        invoice = self._invoice(here | there)
        flow = self._get_flow(here)
        self.assertEqual(self._get_others(flow), {there})
        found = self._get_by_kind(flow)
        self.assertEqual(found["opportunity"], here.opportunity_id)
        self.assertEqual(found["delivery"], here.picking_ids)
        self.assertEqual(found["invoice"], invoice)
        self.assertIn((there, invoice), self._get_links(flow))
        column = next(col for col in flow["columns"] if col["key"] == "order")
        self.assertEqual(column["totals"][0]["amount"], 1000.0)

    def test_collective_invoice_itself_shows_both_chains(self):
        here = self._create_order(self._create_lead("Here"))
        there = self._create_order(self._create_lead("There"))
        flow = self._get_flow(self._invoice(here | there))
        self.assertFalse(self._get_others(flow))
        found = self._get_by_kind(flow)
        self.assertEqual(
            found["opportunity"], here.opportunity_id | there.opportunity_id
        )
        self.assertEqual(found["delivery"], here.picking_ids | there.picking_ids)

    def test_payment_of_many_invoices_shows_them_as_other_chains(self):
        orders = self.env["sale.order"].browse()
        for _index in range(3):
            orders |= self._create_order()
        invoices = self.env["account.move"].browse()
        for order in orders:
            invoices |= self._invoice(order)
        payment = self._pay(invoices, group_payment=True)
        self.assertEqual(len(payment), 1)
        flow = self._get_flow(orders[0])
        self.assertEqual(self._get_others(flow), set(invoices[1:]))
        self.assertEqual(self._get_by_kind(flow)["order"], orders[0])
        self.assertEqual(self._get_by_kind(self._get_flow(payment))["order"], orders)

    # --- BOUNDS

    def test_column_shows_the_first_and_says_how_many_more(self):
        lead = self._create_lead()
        quotations = [self._create_quotation(lead) for _index in range(5)]
        service = self.env.registry["crm.document.flow"]
        with patch.object(service, "_FLOW_COLUMN_LIMIT", 2):
            flow = self._get_flow(quotations[-1])
        column = flow["columns"][1]
        self.assertEqual((column["count"], column["more"]), (5, 3))
        self.assertEqual(
            [node["id"] for node in column["nodes"]],
            [quotations[0].id, quotations[-1].id],
        )
        self.assertEqual(column["totals"][0]["amount"], 5000.0)
        self.assertTrue(flow["is_complete"])

    def test_long_chain_is_cut_and_says_so(self):
        lead = self._create_lead()
        for _index in range(5):
            self._create_quotation(lead)
        service = self.env.registry["crm.document.flow"]
        with patch.object(service, "_FLOW_LIMIT", 3):
            flow = self._get_flow(lead)
        self.assertFalse(flow["is_complete"])
        self.assertEqual(sum(column["count"] for column in flow["columns"]), 3)

    def test_number_of_queries_does_not_follow_the_number_of_documents(self):
        small = self._create_lead()
        self._invoice(self._create_order(small))
        large = self._create_lead()
        for _index in range(6):
            self._invoice(self._create_order(large))
        for lead in (large, small):  # fills the caches of a running server
            self.env.flush_all()
            self.env.invalidate_all()
            self._get_flow(lead)
        for lead in (small, large):
            self.env.invalidate_all()
            with self.subTest(lead=lead), self.assertQueryCount(BUDGET):
                self._get_flow(lead)

    # --- EXTENSION

    def test_module_adds_a_kind_and_a_link(self):
        """As docs/design/document-flow.md shows it: here, customers before leads."""
        lead = self._create_lead()
        service = self.env.registry["crm.document.flow"]
        kinds, links = service._get_flow_kinds, service._get_flow_links

        def more_kinds(this):
            return [
                *kinds(this),
                {
                    "key": "customer",
                    "sequence": 5,
                    "model": "res.partner",
                    "label": "Customers",
                    "name": "Customer",
                    "icon": "fa-user",
                    "date": ["create_date"],
                },
            ]

        def more_links(this):
            return [*links(this), CUSTOMER_LINK]

        with (
            patch.object(service, "_get_flow_kinds", more_kinds),
            patch.object(service, "_get_flow_links", more_links),
        ):
            flow = self._get_flow(lead)
        self.assertEqual(
            self._get_links(flow), {(self.customer, lead)}, "the new link is followed"
        )
        self.assertEqual(flow["columns"][0]["label"], "Customers")
