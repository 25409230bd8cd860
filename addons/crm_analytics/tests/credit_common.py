from odoo import Command
from odoo.tests import new_test_user

from .seven_p_common import SevenPCommon


class CreditCommon(SevenPCommon):
    """Customers whose credit is assessed by hand-computed figures.

    Good pays on time (grade A), Bad pays all late (grade E). Both were invoiced 12,000
    in the last 12 months, so 1,000 per month; Bad owes 2,000 past its due date.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.assessments = cls.env["crm.credit.assessment"]
        cls.credit = cls.env["crm.credit.policy"]._ensure(cls.company)
        cls.finance = new_test_user(
            cls.env,
            "credit_finance",
            groups="account.group_account_invoice",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        known = cls.env["crm.credit.factor"]._ensure(cls.company)
        known.active = False
        factors = known.filtered(lambda f: f.code in ("late", "orders", "external"))
        factors.active = True
        cls.late, cls.orders, cls.external = (
            factors.filtered(lambda f, c=code: f.code == c)
            for code in ("late", "orders", "external")
        )
        cls._set_steps(cls.late, 3, {0: 100, 20: 50, 60: 0})
        cls._set_steps(cls.orders, 1, {0: 0, 5: 60, 10: 100})
        cls.good = cls._create_customer("Good", user_id=cls.seller.id)
        cls.bad = cls._create_customer("Bad", user_id=cls.seller.id)
        cls.gone = cls._create_customer("Gone", active=False)
        cls.other = cls._create_customer("Other's", user_id=cls.manager.id)
        for partner in cls.good | cls.bad | cls.gone:
            cls._card_of(partner)
        cls._set_figures(cls.good, late_share=10, recent_order_count=12)
        cls._set_figures(
            cls.bad,
            late_share=80,
            recent_order_count=6,
            overdue_amount=2000,
            open_amount=3000,
        )
        cls.today = cls.env["crm.sale.fact"]._get_today(cls.company)

    # --- DATA

    @classmethod
    def _set_steps(cls, factor, weight, steps):
        factor.write(
            {
                "weight": weight,
                "step_ids": [
                    Command.clear(),
                    *[
                        Command.create({"value_from": start, "points": points})
                        for start, points in steps.items()
                    ],
                ],
            }
        )

    @classmethod
    def _card_of(cls, partner):
        keys = {"partner_id": partner.id, "company_id": cls.company.id}
        cls.env["crm.customer.scorecard"].create(keys)
        for part in ("performance", "persistency", "profitability", "product"):
            vals = {"invoiced_revenue": 12000} if part == "profitability" else {}
            cls.env[f"crm.scorecard.{part}"].create({**keys, **vals})

    @classmethod
    def _set_figures(cls, partner, **figures):
        for part in ("performance", "persistency"):
            model = cls.env[f"crm.scorecard.{part}"]
            row = model.search([("partner_id", "=", partner.id)])
            row.write({n: v for n, v in figures.items() if n in model._fields})

    def _of(self, partner, state="in_force"):
        return self.assessments.search(
            [("partner_id", "=", partner.id), ("state", "=", state)]
        )

    def _draft(self, partner, user, **vals):
        return self.assessments.with_user(user).create(
            {"partner_id": partner.id, **vals}
        )
