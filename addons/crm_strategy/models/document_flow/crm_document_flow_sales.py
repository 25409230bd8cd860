from odoo import api, models
from odoo.tools import SQL

# Customer invoices, and what takes them back
INVOICE_TYPES = ("out_invoice", "out_receipt")
CUSTOMER_TYPES = (*INVOICE_TYPES, "out_refund")

# What stands in a column of its own
LEADS = [("type", "=", "lead")]
QUOTATIONS = [("state", "!=", "sale")]
RETURNS = [("picking_type_code", "=", "incoming")]
CREDIT_NOTES = [("move_type", "=", "out_refund")]


class CrmDocumentFlow(models.AbstractModel):
    """The host's documents: lead, opportunity, quotation, order to payment.

    A lead and its opportunity are one record of the host, and so are a quotation
    and its order: each stands in the column of what it is today. Goods that come
    back and credit notes have columns of their own.
    """

    _inherit = "crm.document.flow"

    # --- KINDS

    @api.model
    def _get_flow_kinds(self):
        kinds = super()._get_flow_kinds()
        kinds += self._get_lead_kinds() + self._get_order_kinds()
        kinds += self._get_picking_kinds() + self._get_invoice_kinds()
        return kinds + self._get_payment_kinds()

    @api.model
    def _get_lead_kinds(self):
        common = {
            "model": "crm.lead",
            "date": ["date_closed", "create_date"],
            "amount": "expected_revenue",
            "currency": "company_currency",
            "state": self._get_lead_state,
            "reads": ["type", "won_status", "stage_id"],
        }
        return [
            {
                "key": "lead",
                "sequence": 10,
                "label": self.env._("Leads"),
                "name": self.env._("Lead"),
                "icon": "fa-star-o",
                "domain": LEADS,
                **common,
            },
            {
                "key": "opportunity",
                "sequence": 20,
                "label": self.env._("Opportunities"),
                "name": self.env._("Opportunity"),
                "icon": "fa-star",
                "is_main": True,
                **common,
            },
        ]

    @api.model
    def _get_lead_state(self, lead):
        tone = {"lost": "void", "won": "good"}.get(lead.won_status)
        if not tone:
            return lead.stage_id.name or "", False
        labels = dict(lead._fields["won_status"]._description_selection(self.env))
        return labels[lead.won_status], tone

    @api.model
    def _get_order_kinds(self):
        common = {
            "model": "sale.order",
            "date": ["date_order"],
            "amount": "amount_total",
            "currency": "currency_id",
            "state": "state",
            "tones": {"sale": "good", "cancel": "void"},
        }
        return [
            {
                "key": "quotation",
                "sequence": 30,
                "label": self.env._("Quotations"),
                "name": self.env._("Quotation"),
                "icon": "fa-file-text-o",
                "domain": QUOTATIONS,
                **common,
            },
            {
                "key": "order",
                "sequence": 40,
                "label": self.env._("Orders"),
                "name": self.env._("Order"),
                "icon": "fa-shopping-cart",
                "is_main": True,
                **common,
            },
        ]

    @api.model
    def _get_picking_kinds(self):
        common = {
            "model": "stock.picking",
            "date": ["date_done", "scheduled_date"],
            "state": "state",
            "tones": {"done": "good", "cancel": "void"},
        }
        return [
            {
                "key": "return",
                "sequence": 60,
                "label": self.env._("Returns"),
                "name": self.env._("Returned Goods"),
                "icon": "fa-undo",
                "domain": RETURNS,
                **common,
            },
            {
                "key": "delivery",
                "sequence": 50,
                "label": self.env._("Deliveries"),
                "name": self.env._("Delivery"),
                "icon": "fa-truck",
                "is_main": True,
                **common,
            },
        ]

    @api.model
    def _get_invoice_kinds(self):
        common = {
            "model": "account.move",
            "title": "name",
            "date": ["invoice_date"],
            "amount": "amount_total",
            "currency": "currency_id",
            "state": "status_in_payment",
            "tones": {
                "paid": "good",
                "in_payment": "good",
                "blocked": "bad",
                "cancel": "void",
            },
        }
        return [
            {
                "key": "credit_note",
                "sequence": 80,
                "label": self.env._("Credit Notes"),
                "name": self.env._("Credit Note"),
                "icon": "fa-reply",
                "domain": CREDIT_NOTES,
                **common,
            },
            {
                "key": "invoice",
                "sequence": 70,
                "label": self.env._("Invoices"),
                "name": self.env._("Invoice"),
                "icon": "fa-pencil-square-o",
                "is_main": True,
                **common,
            },
        ]

    @api.model
    def _get_payment_kinds(self):
        return [
            {
                "key": "payment",
                "sequence": 90,
                "model": "account.payment",
                "label": self.env._("Payments"),
                "name": self.env._("Payment"),
                "icon": "fa-money",
                "date": ["date"],
                "amount": "amount_signed",
                "currency": "currency_id",
                "state": "state",
                "tones": {"paid": "good", "rejected": "void", "canceled": "void"},
            },
            {
                "key": "bank_transaction",
                "sequence": 95,
                "model": "account.bank.statement.line",
                "label": self.env._("Bank Transactions"),
                "name": self.env._("Bank Transaction"),
                "icon": "fa-university",
                "title": "payment_ref",
                "date": ["date"],
                "amount": "amount",
                "currency": "currency_id",
                "state": self._get_bank_state,
                "reads": ["is_reconciled"],
            },
        ]

    @api.model
    def _get_bank_state(self, line):
        if line.is_reconciled:
            return self.env._("Matched"), "good"
        return self.env._("Partly Matched"), False

    # --- LINKS

    @api.model
    def _get_flow_links(self):
        return [
            *super()._get_flow_links(),
            {
                "source": "crm.lead",
                "target": "sale.order",
                "sql": SQL(
                    """SELECT opportunity_id AS source_id, id AS target_id
                         FROM sale_order WHERE opportunity_id IS NOT NULL"""
                ),
                "fields": {"sale.order": ["opportunity_id"]},
            },
            *self._get_picking_links(),
            *self._get_invoice_links(),
            self._get_payment_link(),
            self._get_bank_link(),
        ]

    @api.model
    def _get_picking_links(self):
        """A transfer of an order, by itself or by one of its moves; what follows it."""
        return [
            {
                "source": "sale.order",
                "target": "stock.picking",
                "sql": SQL(
                    """SELECT sale_id AS source_id, id AS target_id
                         FROM stock_picking WHERE sale_id IS NOT NULL
                    UNION ALL
                       SELECT l.order_id, m.picking_id
                         FROM stock_move m
                         JOIN sale_order_line l ON l.id = m.sale_line_id
                        WHERE m.picking_id IS NOT NULL"""
                ),
                "fields": {
                    "stock.picking": ["sale_id"],
                    "stock.move": ["picking_id", "sale_line_id"],
                    "sale.order.line": ["order_id"],
                },
            },
            {
                "source": "stock.picking",
                "target": "stock.picking",
                "sql": SQL(
                    """SELECT backorder_id AS source_id, id AS target_id
                         FROM stock_picking WHERE backorder_id IS NOT NULL
                    UNION ALL
                       SELECT return_id, id
                         FROM stock_picking WHERE return_id IS NOT NULL"""
                ),
                "fields": {"stock.picking": ["backorder_id", "return_id"]},
            },
        ]

    @api.model
    def _get_invoice_links(self):
        return [
            {
                "source": "sale.order",
                "target": "account.move",
                "sql": SQL(
                    """SELECT l.order_id AS source_id, m.id AS target_id
                         FROM sale_order_line_invoice_rel r
                         JOIN sale_order_line l ON l.id = r.order_line_id
                         JOIN account_move_line i ON i.id = r.invoice_line_id
                         JOIN account_move m ON m.id = i.move_id
                        WHERE m.move_type IN %s""",
                    CUSTOMER_TYPES,
                ),
                "fields": {
                    "sale.order.line": ["order_id", "invoice_lines"],
                    "account.move.line": ["move_id", "sale_line_ids"],
                    "account.move": ["move_type"],
                },
            },
            {
                "source": "account.move",
                "target": "account.move",
                "sql": SQL(
                    """SELECT reversed_entry_id AS source_id, id AS target_id
                         FROM account_move
                        WHERE reversed_entry_id IS NOT NULL AND move_type IN %s""",
                    CUSTOMER_TYPES,
                ),
                "fields": {"account.move": ["reversed_entry_id", "move_type"]},
            },
        ]

    @api.model
    def _get_payment_link(self):
        """What paid an invoice, or paid a credit note out.

        As the host has it: by the reconciled entries of the payment, whichever side
        they are on, or, for a payment without entries, by the matching itself.
        """
        return {
            "source": "account.move",
            "target": "account.payment",
            "sql": SQL(
                """%s UNION ALL
                   SELECT x.invoice_id, x.payment_id
                     FROM account_move__account_payment x
                     JOIN account_move m ON m.id = x.invoice_id
                    WHERE m.move_type IN %s""",
                self._get_reconciled_sql("origin_payment_id"),
                CUSTOMER_TYPES,
            ),
            "fields": {
                "account.partial.reconcile": ["debit_move_id", "credit_move_id"],
                "account.move.line": ["move_id"],
                "account.move": [
                    "move_type",
                    "origin_payment_id",
                    "matched_payment_ids",
                ],
            },
        }

    @api.model
    def _get_bank_link(self):
        """Money on the bank account that was matched with an invoice by itself."""
        return {
            "source": "account.move",
            "target": "account.bank.statement.line",
            "sql": self._get_reconciled_sql("statement_line_id"),
            "fields": {
                "account.partial.reconcile": ["debit_move_id", "credit_move_id"],
                "account.move.line": ["move_id"],
                "account.move": ["move_type", "statement_line_id"],
            },
        }

    @api.model
    def _get_reconciled_sql(self, origin):
        """Return invoices and what their entries are reconciled with, either side.

        :param origin: field of an entry that says what it comes from
        """
        return SQL(" UNION ALL ").join(
            SQL(
                """SELECT m.id AS source_id, %(origin)s AS target_id
                     FROM account_partial_reconcile r
                     JOIN account_move_line i ON i.id = %(invoice_side)s
                     JOIN account_move m ON m.id = i.move_id
                     JOIN account_move_line p ON p.id = %(payment_side)s
                     JOIN account_move e ON e.id = p.move_id
                    WHERE m.move_type IN %(types)s AND %(origin)s IS NOT NULL""",
                origin=SQL.identifier("e", origin),
                invoice_side=SQL.identifier("r", f"{invoice_side}_move_id"),
                payment_side=SQL.identifier("r", f"{payment_side}_move_id"),
                types=CUSTOMER_TYPES,
            )
            for invoice_side, payment_side in (("debit", "credit"), ("credit", "debit"))
        )
