from odoo.fields import Command

from .segment_common import SegmentCommon


class PolicyCommon(SegmentCommon):
    """A scheme with mills and foundries, levels and pricelists of company A."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.service.level"].search([]).is_default = False
        cls.gold = cls._create_level("Gold", 12, 24, 4.0)
        cls.basic = cls._create_level("Basic", 0, 2, 24.0)
        cls.env.user.company_ids = [Command.link(cls.company_a.id)]
        feature = cls.env.ref("product.group_product_pricelist")
        cls.env.ref("base.group_user").implied_ids = [Command.link(feature.id)]
        cls.mill_prices = cls._create_pricelist("Mill prices")
        cls.own_prices = cls._create_pricelist("Own prices")
        cls.scheme = cls._create_scheme(
            ("Mills", [("ref", "=", "mill")]), ("Foundries", [("ref", "=", "foundry")])
        )
        cls.mills, cls.foundries = cls.scheme.segment_ids
        cls.mill = cls._create_customer("Mill", ref="mill", user_id=cls.rep.id)
        cls.foundry = cls._create_customer("Foundry", ref="foundry")
        cls.other = cls._create_customer("Other")
        cls.buyer = cls.env["res.partner"].create(
            {"name": "Buyer", "parent_id": cls.mill.id}
        )
        cls.scheme._refresh()
        cls.policies = cls.env["crm.customer.policy"].with_company(cls.company_a)

    @classmethod
    def _create_level(cls, name, visits, calls, hours, **vals):
        return cls.env["crm.service.level"].create(
            {
                "name": name,
                "company_id": cls.company_a.id,
                "visits_per_year": visits,
                "calls_per_year": calls,
                "reply_hours": hours,
                **vals,
            }
        )

    @classmethod
    def _create_pricelist(cls, name, **vals):
        return cls.env["product.pricelist"].create(
            {"name": name, "company_id": cls.company_a.id, "sequence": 99, **vals}
        )

    @classmethod
    def _create_policy(cls, partner, **vals):
        return cls.env["crm.customer.policy"].create(
            {
                "partner_id": partner.id,
                "company_id": cls.company_a.id,
                "reason": "Framework contract",
                "date_start": "2020-01-01",
                **vals,
            }
        )

    def _effective(self, partner, company=None):
        """Return {field: (value, kind of source)} of one customer."""
        company = company or self.company_a
        found = self.policies._get_effective_policies(partner, company)[partner.id]
        return {name: (value, source.kind) for name, (value, source) in found.items()}

    def _price(self, partner, company=None):
        """Return the name of the pricelist that the host gives to a customer."""
        self.env.invalidate_all()
        partner = partner.with_company(company or self.company_a)
        return partner.property_product_pricelist.name
