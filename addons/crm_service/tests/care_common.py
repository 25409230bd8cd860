from datetime import datetime

from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

NOW = "2026-03-10 02:00:00"  # a Tuesday, 10 o'clock in Shanghai


class CareCommon(TransactionCase):
    """Two companies; a foundry with two people; who cares for it.

    ============  =======================  =====================================
    login         role                     is
    ============  =======================  =====================================
    care_rep      salesperson              of the foundry; sits in Shanghai
    care_other    salesperson              of the mill
    care_lead     salesperson, leads the   above care_rep
                  team of care_rep
    care_agent    service agent            member of the desk
    care_head     manager of service       makes rules
    care_mgr      sales manager            makes rules
    ============  =======================  =====================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company, cls.company_b = (
            cls.env["res.company"]
            .with_context(**DISABLED_MAIL_CONTEXT)
            .create([{"name": "Care A"}, {"name": "Care B"}])
        )
        cls.env = cls.env(
            context={
                **cls.env.context,
                **DISABLED_MAIL_CONTEXT,
                "allowed_company_ids": cls.company.ids,
            }
        )
        sales = "sales_team.group_sale_salesman"
        cls.rep = cls._create_user("care_rep", sales, tz="Asia/Shanghai")
        cls.other = cls._create_user("care_other", sales)
        cls.leader = cls._create_user("care_lead", sales)
        cls.agent = cls._create_user("care_agent", "crm_service.group_agent")
        cls.head = cls._create_user("care_head", "crm_service.group_manager")
        cls.manager = cls._create_user("care_mgr", "sales_team.group_sale_manager")
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Metal",
                "company_id": cls.company.id,
                "user_id": cls.leader.id,
                "member_ids": [Command.set(cls.rep.ids)],
            }
        )
        cls.foundry = cls._create_partner(
            "Foundry", is_company=True, user_id=cls.rep.id, phone="+86 371 1000"
        )
        cls.boss = cls._create_partner(
            "Boss", parent_id=cls.foundry.id, phone="+86 371 1001"
        )
        cls.buyer = cls._create_partner("Buyer", parent_id=cls.foundry.id)
        cls.mill = cls._create_partner("Mill", is_company=True, user_id=cls.other.id)
        cls.reached = cls.env.ref("crm_service.crm_sales_activity_outcome_interested")
        cls.call = cls.env.ref("crm_service.crm_sales_activity_kind_call")
        cls.product = cls.env["product.product"].create(
            {"name": "Flux", "type": "consu", "list_price": 50}
        )

    @classmethod
    def _create_user(cls, login, groups, **vals):
        return new_test_user(
            cls.env,
            login,
            groups=groups,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            **{"tz": "UTC", **vals},
        )

    @classmethod
    def _create_partner(cls, name, **vals):
        return cls.env["res.partner"].create({"name": name, **vals})

    @classmethod
    def _create_rule(cls, **vals):
        """A rule for the foundry and the mill only."""
        return cls.env["crm.care.rule"].create(
            {
                "name": "Care",
                "company_id": cls.company.id,
                "kind_id": cls.call.id,
                "domain": str([("id", "in", (cls.foundry | cls.mill).ids)]),
                "cap_days": 0,
                **vals,
            }
        )

    @classmethod
    def _create_touch(cls, partner=None, **vals):
        return cls.env["crm.sales.activity"].create(
            {
                "kind_id": cls.call.id,
                "partner_id": (partner or cls.foundry).id,
                "user_id": cls.rep.id,
                "company_id": cls.company.id,
                "outcome_id": cls.reached.id if vals.get("state") == "done" else False,
                **vals,
            }
        )

    @classmethod
    def _create_order(cls, day, partner=None, **vals):
        order = cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.foundry).id,
                "company_id": cls.company.id,
                "order_line": [
                    Command.create({"product_id": cls.product.id, "product_uom_qty": 1})
                ],
                **vals,
            }
        )
        order.action_confirm()
        order.date_order = datetime.fromisoformat(day)
        return order

    @classmethod
    def _get_touches(cls, rule):
        touches = cls.env["crm.sales.activity"]
        return touches.search([("care_rule_id", "=", rule.id)], order="date_start, id")

    def assertTouches(self, rule, expected):
        """Compare ``(customer, contacts, owner, start, state)`` of all its touches."""
        self.assertFalse(rule.error)
        self.assertEqual(
            [
                (
                    touch.partner_id,
                    touch.contact_ids,
                    touch.user_id,
                    str(touch.date_start),
                    touch.state,
                )
                for touch in self._get_touches(rule)
            ],
            expected,
        )
