from datetime import date

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.crm_strategy.tools.measure_period import Period

from ..tools import profit
from .seven_p_facts_common import SevenPFactsCommon


@tagged("post_install", "-at_install")
class TestSevenPProfit(SevenPFactsCommon):
    """What a customer brings in and costs, to the cent and by hand."""

    def _invoiced(self, partner, first="2025-07-01", last="2026-06-30"):
        """Return what the host's invoice analysis says of these days."""
        self.env.flush_all()
        rows = self.env["account.invoice.report"]._read_group(
            [
                ("commercial_partner_id", "=", partner.id),
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                ("invoice_date", ">=", first),
                ("invoice_date", "<=", last),
            ],
            [],
            ["price_subtotal:sum"],
        )
        return self.company.currency_id.round(rows[0][0] or 0.0)

    def _complain(self, partner, received, work=0, remedies=0, **vals):
        kind = self.env["crm.complaint.kind"].search(
            [("type", "=", vals.pop("type", "complaint"))], limit=1
        )
        complaint = self.env["crm.complaint"].create(
            {
                "partner_id": partner.id,
                "company_id": self.company.id,
                "kind_id": kind.id,
                "description": "It leaks",
                **vals,
            }
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE crm_complaint SET date_received = %s, work_cost = %s,
                          cost_remedies = %s WHERE id = %s""",
                received,
                work,
                remedies,
                complaint.id,
            )
        )
        complaint.invalidate_recordset()
        return complaint

    def test_contribution_by_hand_in_two_currencies(self):
        acme = self._create_customer("Acme")
        order = self._create_order(acme, "2026-03-02", 1000, cost=600)
        invoice = self._invoice(order, "2026-03-05")
        self._refund(invoice, "2026-04-01", 100)
        # EUR 2 are USD 1: 400 less 100 are 150 of margin
        abroad = self._create_order(
            acme, "2026-05-04", 400, cost=100, currency=self.euro
        )
        self._invoice(abroad, "2026-05-05")
        # too early, too late, no purchase
        old = self._create_order(acme, "2025-06-30", 5000, cost=1)
        self._invoice(old, "2025-06-30")
        self._create_order(acme, "2026-07-02", 7000, cost=1)
        self._create_order(acme, "2026-06-02", 9000, confirm=False)
        self._complain(acme, "2026-05-01 08:00:00", work=30, remedies=20)
        self._complain(acme, "2025-05-01 08:00:00", work=999)
        self._touch(acme, "2026-05-02 08:00:00", kind_cost=25)
        self._touch(acme, "2026-05-03 08:00:00", kind_cost=77, state="planned")
        row = self._read("profit")[acme.id]
        self.assertRow(
            row,
            invoiced_revenue=1100.0,
            gross_margin=510.0,  # 400 + 150, less 40 of the credit note
            discount_amount=0.0,
            delivery_cost=0.0,
            complaint_cost=50.0,
            activity_cost=25.0,
            counted_cost=0.0,
            cost_to_serve=75.0,
            contribution=435.0,
            value_creation_rate=6.8,
            contribution_share=100.0,
        )
        self.assertEqual(float(row["invoiced_revenue"]), self._invoiced(acme))

    def test_cents_agree_with_the_invoice_analysis(self):
        acme, zinc = self._create_customer("Acme"), self._create_customer("Zinc")
        contact = self._create_customer("Zhou", parent_id=zinc.id, is_company=False)
        for partner, amount, currency in (
            (acme, 33.33, self.euro),
            (acme, 0.07, self.company.currency_id),
            (contact, 99.99, self.euro),
            (zinc, 12.34, self.company.currency_id),
        ):
            order = self._create_order(partner, "2026-02-02", amount, currency=currency)
            invoice = self._invoice(order, "2026-02-03")
        self._refund(invoice, "2026-02-04", 5.67)
        rows = self._read("profit")
        for partner in (acme, zinc):
            self.assertEqual(
                float(rows[partner.id]["invoiced_revenue"]), self._invoiced(partner)
            )
        self.assertNotIn(contact.id, rows)

    def test_all_refunded_leaves_nothing(self):
        acme = self._create_customer("Acme")
        invoice = self._invoice(
            self._create_order(acme, "2026-03-02", 1000, cost=600), "2026-03-05"
        )
        self._refund(invoice, "2026-04-01")
        self.assertRow(
            self._read("profit")[acme.id],
            invoiced_revenue=0.0,
            gross_margin=0.0,
            contribution=0.0,
            contribution_share=None,
            value_creation_rate=None,
            abc_class="C",
            spending_tier="E",
        )

    def test_discount_and_loss_and_no_cost(self):
        acme = self._create_customer("Acme")
        order = self._create_order(acme, "2026-03-02", 1000, confirm=False)
        order.order_line.write({"discount": 25.0, "purchase_price": 800.0})
        order.action_confirm()
        order.date_order = "2026-03-02 04:00:00"
        self._create_order(acme, "2026-03-03", 250, cost=0.0)
        # a discount as a line of its own, and one of 100 %
        third = self._create_order(acme, "2026-03-04", 100, confirm=False)
        third.order_line = [
            Command.create(
                {
                    "product_id": self.product.id,
                    "price_unit": -10,
                    "purchase_price": 0,
                    "tax_ids": False,
                }
            ),
            Command.create(
                {
                    "product_id": self.product.id,
                    "price_unit": 40,
                    "discount": 100,
                    "purchase_price": 0,
                    "tax_ids": False,
                }
            ),
        ]
        third.action_confirm()
        third.date_order = "2026-03-04 04:00:00"
        self.assertRow(
            self._read("profit")[acme.id],
            gross_margin=290.0,  # 750 - 800, 250, 90
            discount_amount=300.0,  # 250, 10, 40
            uncosted_share=32.1,  # (250 + 100) of (750 + 250 + 90)
            contribution=290.0,
        )
        self.assertRow(
            self._read("discounts")[acme.id],
            discount_share=21.6,  # 300 of 1,390
            discount_sensitivity=None,  # one order without discount says nothing
        )

    def test_customer_without_any_order_has_a_row(self):
        acme = self._create_customer("Acme")
        self.assertRow(
            self._read("profit")[acme.id],
            invoiced_revenue=None,
            contribution=None,
            spending_tier="E",
            abc_class="C",
        )

    def test_remedies_do_not_count_twice(self):
        acme = self._create_customer("Acme")
        order = self._create_order(acme, "2026-03-02", 1000, cost=600)
        complaint = self._complain(acme, "2026-04-01 08:00:00")
        remedy = self.env["crm.complaint.remedy"].create(
            {"complaint_id": complaint.id, "remedy_type": "refund"}
        )
        credit = self._refund(self._invoice(order, "2026-03-05"), "2026-04-01", 100)
        self.env.flush_all()
        complaint.cost_remedies = 100
        self.env.cr.execute(
            SQL(
                "UPDATE account_move SET crm_remedy_id = %s WHERE id = %s",
                remedy.id,
                credit.id,
            )
        )
        self.assertRow(
            self._read("profit")[acme.id],
            gross_margin=360.0,  # 400 less 40 of the credit note
            complaint_cost=100.0,
            counted_cost=40.0,
            cost_to_serve=60.0,
            contribution=300.0,  # what is left: 400 - 100
        )

    def test_a_remedy_of_a_complaint_before_the_window_takes_nothing_back(self):
        """Its cost counted in the year before; the discount lowers this year's margin.

        Window: July 2025 to June 2026.
        """
        acme = self._create_customer("Acme")
        order = self._create_order(acme, "2026-03-02", 1000, cost=600)
        remedy = self.env["crm.complaint.remedy"].create(
            {
                "complaint_id": self._complain(acme, "2025-06-30 15:00:00").id,
                "remedy_type": "refund",
            }
        )
        order.order_line = [
            Command.create(
                {
                    "product_id": self.product.id,
                    "price_unit": -200,
                    "purchase_price": 0,
                    "tax_ids": False,
                }
            )
        ]
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE sale_order_line SET crm_discount_remedy_id = %s
                    WHERE order_id = %s AND price_unit < 0""",
                remedy.id,
                order.id,
            )
        )
        self.assertRow(
            self._read("profit")[acme.id],
            gross_margin=200.0,
            counted_cost=0.0,
            cost_to_serve=0.0,
            contribution=200.0,
        )
        # received a day later it is one of the window, in Shanghai
        self.env.cr.execute(
            SQL(
                """UPDATE crm_complaint SET date_received = '2025-06-30 16:00:00',
                          cost_remedies = 200 WHERE id = %s""",
                remedy.complaint_id.id,
            )
        )
        row = self._read("profit")[acme.id]
        self.assertRow(row, complaint_cost=200.0, counted_cost=200.0, contribution=200)
        self.policy.as_of_date = "2026-06-30"
        measure = self.env["crm.measure"].search([("code", "=", "contribution")])

        def contribution(*periods):
            found = getattr(measure, measure.method)(self.company, periods)
            return [result.value for result in found.values()]

        july, march, year = (
            Period(date(2025, 7, 1), date(2025, 7, 31)),
            Period(date(2026, 3, 1), date(2026, 3, 31)),
            Period(date(2025, 7, 1), date(2026, 6, 30)),
        )
        # each bears its own; the year nothing twice
        self.assertEqual(sorted(contribution(july, march)), [-200.0, 200.0])
        self.assertEqual(contribution(year), [200.0])

    def test_classes_and_tiers_as_the_formulas_say(self):
        amounts = (50000, 30000, 10000, 6000, 4000)
        partners = [self._create_customer(f"Customer {n}") for n in range(5)]
        for partner, amount in zip(partners, amounts, strict=True):
            self._invoice(
                self._create_order(partner, "2026-03-02", amount), "2026-03-02"
            )
        rows = self._read("profit")
        bounds = profit.abc_bounds(amounts)
        floors = [self.profit[f"floor_{tier}"] for tier in "abcd"]
        for partner, amount in zip(partners, amounts, strict=True):
            self.assertRow(
                rows[partner.id],
                abc_class=profit.abc_class(amount, bounds),
                spending_tier=profit.spending_tier(amount, floors),
            )
        self.assertEqual((self.profit.bound_a, self.profit.bound_b), bounds)
        self.assertEqual(self.profit.total_contribution, 100000.0)
        self.assertEqual(self.profit.bounds_date, self.AS_OF)
        shares = [rows[p.id]["contribution_share"] for p in partners]
        self.assertEqual(shares, [50.0, 30.0, 10.0, 6.0, 4.0])

    def test_one_customer_is_judged_by_the_bounds_of_the_last_full_refresh(self):
        acme, zinc = self._create_customer("Acme"), self._create_customer("Zinc")
        for partner, amount in ((acme, 900), (zinc, 100)):
            self._invoice(
                self._create_order(partner, "2026-03-02", amount), "2026-03-02"
            )
        before = self._read("profit")
        self.assertEqual(before[zinc.id], self._read("profit", zinc)[zinc.id])
        order = self._create_order(zinc, "2026-03-03", 800)
        self.assertEqual(self._changed("profit") & {zinc.id}, {zinc.id})
        self._invoice(order, "2026-03-03")
        row = self._read("profit", zinc)[zinc.id]
        self.assertRow(row, abc_class="A", contribution_share=90.0)
        self.assertEqual(self.profit.total_contribution, 1000.0)
        # a month end is judged by its own bounds and leaves those in force alone
        self._read("profit", is_past=True)
        self.assertEqual(self.profit.total_contribution, 1000.0)

    def test_currency_without_rate_counts_one_to_one(self):
        acme = self._create_customer("Acme")
        order = self._create_order(acme, "2026-03-02", 100, cost=60)
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE sale_order SET currency_rate = NULL WHERE id = %s", order.id)
        )
        self.assertRow(self._read("profit")[acme.id], gross_margin=40.0)

    def test_companies_apart(self):
        acme = self._create_customer("Acme")
        self._create_order(acme, "2026-03-02", 100)
        self._create_order(acme, "2026-03-02", 900, company=self.other_company)
        self.assertRow(self._read("profit")[acme.id], gross_margin=100.0)
        other = self._read("profit", company=self.other_company)
        self.assertRow(other[acme.id], gross_margin=900.0)

    def test_rules_are_checked_and_make_the_next_refresh_a_full_one(self):
        self.policy.is_stale = False
        with self.assertRaises(ValidationError):
            self.profit.floor_b = self.profit.floor_a
        with self.assertRaises(ValidationError):
            self.profit.percent_a = 96
        self.policy.is_stale = False
        self.profit.with_user(self.analyst).floor_a = 20000
        self.assertTrue(self.policy.is_stale)
