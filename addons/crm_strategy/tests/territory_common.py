from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT


class TerritoryCommon(TransactionCase):
    """A headquarters with two branches, and a second company.

    ::

        Headquarters (chief)
        ├── North (nora), member nick
        └── South (sven)

    ========  =======================================================
    login     role
    ========  =======================================================
    ter_mgr   manager of company A
    chief     salesperson who leads the headquarters
    nora      salesperson who leads the branch North
    nick      salesperson, member of North
    sven      salesperson who leads the branch South
    ========  =======================================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, **DISABLED_MAIL_CONTEXT))
        cls.company_a = cls.env["res.company"].create({"name": "Territory A"})
        cls.company_b = cls.env["res.company"].create({"name": "Territory B"})
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.company_a.ids)
        )
        cls.env["crm.territory"].search([]).active = False
        salesman = "sales_team.group_sale_salesman"
        cls.manager = cls._create_user("ter_mgr", "sales_team.group_sale_manager")
        cls.chief = cls._create_user("chief", salesman)
        cls.nora = cls._create_user("nora", salesman)
        cls.nick = cls._create_user("nick", salesman)
        cls.sven = cls._create_user("sven", salesman)
        cls.top = cls._create_team("Headquarters", cls.chief)
        cls.north = cls._create_team("North", cls.nora, parent_id=cls.top.id)
        cls.north.member_ids = [Command.link(cls.nick.id)]
        cls.south = cls._create_team("South", cls.sven, parent_id=cls.top.id)
        cls.de, cls.fr = cls.env.ref("base.de"), cls.env.ref("base.fr")
        cls.us = cls.env.ref("base.us")
        cls.texas = cls.env.ref("base.state_us_44")
        cls.metal = cls.env["res.partner.industry"].create({"name": "Metal"})

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
    def _create_team(cls, name, leader=None, **values):
        return cls.env["crm.team"].create(
            {
                "name": name,
                "user_id": leader and leader.id,
                "company_id": cls.company_a.id,
                **values,
            }
        )

    @classmethod
    def _create_territory(cls, name, *countries, **values):
        return cls.env["crm.territory"].create(
            {
                "name": name,
                "team_id": cls.north.id,
                "country_ids": [Command.set([country.id for country in countries])],
                "company_id": cls.company_a.id,
                **values,
            }
        )

    @classmethod
    def _create_customer(cls, name, country=None, **values):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "country_id": country and country.id,
                **values,
            }
        )
