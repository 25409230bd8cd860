from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

NOW = "2026-03-12 09:00:00"  # a Thursday


class ActivityCommon(TransactionCase):
    """A team of two salespeople with their leader, a stranger, and customers.

    =============  ==================  ==========================================
    login          role                is
    =============  ==================  ==========================================
    touch_anna     salesperson         looks after Foundry
    touch_ben      salesperson         in the same team
    touch_lea      salesperson         leads the team of both
    touch_carl     salesperson         in no team
    touch_boss     sales manager       sees all
    touch_agent    service agent       reads all, writes own ones
    =============  ==================  ==========================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **DISABLED_MAIL_CONTEXT})
        cls.company = cls.env["res.company"].create({"name": "Touch Ltd"})
        rep = "sales_team.group_sale_salesman"
        cls.anna, cls.ben, cls.lea, cls.carl = (
            cls._create_user(name, rep) for name in ("anna", "ben", "lea", "carl")
        )
        cls.boss = cls._create_user("boss", "sales_team.group_sale_manager")
        cls.agent = cls._create_user("agent", "crm_service.group_agent")
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Touch team",
                "company_id": cls.company.id,
                "user_id": cls.lea.id,
                "member_ids": [Command.set((cls.anna | cls.ben).ids)],
            }
        )
        cls.customer = cls._create_customer("Foundry", cls.anna)
        cls.berta = cls.env["res.partner"].create(
            {
                "name": "Berta",
                "parent_id": cls.customer.id,
                "email": "berta@foundry.example.com",
            }
        )
        kind = "crm_service.crm_sales_activity_kind_"
        cls.visit, cls.call, cls.meeting, cls.email = (
            cls.env.ref(f"{kind}{name}")
            for name in ("visit", "call", "meeting", "email")
        )
        cls.kinds = cls.visit | cls.call | cls.meeting | cls.email
        cls.kinds.currency_id = cls.company.currency_id
        outcome = "crm_service.crm_sales_activity_outcome_"
        cls.interested = cls.env.ref(f"{outcome}interested")
        cls.missed = cls.env.ref(f"{outcome}missed")
        cls.env.invalidate_all()

    @classmethod
    def _create_user(cls, name, group):
        return new_test_user(
            cls.env,
            f"touch_{name}",
            groups=group,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            tz="Europe/Berlin",
        )

    @classmethod
    def _create_customer(cls, name, user=None, **vals):
        return cls.env["res.partner"].create(
            {"name": name, "is_company": True, "user_id": user and user.id, **vals}
        )

    @classmethod
    def _create_touch(cls, user=None, **vals):
        env = cls.env(user=user or cls.anna)
        return env["crm.sales.activity"].create(
            {
                "kind_id": cls.call.id,
                "partner_id": cls.customer.id,
                "date_start": "2026-03-16 08:00:00",
                **vals,
            }
        )

    @classmethod
    def _create_order(cls, date, amount, partner=None, **vals):
        """Confirm an order of this untaxed amount at this moment (UTC)."""
        product = cls.env["product.product"].create(
            {"name": "Flux", "type": "service", "taxes_id": [Command.clear()]}
        )
        order = cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.customer).id,
                "order_line": [
                    Command.create({"product_id": product.id, "price_unit": amount})
                ],
                **vals,
            }
        )
        order.action_confirm()
        order.date_order = date
        return order

    def _get_touches(self, customer=None):
        return self.env["crm.sales.activity"].search(
            [("partner_id", "=", (customer or self.customer).id)]
        )
