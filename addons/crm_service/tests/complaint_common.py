from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.crm_service.models.remedy import crm_complaint_decision


class ComplaintCase(TransactionCase):
    """A desk of two teams, the departments around it, and a customer with an order.

    ============ ============================= =====================================
    user         rights                        does
    ============ ============================= =====================================
    agent        service agent                 member of the north team
    other_agent  service agent                 member of the south team
    head         service manager               leads the north team
    clerk        invoicing                     finance
    storeman     stock user                    warehouse and shipping
    seller       own documents                 salesperson of the customer
    ============ ============================= =====================================

    Work is done from 8 to 12 and from 13 to 17, Monday to Friday, UTC. The customer
    Baker Ltd has bought 10 flour at 20.00; Bea is one of its contacts.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env.company
        cls._create_people()
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "Desk", "tz": "UTC", "company_id": cls.company.id}
        )
        cls.env["crm.complaint.deadline"].search([]).active = False
        cls.time = cls.env["crm.complaint.deadline"].create(
            {
                "company_id": cls.company.id,
                "hours_reply": 4,
                "hours_decision": 16,
                "hours_resolution": 40,
                "warn_percent": 75,
            }
        )
        cls.north, cls.south = cls.env["crm.service.team"].create(
            [
                {
                    "name": "North",
                    "sequence": 0,
                    "leader_id": cls.head.id,
                    "member_ids": cls.agent.ids,
                    "calendar_id": cls.calendar.id,
                    "department_ids": [
                        Command.create(
                            {"department": "finance", "user_id": cls.clerk.id}
                        )
                    ],
                },
                {
                    "name": "South",
                    "sequence": 1,
                    "member_ids": cls.other_agent.ids,
                    "calendar_id": cls.calendar.id,
                },
            ]
        )
        cls.kind = cls.env["crm.complaint.kind"].create(
            {"name": "Torn Bag", "code": "test_torn", "priority": "1"}
        )
        cls.cause = cls.env["crm.complaint.cause"].create({"name": "Thin Paper"})
        cls._create_customer()

    def setUp(self):
        """The loop alone: what a decision has to grant is tested with remedies."""
        super().setUp()
        base = crm_complaint_decision.CrmComplaint

        def check(complaint):
            super(base, complaint)._check_decision()

        self.patch(base, "_check_decision", check)

    @classmethod
    def _create_people(cls):
        groups = {
            "agent": "crm_service.group_agent",
            "other_agent": "crm_service.group_agent",
            "head": "crm_service.group_manager",
            "clerk": "account.group_account_invoice",
            "storeman": "stock.group_stock_user",
            "seller": "sales_team.group_sale_salesman",
        }
        for name, group in groups.items():
            login = f"complaint_{name}"
            setattr(cls, name, new_test_user(cls.env, login, groups=group))

    @classmethod
    def _create_customer(cls):
        cls.customer = cls.env["res.partner"].create(
            {"name": "Baker Ltd", "is_company": True, "user_id": cls.seller.id}
        )
        cls.bea = cls.env["res.partner"].create(
            {
                "name": "Bea",
                "parent_id": cls.customer.id,
                "email": "bea@baker.example",
                "phone": "+46 8 555 00 01",
            }
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Flour", "type": "consu", "list_price": 20.0}
        )
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.bea.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "product_uom_qty": 10,
                            "price_unit": 20.0,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        cls.order.action_confirm()

    @classmethod
    def _create_complaint(cls, quantity=2, **values):
        """Return a complaint about ``quantity`` bags of the order."""
        vals = {
            "partner_id": cls.bea.id,
            "kind_id": cls.kind.id,
            "order_id": cls.order.id,
            "description": "Two bags were torn.",
            "remedy_ids": [Command.create({"remedy_type": "apology"})],
            **values,
        }
        if quantity:
            line = {"sale_line_id": cls.order.order_line.id, "quantity": quantity}
            vals["line_ids"] = [Command.create(line)]
        return cls.env["crm.complaint"].create(vals)

    def _open_gate(self, complaint):
        """Hand over: finance is the gate, then the warehouse."""
        return complaint._open_steps(
            [
                {"department": "finance", "name": "Approve", "is_gate": True},
                {"department": "warehouse", "name": "Send", "hours": 4},
            ]
        )
