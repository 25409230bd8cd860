from odoo.fields import Command
from odoo.tests import Form, new_test_user

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

from .ledger_common import LedgerCommon


class DocumentFlowCommon(LedgerCommon):
    """Chains made through the host's own buttons, and who looks at them.

    ==========  ===========================  =====================================
    login       role                         reads
    ==========  ===========================  =====================================
    flow_rep    salesperson                  own documents but payments
    flow_other  another salesperson          documents of his own
    flow_mgr    sales manager with billing   everything
    flow_fin    billing                      no leads
    flow_stock  warehouse                    neither leads nor bookings
    ==========  ===========================  =====================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(su=True, context={**cls.env.context, **DISABLED_MAIL_CONTEXT})
        cls.company = cls.company_data["company"].with_env(cls.env)
        cls.product = cls.env["product.product"].create(
            {
                "name": "Ingot",
                "type": "consu",
                "invoice_policy": "order",
                "list_price": 100.0,
                "taxes_id": [Command.clear()],
            }
        )
        sales = "sales_team.group_sale_salesman"
        cls.rep = cls._create_user("flow_rep", sales)
        cls.other_rep = cls._create_user("flow_other", sales)
        cls.manager = cls._create_user(
            "flow_mgr",
            "sales_team.group_sale_manager,account.group_account_invoice,"
            "stock.group_stock_user",
        )
        cls.finance = cls._create_user("flow_fin", "account.group_account_invoice")
        cls.warehouse = cls._create_user("flow_stock", "stock.group_stock_user")
        cls.customer = cls.env["res.partner"].create(
            {"name": "Foundry", "is_company": True, "user_id": cls.rep.id}
        )

    @classmethod
    def _create_user(cls, login, groups, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login,
            groups=groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    # --- DOCUMENTS

    @classmethod
    def _create_lead(cls, name="Need", user=None, **vals):
        return cls.env["crm.lead"].create(
            {
                "name": name,
                "type": "opportunity",
                "partner_id": cls.customer.id,
                "user_id": (user or cls.rep).id,
                "company_id": cls.company.id,
                "expected_revenue": 1000,
                **vals,
            }
        )

    @classmethod
    def _create_quotation(cls, lead=None, quantity=10, user=None, **vals):
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                "user_id": (user or cls.rep).id,
                "opportunity_id": lead and lead.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "product_uom_qty": quantity,
                            "price_unit": 100.0,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **vals,
            }
        )

    @classmethod
    def _create_order(cls, lead=None, quantity=10, user=None, **vals):
        order = cls._create_quotation(lead, quantity, user, **vals)
        order.action_confirm()
        return order

    @classmethod
    def _deliver(cls, picking, quantity):
        """Deliver a part, the rest later; return the backorder."""
        picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        return picking.backorder_ids

    @classmethod
    def _return(cls, picking, quantity):
        wizard = Form(
            cls.env["stock.return.picking"].with_context(
                active_id=picking.id, active_model="stock.picking"
            )
        ).save()
        wizard.product_return_moves.quantity = quantity
        back = cls.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        cls._deliver(back, quantity)
        return back

    @classmethod
    def _invoice(cls, orders):
        invoice = orders._create_invoices()
        invoice.action_post()
        return invoice

    @classmethod
    def _credit(cls, invoice):
        note = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        note.action_post()
        return note

    @classmethod
    def _pay(cls, invoices, **vals):
        return (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoices.ids)
            .create(vals)
            ._create_payments()
        )

    @classmethod
    def _create_chain(cls):
        """Return one document of each kind, by the name of its kind.

        Ten ordered, six delivered, one of them returned, four open; ten invoiced,
        ten credited, an invoice again paid.
        """
        lead = cls._create_lead("Chain")
        quotation = cls._create_quotation(lead, 5)
        order = cls._create_order(lead)
        delivery = order.picking_ids
        backorder = cls._deliver(delivery, 6)
        back = cls._return(delivery, 1)
        invoice = cls._invoice(order)
        payment = cls._pay(invoice)
        note = cls._credit(invoice)
        refund = cls._pay(note)
        return {
            "opportunity": lead,
            "quotation": quotation,
            "order": order,
            "delivery": delivery,
            "backorder": backorder,
            "return": back,
            "invoice": invoice,
            "credit_note": note,
            "payment": payment,
            "refund": refund,
        }

    # --- FLOWS

    def _get_flow(self, document, user=None, companies=None):
        flow = self.env["crm.document.flow"].with_user(user or self.manager)
        companies = companies or self.company
        flow = flow.with_context(allowed_company_ids=companies.ids)
        return flow.get_flow(document._name, document.id)

    def _get_nodes(self, flow):
        return {
            node["key"]: node for column in flow["columns"] for node in column["nodes"]
        }

    def _get_documents(self, flow):
        """Return the readable documents as records, grey ones as their kind."""
        return {
            key: self.env[node["model"]].browse(node["id"])
            if node["is_readable"]
            else node["kind"]
            for key, node in self._get_nodes(flow).items()
        }

    def _get_by_kind(self, flow):
        """Return {kind: records} of the readable documents."""
        found = {}
        for column in flow["columns"]:
            for node in column["nodes"]:
                if node["is_readable"]:
                    record = self.env[node["model"]].browse(node["id"])
                    found[column["key"]] = found.get(column["key"], record) | record
        return found

    def _get_links(self, flow):
        documents = self._get_documents(flow)
        return {(documents[a], documents[b]) for a, b in flow["links"]}

    def _get_others(self, flow):
        documents = self._get_documents(flow)
        return {
            documents[key]
            for key, node in self._get_nodes(flow).items()
            if node["is_other"]
        }
