from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT


class ApprovalCommon(TransactionCase):
    """A company in euro, its people, and a second company in dollars.

    =========  ==================  ============================================
    login      role                part
    =========  ==================  ============================================
    app_rep    salesperson         asks; member of team East
    app_other  salesperson         has nothing to do with it; member of nobody's
    app_lead   salesperson         leads team East
    app_head   sales manager       leads the team above, Sales
    app_dep    salesperson         deputy of the leader
    app_fin    internal user       no sales rights; approves what names him
    app_us     sales manager       of the second company
    =========  ==================  ============================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, **DISABLED_MAIL_CONTEXT))
        rules = cls.env["crm.approval.rule"].search([])
        rules.action_archive()  # those of the demo
        cls.euro = cls.env.ref("base.EUR")
        cls.dollar = cls.env.ref("base.USD")
        (cls.euro | cls.dollar).action_unarchive()
        cls.company = cls._create_company("Approval Europe", cls.euro)
        cls.company_us = cls._create_company("Approval America", cls.dollar)
        cls.rep = cls._create_user("app_rep", "sales_team.group_sale_salesman")
        cls.other = cls._create_user("app_other", "sales_team.group_sale_salesman")
        cls.leader = cls._create_user("app_lead", "sales_team.group_sale_salesman")
        cls.head = cls._create_user("app_head", "sales_team.group_sale_manager")
        cls.deputy = cls._create_user("app_dep", "sales_team.group_sale_salesman")
        cls.finance = cls._create_user("app_fin", "base.group_user")
        cls.head_us = cls._create_user(
            "app_us", "sales_team.group_sale_manager", cls.company_us
        )
        cls.env["res.users"].search(
            [("login", "in", ("admin", "__system__"))]
        ).company_ids -= cls.company  # only the head is a manager here
        cls.team_top = cls._create_team("Sales", cls.head)
        cls.team = cls._create_team("East", cls.leader, parent_id=cls.team_top.id)
        cls.customer = cls.env["res.partner"].create(
            {"name": "Northern Foil", "user_id": cls.rep.id}
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Foil", "type": "service", "list_price": 1, "taxes_id": False}
        )

    @classmethod
    def _create_company(cls, name, currency):
        company = cls.env["res.company"].create(
            {"name": name, "currency_id": currency.id}
        )
        cls.env["res.currency.rate"].create(
            [
                {
                    "currency_id": other.id,
                    "company_id": company.id,
                    "name": "2020-01-01",
                    "rate": 1 if other == currency else 2,
                }
                for other in cls.euro | cls.dollar
            ]
        )
        return company

    @classmethod
    def _create_user(cls, login, groups, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login,
            groups=groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            tz="UTC",
        )

    @classmethod
    def _create_team(cls, name, leader, **vals):
        return cls.env["crm.team"].create(
            {
                "name": name,
                "user_id": leader and leader.id,
                "company_id": cls.company.id,
                **vals,
            }
        )

    @classmethod
    def _create_rule(cls, name="Large", **vals):
        return cls.env["crm.approval.rule"].create(
            {
                "name": name,
                "model": "sale.order",
                "company_id": cls.company.id,
                "approver_kind": "leader",
                **vals,
            }
        )

    @classmethod
    def _create_order(cls, price=1000, cost=0, user=None, company=None, **vals):
        """Create a quotation of one line as ``user`` (the salesperson)."""
        user = user or cls.rep
        company = company or cls.company
        orders = cls.env["sale.order"].with_user(user).with_company(company)
        return orders.create(
            {
                "partner_id": cls.customer.id,
                "user_id": user.id,
                "company_id": company.id,
                "team_id": cls.team.id if company == cls.company else False,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "product_uom_qty": 1,
                            "price_unit": price,
                            "technical_price_unit": 1,  # so it was set by hand
                            "purchase_price": cost,
                        }
                    )
                ],
                **vals,
            }
        )

    @classmethod
    def _create_deputy(cls, absent, deputy, date_from, date_to):
        return cls.env["crm.approval.deputy"].create(
            {
                "user_id": absent.id,
                "deputy_id": deputy.id,
                "date_from": date_from,
                "date_to": date_to,
            }
        )

    def _steps(self, order):
        """Return the log as (rule, tier, state), in the order of signatures."""
        steps = order.sudo()._get_approval_round()
        return [(s.rule_id.name, s.tier, s.state) for s in steps]

    def _step(self, order, state="pending"):
        return order.sudo()._get_approval_round().filtered(lambda s: s.state == state)

    def _mine(self, user):
        """Return what waits for ``user``."""
        steps = self.env["crm.approval.step"].with_user(user)
        return steps.search([("is_mine", "=", True)])

    def _activities(self, order):
        """Return the logins of those who have an activity."""
        steps = order.sudo()._get_approval_round()
        return sorted(steps.activity_ids.user_id.mapped("login"))
