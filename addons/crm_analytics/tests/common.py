from datetime import datetime

from odoo import SUPERUSER_ID, Command
from odoo.tests import new_test_user
from odoo.tools import SQL

from odoo.addons.crm_strategy.tests.ledger_common import LedgerCommon

#: What a refresh asks for the time of the last change
BACKDATED = (
    "sale_order",
    "account_move",
    "res_partner",
    "crm_complaint",
    "crm_sales_activity",
    "crm_supply_record",
    "crm_lead",
    "crm_partner_role_assignment",
    "crm_satisfaction_score",
    "stock_picking",
    "crm_credit_assessment",
    "stock_move",
    "crm_complaint_remedy",
    "crm_complaint_step",
    "crm_segment_membership",
)


class ScorecardCommon(LedgerCommon):
    """Two companies and the people who look at their customers.

    | user    | groups                        | customers             |
    | ------- | ----------------------------- | --------------------- |
    | seller  | salesman, own documents       | own and nobody's      |
    | manager | sales manager                 | all of the company    |
    | analyst | analyst only                  | all of the company    |
    | clerk   | internal user without a group | none                  |

    The company counts its days in Shanghai (UTC+8).
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.company.partner_id.tz = "Asia/Shanghai"
        cls.other_company = cls.setup_other_company(name="Other Company")["company"]
        cls.euro = cls.setup_other_currency("EUR", rates=[("2000-01-01", 2.0)])
        # the ledger is made by the system; people come in where a test names them
        cls.env = cls.env(
            user=SUPERUSER_ID,
            context=dict(
                cls.env.context,
                tracking_disable=True,
                allowed_company_ids=[cls.company.id],
            ),
        )
        cls.product = cls.env["product.product"].create(
            {
                "name": "Ingot",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 100.0,
                "standard_price": 60.0,
                "taxes_id": False,
            }
        )
        users = {
            "seller": "sales_team.group_sale_salesman",
            "manager": "sales_team.group_sale_manager",
            "analyst": "crm_analytics.group_analyst",
            "clerk": "base.group_user",
        }
        for login, group in users.items():
            user = new_test_user(
                cls.env,
                f"scorecard_{login}",
                groups=group,
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            setattr(cls, login, user)
        cls.policy = cls.env["crm.rfm.policy"]._ensure(cls.company)

    # --- DATA

    @classmethod
    def _create_customer(cls, name, **vals):
        return cls.env["res.partner"].create(
            {"name": name, "is_company": True, "user_id": False, **vals}
        )

    @classmethod
    def _create_order(cls, partner, moment, amount, *, cost=0.0, **vals):
        """Return an order of ``amount``, confirmed, dated ``moment`` (UTC)."""
        if len(moment) == 10:
            moment += " 04:00:00"
        company = vals.pop("company", cls.company)
        confirm = vals.pop("confirm", True)
        currency = vals.pop("currency", company.currency_id)
        if currency != company.currency_id:
            vals["pricelist_id"] = cls._get_pricelist(currency, company).id
        order = (
            cls.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "date_order": moment,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": cls.product.id,
                                "product_uom_qty": 1,
                                "price_unit": amount,
                                "purchase_price": cost,
                                "tax_ids": False,
                            }
                        )
                    ],
                    **vals,
                }
            )
        )
        if confirm:
            order.action_confirm()
            order.date_order = moment
        return order

    @classmethod
    def _get_pricelist(cls, currency, company):
        vals = {
            "name": f"{currency.name} {company.name}",
            "currency_id": currency.id,
            "company_id": company.id,
        }
        pricelists = cls.env["product.pricelist"]
        known = pricelists.search([("name", "=", vals["name"])])
        return known or pricelists.create(vals)

    @classmethod
    def _invoice(cls, order, day):
        invoice = order._create_invoices()
        invoice.invoice_date = day
        invoice.action_post()
        return invoice

    @classmethod
    def _refund(cls, invoice, day, amount=None):
        """Return the posted credit note of an invoice, in part if ``amount``."""
        wizard = (
            cls.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"date": day, "journal_id": invoice.journal_id.id})
        )
        wizard.reverse_moves()
        credit = wizard.new_move_ids
        if amount is not None:
            credit.invoice_line_ids.price_unit = amount
        credit.invoice_date = day
        if credit.state == "draft":
            credit.action_post()
        return credit

    # --- WHAT HAPPENS

    @classmethod
    def _refresh(cls, as_of, mode="full", company=None):
        day = datetime.strptime(as_of, "%Y-%m-%d").date()
        run = cls.env["crm.scorecard.run"]
        return run._refresh(company or cls.company, day, mode)

    def _card(self, partner, company=None):
        return (
            self.env["crm.customer.scorecard"]
            .with_context(active_test=False)
            .search(
                [
                    ("partner_id", "=", partner.id),
                    ("company_id", "=", (company or self.company).id),
                ]
            )
        )

    def _backdate(self):
        """Make everything written so far look written before the last refresh.

        All of a test happens in one transaction and so at one moment; without this an
        incremental refresh would find every record changed.
        """
        self.env.flush_all()
        for table in BACKDATED:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET write_date = write_date - INTERVAL '1 day'",
                    SQL.identifier(table),
                )
            )
        self.env.cr.execute(
            "UPDATE account_partial_reconcile"
            " SET create_date = create_date - INTERVAL '1 day'"
        )
        self.env.invalidate_all()

    # --- ASSERTS

    def assertCard(self, partner, company=None, **expected):
        card = self._card(partner, company)
        self.assertEqual(len(card), 1, "one scorecard per customer and company")
        actual = {}
        for name in expected:
            value = card[name]
            actual[name] = str(value) if hasattr(value, "isoformat") else value
        self.assertEqual(actual, expected)
