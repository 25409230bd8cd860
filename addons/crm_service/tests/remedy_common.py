from odoo import fields
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT


class RemedyCommon(TransactionCase):
    """One customer with an order that is delivered and invoiced.

    =========  ========================  =====================================
    login      role                      does
    =========  ========================  =====================================
    rem_agent  service agent             draws up remedies, grants small ones
    rem_head   service manager, leader   decides
    rem_other  service manager           approves exceptions
    rem_fin    billing                   opens the gate, posts credit notes
    rem_stock  warehouse                 ships, takes back
    rem_rep    salesperson               the customer's
    =========  ========================  =====================================

    The order: 10 pails at 50.00 (cost 30.00) and 4 drums at 100.00 with 10 percent
    discount (cost 60.00), delivered to the works, invoiced; tax 15 percent.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, **DISABLED_MAIL_CONTEXT))
        cls.company = cls.env.company
        cls._create_people()
        cls.usd = cls.company.currency_id
        cls.tax = cls.env["account.tax"].create(
            {"name": "Fifteen", "amount": 15.0, "type_tax_use": "sale"}
        )
        cls.pail = cls._create_product("Pail", 50.0, 30.0)
        cls.drum = cls._create_product("Drum", 100.0, 60.0)
        cls.customer = cls.env["res.partner"].create(
            {"name": "Remedy Mill", "is_company": True, "user_id": cls.rep.id}
        )
        cls.works = cls.env["res.partner"].create(
            {"name": "Works", "type": "delivery", "parent_id": cls.customer.id}
        )
        cls.kind = cls.env.ref("crm_service.crm_complaint_kind_service").copy(
            {"code": "remedy_test", "name": "Test", "proof": "none"}
        )
        cls._set_policy()
        cls.order = cls._create_order()

    @classmethod
    def _create_people(cls):
        def create(login, groups):
            return new_test_user(
                cls.env, login, groups=groups, email=f"{login}@example.com"
            )

        cls.agent = create("rem_agent", "crm_service.group_agent")
        cls.head = create("rem_head", "crm_service.group_manager")
        cls.other = create("rem_other", "crm_service.group_manager")
        cls.finance = create("rem_fin", "account.group_account_invoice")
        cls.stock = create("rem_stock", "stock.group_stock_user")
        cls.rep = create("rem_rep", "sales_team.group_sale_salesman")
        cls.team = cls.env["crm.service.team"].create(
            {
                "name": "Remedies",
                "leader_id": cls.head.id,
                "department_ids": [
                    Command.create(
                        {"department": "finance", "user_id": cls.finance.id}
                    ),
                    Command.create(
                        {"department": "warehouse", "user_id": cls.stock.id}
                    ),
                    Command.create({"department": "shipping", "user_id": cls.stock.id}),
                ],
            }
        )

    @classmethod
    def _create_product(cls, name, price, cost):
        product = cls.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "list_price": price,
                "standard_price": cost,
                "invoice_policy": "order",
                "taxes_id": [Command.set(cls.tax.ids)],
            }
        )
        location = (
            cls.env["stock.warehouse"]
            .search([("company_id", "=", cls.company.id)], limit=1)
            .lot_stock_id
        )
        cls.env["stock.quant"]._update_available_quantity(product, location, 100)
        return product

    @classmethod
    def _set_policy(cls):
        """The policy of these tests: the lines that are delivered do not count."""
        policies = cls.env["crm.complaint.policy"]
        policies.search([]).active = False
        cls.policies = policies.create(
            [
                {"remedy_type": "replacement", "percent_max": 100.0},
                {"remedy_type": "refund", "percent_max": 100.0},
                {"remedy_type": "discount", "percent_max": 20.0},
                {"remedy_type": "return", "grant": "agent"},
                {"remedy_type": "apology", "grant": "agent"},
                {"remedy_type": "reject"},
            ]
        )

    @classmethod
    def _create_order(cls, **vals):
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "partner_shipping_id": cls.works.id,
                "client_order_ref": "PO 7",
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.pail.id,
                            "product_uom_qty": 10,
                            "price_unit": 50.0,
                        }
                    ),
                    Command.create(
                        {
                            "product_id": cls.drum.id,
                            "product_uom_qty": 4,
                            "price_unit": 100.0,
                            "discount": 10.0,
                        }
                    ),
                ],
                **vals,
            }
        )
        order.action_confirm()
        order.picking_ids.move_ids.picked = True
        order.picking_ids.button_validate()
        invoice = order._create_invoices()
        invoice.invoice_date = fields.Date.today()
        invoice.action_post()
        return order

    @classmethod
    def _create_complaint(cls, pails=10, drums=0, order=None, **vals):
        order = order or cls.order
        lines = [
            Command.create({"sale_line_id": line.id, "quantity": quantity})
            for line, quantity in zip(order.order_line, (pails, drums), strict=False)
            if quantity
        ]
        complaint = cls.env["crm.complaint"].create(
            {
                "partner_id": order.partner_id.id,
                "order_id": order.id,
                "kind_id": cls.kind.id,
                "team_id": cls.team.id,
                "user_id": cls.agent.id,
                "company_id": order.company_id.id,
                "line_ids": lines,
                **vals,
            }
        )
        complaint.with_user(cls.agent).action_take()
        return complaint

    def _add(self, complaint, remedy_type, quantities=None, user=None, **vals):
        """Propose a remedy, for all or for ``quantities`` of the complained lines."""
        vals = {**complaint._prepare_remedy_vals(remedy_type), **vals}
        if quantities is not None:
            vals["line_ids"] = [
                Command.create({"complaint_line_id": line.id, "quantity": quantity})
                for line, quantity in zip(complaint.line_ids, quantities, strict=True)
                if quantity
            ]
        remedies = self.env["crm.complaint.remedy"].with_user(user or self.agent)
        return remedies.create(vals).sudo()

    def _decide(self, complaint, user=None):
        complaint.with_user(user or self.head).action_decide()

    def _approve(self, complaint):
        """Finance does what waits for it."""
        steps = complaint.step_ids.filtered(
            lambda s: s.department == "finance" and s.state == "ready"
        )
        steps.with_user(self.finance).action_done()

    def _ship(self, picking, quantities=None, user=None):
        """Validate ``picking``, with less than asked for where ``quantities`` say."""
        picking = picking.with_user(user or self.stock)
        for move in picking.move_ids:
            if quantities:
                move.quantity = quantities[move.product_id]
            move.picked = True
        return picking.button_validate()
