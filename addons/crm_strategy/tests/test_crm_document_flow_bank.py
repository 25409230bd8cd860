import io
from datetime import datetime

import openpyxl

from odoo import http
from odoo.tests import HttpCase, tagged

from .document_flow_common import DocumentFlowCommon


@tagged("post_install", "-at_install")
class TestCrmDocumentFlowBank(DocumentFlowCommon):
    """Money that was matched with an invoice without a payment."""

    @classmethod
    def _match(cls, invoice, amount):
        """Enter money of the bank statement and match it with an invoice."""
        line = cls.env["account.bank.statement.line"].create(
            {
                "journal_id": cls.company_data["default_journal_bank"].id,
                "date": "2024-05-02",
                "payment_ref": "Transfer of Foundry",
                "partner_id": cls.customer.id,
                "amount": amount,
            }
        )
        receivable = invoice.line_ids.filtered(
            lambda entry: entry.account_type == "asset_receivable"
        )
        counterpart = line.move_id.line_ids.filtered(
            lambda entry: entry.account_id == line.journal_id.suspense_account_id
        )
        counterpart.account_id = receivable.account_id
        (counterpart | receivable).reconcile()
        return line

    def test_bank_transaction_has_a_box(self):
        order = self._create_order(self._create_lead())
        invoice = self._invoice(order)
        line = self._match(invoice, 1000)
        flow = self._get_flow(order)
        self.assertEqual(
            self._get_by_kind(flow)["bank_transaction"], line, "the order shows it"
        )
        self.assertIn((invoice, line), self._get_links(flow))
        node = next(
            node
            for node in self._get_nodes(flow).values()
            if node["kind"] == "bank_transaction"
        )
        self.assertEqual(
            (node["name"], node["date"], node["amount"], node["state"], node["tone"]),
            ("Transfer of Foundry", "2024-05-02", 1000, "Matched", "good"),
        )
        self.assertEqual(self._get_links(self._get_flow(line)), self._get_links(flow))

    def test_part_of_an_invoice_and_a_payment(self):
        invoice = self._invoice(self._create_order())
        line = self._match(invoice, 400)
        payment = self._pay(invoice)
        found = self._get_by_kind(self._get_flow(invoice))
        self.assertEqual((found["payment"], found["bank_transaction"]), (payment, line))

    def test_salesperson_sees_a_grey_box(self):
        order = self._create_order()
        self._match(self._invoice(order), 1000)
        flow = self._get_flow(order, self.rep)
        (node,) = flow["columns"][-1]["nodes"]
        self.assertEqual(node["kind"], "bank_transaction")
        self.assertFalse(node["is_readable"])
        self.assertNotIn("Transfer", str(flow))


@tagged("post_install", "-at_install")
class TestCrmDocumentFlowExport(DocumentFlowCommon, HttpCase):
    def _export(self, login, document, **data):
        self.authenticate(login, login)
        data = {
            "model": document._name,
            "res_id": document.id,
            "csrf_token": http.Request.csrf_token(self),
            **data,
        }
        return self.url_open("/crm_strategy/document_flow/xlsx", data=data)

    def _get_rows(self, response):
        self.assertEqual(response.status_code, 200)
        book = openpyxl.load_workbook(io.BytesIO(response.content))
        return [row[:7] for row in book.active.values]

    def test_workbook_holds_what_may_be_read_and_nothing_else(self):
        order = self._create_order(self._create_lead("Chain"))
        order.date_order = "2024-05-02 10:00:00"
        invoice = self._invoice(order)
        payment = self._pay(invoice)
        rows = self._get_rows(self._export("flow_rep", order))
        self.assertEqual(rows[0][0], order.name)
        self.assertEqual(rows[1][0], "Documents that you may not see: 1")
        self.assertEqual(
            rows[3],
            (
                "Document Type",
                "Document",
                "Date",
                "Status",
                "Amount",
                "Currency",
                "Belongs to Another Chain",
            ),
        )
        self.assertEqual(
            [row[0] for row in rows[4:]],
            ["Opportunity", "Order", "Delivery", "Invoice"],
        )
        self.assertEqual(
            rows[5][:6],
            (
                "Order",
                order.name,
                datetime(2024, 5, 2),
                "Sales Order",
                1000,
                self.company.currency_id.name,
            ),
        )
        self.assertNotIn(payment.name, str(rows))
        whole = self._get_rows(self._export("flow_mgr", order))
        self.assertIn(payment.name, str(whole))

    def test_export_obeys_rights(self):
        order = self._create_order(user=self.rep)
        for document, data in (
            (order, {}),
            (order, {"res_id": "1; DROP"}),
            (order, {"model": "res.users"}),
            (order, {"res_id": "0"}),
        ):
            response = self._export("flow_other", document, **data)
            self.assertEqual(response.status_code, 500)
            self.assertIn("odoo.exceptions", response.text)
            self.assertNotIn(order.name, response.text)
        portal = self._create_user("flow_portal", "base.group_portal")
        portal.partner_id = order.partner_id
        self.assertIn("AccessError", self._export("flow_portal", order).text)
        self.assertEqual(
            self._export("flow_mgr", order, csrf_token="x").status_code, 400
        )
