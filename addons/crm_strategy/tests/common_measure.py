from datetime import date

from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

from .ledger_common import LedgerCommon

NOW = "2026-03-15 12:00:00"
JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


class MeasureCommon(LedgerCommon):
    """One ledger that can be added up by hand, seen on 15 March 2026.

    Company alpha is in Berlin; beta's address has no time zone::

        order  company  customer         UTC               untaxed   what became of it
        a1     alpha    Ann of Acme      2026-01-10 10:00      100   40 credited 02-20
        a2     alpha    Acme             2026-01-31 23:30      200   Berlin: 1 February
        a3     alpha    Bob, a person    2026-02-10 10:00       50   invoice corrected
        a4     alpha    Old, archived    2026-02-11 10:00      160   at 2 per unit: 80
        a5     alpha    beta itself      2026-02-12 10:00      999   internal
        a6     alpha    Bob              2026-02-13 10:00       70   cancelled
        a7     alpha    Acme             2026-02-14 10:00       60   quotation
        a8     alpha    Bob              2026-03-10 10:00       30
        b1     beta     Acme             2026-02-05 10:00      500
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(su=True, context={**cls.env.context, **DISABLED_MAIL_CONTEXT})
        cls.alpha = cls.company_data["company"].with_env(cls.env)
        cls.beta = cls.setup_other_company(name="Beta")["company"].with_env(cls.env)
        cls.alpha.partner_id.tz = "Europe/Berlin"
        cls.beta.partner_id.tz = False
        cls.foreign = cls.setup_other_currency(
            "CHF", rates=[("2020-01-01", 2.0)]
        ).with_env(cls.env)
        cls.product = cls.env["product.product"].create(
            {"name": "Thing", "type": "service", "invoice_policy": "order"}
        )
        cls._create_partners()
        cls._create_orders()
        cls.manager = new_test_user(
            cls.env,
            "measure_manager",
            "sales_team.group_sale_manager",
            company_id=cls.alpha.id,
            company_ids=(cls.alpha | cls.beta).ids,
        )
        cls.salesman = new_test_user(
            cls.env,
            "measure_salesman",
            "sales_team.group_sale_salesman",
            company_id=cls.alpha.id,
            company_ids=cls.alpha.ids,
        )

    @classmethod
    def _create_partners(cls):
        partners = cls.env["res.partner"]
        cls.acme = partners.create({"name": "Acme", "is_company": True})
        cls.ann = partners.create({"name": "Ann", "parent_id": cls.acme.id})
        cls.bob = partners.create({"name": "Bob"})
        cls.old = partners.create({"name": "Old", "is_company": True})

    @classmethod
    def _create_orders(cls):
        cls.a1 = cls._create_order(cls.ann, "2026-01-10 10:00:00", 100)
        cls.a2 = cls._create_order(cls.acme, "2026-01-31 23:30:00", 200)
        cls.a3 = cls._create_order(cls.bob, "2026-02-10 10:00:00", 50)
        cls.a4 = cls._create_order(
            cls.old, "2026-02-11 10:00:00", 160, currency=cls.foreign
        )
        cls.a5 = cls._create_order(cls.beta.partner_id, "2026-02-12 10:00:00", 999)
        cls.a6 = cls._create_order(cls.bob, "2026-02-13 10:00:00", 70)
        cls.a6._action_cancel()
        cls.a7 = cls._create_order(
            cls.acme, "2026-02-14 10:00:00", 60, is_confirmed=False
        )
        cls.a8 = cls._create_order(cls.bob, "2026-03-10 10:00:00", 30)
        cls.b1 = cls._create_order(
            cls.acme, "2026-02-05 10:00:00", 500, company=cls.beta
        )
        cls.old.active = False
        invoice = cls._invoice(cls.a1, "2026-01-15")
        cls._credit(invoice, "2026-02-20", 40)
        wrong = cls._invoice(cls.a3, "2026-02-10")
        cls._credit(wrong, "2026-02-25", 50)
        cls._invoice(cls.a3, "2026-02-26")

    @classmethod
    def _create_order(
        cls, partner, moment, amount, company=None, currency=None, is_confirmed=True
    ):
        company = company or cls.alpha
        order = (
            cls.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "pricelist_id": cls._create_pricelist(company, currency).id,
                    "user_id": False,
                    "date_order": moment,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": cls.product.id,
                                "price_unit": amount,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
            )
        )
        if is_confirmed:
            order.action_confirm()
        order.date_order = moment
        return order

    @classmethod
    def _create_pricelist(cls, company, currency=None):
        return cls.env["product.pricelist"].create(
            {
                "name": "Test",
                "company_id": company.id,
                "currency_id": (currency or company.currency_id).id,
            }
        )

    @classmethod
    def _invoice(cls, order, day):
        invoice = order._create_invoices()
        invoice.invoice_date = day
        invoice.action_post()
        return invoice

    @classmethod
    def _credit(cls, invoice, day, amount):
        refund = invoice._reverse_moves([{"invoice_date": day, "date": day}])
        refund.invoice_line_ids.price_unit = amount
        refund.action_post()
        return refund

    @classmethod
    def _get_measure(cls, code):
        return cls.env.ref(f"crm_strategy.crm_measure_{code}")

    @classmethod
    def _get_kept(cls, code, company=None):
        """Return {first day: value} of a measure's kept rows."""
        rows = cls.env["crm.measure.value"].search(
            [
                ("measure_id", "=", cls._get_measure(code).id),
                ("company_id", "=", (company or cls.alpha).id),
            ]
        )
        return {row.date_from: row.value for row in rows}
