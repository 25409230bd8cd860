from odoo import fields
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

NUMBER = "0a1b2c3d4e5f6071"
CHOICE = "0a1b2c3d4e5f6072"


class RoleCommon(TransactionCase):
    """Two companies, one division of the group, and the people of company A.

    ==========  ==============================  ================================
    login       role                            sees
    ==========  ==============================  ================================
    role_mgr    strategy and product manager    every partner of company A
    role_rep    salesperson                     his partners, those of nobody
    role_lead   salesperson, leads the team     the same, and those of his team
    role_all    salesperson of all documents    every partner of company A
    role_hr     internal user, no sales rights  nothing of ours
    ==========  ==============================  ================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, **DISABLED_MAIL_CONTEXT))
        cls.company_a = cls.env["res.company"].create({"name": "Roles A"})
        cls.company_b = cls.env["res.company"].create({"name": "Roles B"})
        cls.env.user.company_id = cls.company_a
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.company_a.ids)
        )
        manager = "product.group_product_manager,base.group_partner_manager"
        cls.manager = cls._create_user(
            "role_mgr", f"crm_strategy.group_manager,{manager}"
        )
        cls.rep = cls._create_user("role_rep", "sales_team.group_sale_salesman")
        cls.lead = cls._create_user("role_lead", "sales_team.group_sale_salesman")
        cls.rep_all = cls._create_user(
            "role_all", "sales_team.group_sale_salesman_all_leads"
        )
        cls.employee = cls._create_user("role_hr", "base.group_user")
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Roles",
                "company_id": cls.company_a.id,
                "user_id": cls.lead.id,
                "member_ids": [Command.set(cls.rep.ids)],
            }
        )
        cls.today = fields.Date.context_today(cls.env.user)
        cls._create_division_world()

    @classmethod
    def _create_user(cls, login, groups):
        return new_test_user(
            cls.env,
            login,
            groups=groups,
            company_id=cls.company_a.id,
            company_ids=[Command.set(cls.company_a.ids)],
        )

    @classmethod
    def _create_division_world(cls):
        cls.division = cls.env["crm.division"].create(
            {
                "name": "Oxide",
                "attribute_definition": [
                    {"name": NUMBER, "string": "Consumption", "type": "float"},
                    {
                        "name": CHOICE,
                        "string": "Technology",
                        "type": "selection",
                        "selection": [["pre", "Prebaked"], ["sod", "Soderberg"]],
                    },
                ],
            }
        )
        roles = cls.env["crm.partner.role"]
        cls.customer_role = roles.create(
            {
                "name": "Oxide customer",
                "division_id": cls.division.id,
                "kind": "customer",
            }
        )
        cls.dealer_role = roles.create(
            {"name": "Oxide dealer", "division_id": cls.division.id, "kind": "dealer"}
        )
        cls.capacity = cls.env["crm.partner.attribute"].create(
            {
                "name": "Capacity",
                "division_id": cls.division.id,
                "value_type": "number",
                "unit": "t/a",
                "stale_months": 12,
            }
        )

    @classmethod
    def _create_partner(cls, name, **vals):
        return cls.env["res.partner"].create({"name": name, "is_company": True, **vals})

    @classmethod
    def _assign(cls, partner, role=None, **vals):
        return cls.env["crm.partner.role.assignment"].create(
            {
                "partner_id": partner.id,
                "role_id": (role or cls.customer_role).id,
                **vals,
            }
        )

    @classmethod
    def _observe(cls, partner, value, date=None, attribute=None, **vals):
        return cls.env["crm.partner.observation"].create(
            {
                "partner_id": partner.id,
                "attribute_id": (attribute or cls.capacity).id,
                "value_display": value,
                "date": date or cls.today,
                **vals,
            }
        )

    def _day(self, days):
        return fields.Date.add(self.today, days=days)
