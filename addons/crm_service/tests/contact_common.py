from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

NOW = "2026-03-12 09:00:00"  # a Thursday


class ContactCommon(TransactionCase):
    """One company with two warehouses, and the people around a complaint.

    ============  =======================  =======================================
    login         role                     is
    ============  =======================  =======================================
    call_agent    agent                    member of the team, works on complaints
    call_head     manager of service       head of the team
    call_stranger agent                    in no team of this company's customers
    call_rep      salesperson              looks after the customer
    call_other    salesperson              looks after others
    ============  =======================  =======================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **DISABLED_MAIL_CONTEXT})
        cls.company = cls.env["res.company"].create({"name": "Call Ltd"})
        cls.agent = cls._create_user("call_agent", "crm_service.group_agent")
        cls.head = cls._create_user("call_head", "crm_service.group_manager")
        cls.stranger = cls._create_user("call_stranger", "crm_service.group_agent")
        cls.rep = cls._create_user("call_rep", "sales_team.group_sale_salesman")
        cls.other = cls._create_user("call_other", "sales_team.group_sale_salesman")
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.team = cls.env["crm.service.team"].create(
            {
                "name": "Desk",
                "company_id": cls.company.id,
                "leader_id": cls.head.id,
                "member_ids": [Command.set(cls.agent.ids)],
            }
        )
        cls.kind = cls.env["crm.complaint.kind"].create(
            {"name": "Leak", "code": "call_leak", "team_id": cls.team.id}
        )
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Foundry",
                "is_company": True,
                "phone": "+49 30 1000",
                "user_id": cls.rep.id,
            }
        )
        cls.buyer, cls.ship_to = cls.env["res.partner"].create(
            [
                {
                    "name": "Berta",
                    "parent_id": cls.customer.id,
                    "phone": "+49 30 1001",
                    "lang": "en_US",
                },
                {
                    "name": "Hall 4",
                    "parent_id": cls.customer.id,
                    "type": "delivery",
                    "phone": "+49 30 1004",
                },
            ]
        )
        cls.product = cls._create_product("Flux")
        cls.env.invalidate_all()

    @classmethod
    def _create_user(cls, login, group):
        return new_test_user(
            cls.env,
            login,
            groups=group,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _create_product(cls, name, **vals):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "list_price": 50,
                "taxes_id": [Command.clear()],
                **vals,
            }
        )

    @classmethod
    def _create_order(cls, **vals):
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.buyer.id,
                "partner_shipping_id": cls.ship_to.id,
                "company_id": cls.company.id,
                "order_line": [
                    Command.create({"product_id": cls.product.id, "product_uom_qty": 4})
                ],
                **vals,
            }
        )
        order.action_confirm()
        return order

    @classmethod
    def _create_complaint(cls, state="new", **vals):
        """Create a complaint of the buyer and bring it to ``state`` by its buttons."""
        complaint = (
            cls.env["crm.complaint"]
            .with_user(cls.agent)
            .create(
                {
                    "partner_id": cls.buyer.id,
                    "kind_id": cls.kind.id,
                    "company_id": cls.company.id,
                    "description": "It leaks",
                    **vals,
                }
            )
        )
        if state != "new":
            complaint.action_take()
            cls._bring(complaint, state)
        return complaint

    @classmethod
    def _bring(cls, complaint, state):
        """Let a complaint in progress be decided and carried out."""
        if state == "progress":
            return
        complaint.sudo()._write_by_system({"state": "decided"})
        if complaint.state == "decided":
            complaint._release()
        if complaint.state == "execution":
            complaint._executed()
        if state == "follow_up":
            complaint.log_call("told")

    def _get_calls(self, complaint, active=True):
        """Return (summary, day, user) of the open calls of a complaint."""
        call = self.env.ref("mail.mail_activity_data_call")
        activities = self.env["mail.activity"].search(
            [
                ("res_model", "=", "crm.complaint"),
                ("res_id", "=", complaint.id),
                ("activity_type_id", "=", call.id),
                ("active", "=", active),
            ]
        )
        return [(a.summary, str(a.date_deadline), a.user_id.login) for a in activities]

    def _get_log(self, complaint):
        rows = self.env["crm.complaint.contact"].search(
            [("complaint_id", "=", complaint.id)], order="id"
        )
        return [(row.purpose, row.outcome, row.user_id.login) for row in rows]
