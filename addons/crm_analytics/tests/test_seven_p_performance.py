from datetime import datetime

from odoo.fields import Command
from odoo.tests import tagged

from .seven_p_facts_common import SevenPFactsCommon


@tagged("post_install", "-at_install")
class TestSevenPPerformance(SevenPFactsCommon):
    """What customers buy where, how they pay, how we deliver."""

    def _pay(self, invoice, day, amount):
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "payment_date": day,
                    "amount": amount,
                    "journal_id": self.company_data["default_journal_bank"].id,
                }
            )
        )
        return wizard._create_payments()

    def _bill(self, partner, day, due, amount, **vals):
        invoice = self._invoice(self._create_order(partner, day, amount, **vals), day)
        receivable = invoice.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        receivable.date_maturity = due
        return invoice

    # --- PAYMENTS

    def test_days_to_pay_and_late_share_weigh_by_amount(self):
        acme = self._create_customer("Acme")
        invoice = self._bill(acme, "2026-03-01", "2026-03-31", 1000)
        self._pay(invoice, "2026-03-21", 750)  # 20 days, in time
        self._pay(invoice, "2026-04-30", 250)  # 60 days, late
        self.assertRow(
            self._read("payments")[acme.id],
            paid_amount=1000.0,
            days_to_pay=30.0,
            late_share=25.0,
        )
        self.assertRow(
            self._read("receivables")[acme.id],
            open_amount=0.0,
            overdue_amount=0.0,
            days_sales_outstanding=0.0,
        )

    def test_payment_in_another_currency_counts_in_that_of_the_company(self):
        acme = self._create_customer("Acme")
        invoice = self._bill(acme, "2026-03-01", "2026-03-31", 400, currency=self.euro)
        self._pay(invoice, "2026-03-11", 400)
        self.assertRow(
            self._read("payments")[acme.id], paid_amount=200.0, days_to_pay=10.0
        )

    def test_credit_note_is_no_payment_and_advance_takes_no_days(self):
        acme = self._create_customer("Acme")
        invoice = self._bill(acme, "2026-03-10", "2026-03-31", 100)
        self._refund(invoice, "2026-04-20")
        self.assertNotIn(acme.id, self._read("payments"))
        early = self._bill(acme, "2026-05-10", "2026-05-31", 100)
        self._pay(early, "2026-05-01", 100)
        self.assertRow(
            self._read("payments")[acme.id], paid_amount=100.0, days_to_pay=0.0
        )

    def test_payments_out_of_the_window_do_not_count(self):
        acme = self._create_customer("Acme")
        invoice = self._bill(acme, "2025-05-01", "2025-05-31", 100)
        self._pay(invoice, "2025-06-30", 40)
        self._pay(invoice, "2025-07-01", 60)
        self.assertRow(self._read("payments")[acme.id], paid_amount=60.0)

    def test_open_and_overdue_agree_with_the_host(self):
        acme = self._create_customer("Acme")
        self._bill(acme, "2026-03-01", "2026-03-31", 500)
        partly = self._bill(acme, "2026-06-01", "2026-07-31", 230)
        self._pay(partly, "2026-06-20", 30)
        row = self._read("receivables")[acme.id]
        self.assertRow(
            row,
            open_amount=700.0,
            overdue_amount=500.0,
            days_sales_outstanding=350.0,  # 700 of 730 in 365 days
        )
        self.assertEqual(float(row["open_amount"]), acme.credit)

    def test_undone_match_queues_the_customer(self):
        acme = self._create_customer("Acme")
        invoice = self._bill(acme, "2026-03-01", "2026-03-31", 100)
        self._pay(invoice, "2026-03-21", 100)
        self.assertIn(acme.id, self._changed("payments"))
        queue = self.env["crm.scorecard.queue"]
        queue.search([]).unlink()
        invoice.line_ids.remove_move_reconcile()
        self.assertIn(acme, queue.search([]).partner_id)

    # --- SALES

    def test_channels_places_and_categories(self):
        acme = self._create_customer("Acme")
        depot = self._create_customer("Depot", parent_id=acme.id, type="delivery")
        phone, web = self.env["utm.medium"].create(
            [{"name": "B2 Phone"}, {"name": "B2 Web"}]
        )
        self.product.categ_id = self.env["product.category"].create({"name": "Ingots"})
        teams = self.env["crm.team"].create([{"name": "North"}, {"name": "South"}])
        self._create_order(
            acme, "2026-03-02", 100, medium_id=phone.id, team_id=teams[0].id
        )
        self._create_order(
            acme, "2026-03-03", 80, medium_id=web.id, team_id=teams[0].id
        )
        self._create_order(
            acme,
            "2026-03-04",
            80,
            medium_id=web.id,
            team_id=teams[1].id,
            partner_shipping_id=depot.id,
        )
        self.assertRow(
            self._read("sales")[acme.id],
            category_count=1.0,
            top_category_id=float(self.product.categ_id.id),
            team_count=2.0,
            medium_count=2.0,
            top_medium_id=float(web.id),
            place_count=2.0,
        )

    # --- DELIVERIES

    def test_deliveries_are_those_of_the_delivery_report(self):
        acme = self._create_customer("Acme")
        goods = self.env["product.product"].create(
            {"name": "Coil", "type": "consu", "is_storable": False, "taxes_id": False}
        )
        self.profit.delivery_cost = 12.5
        for day, shipped in (
            ("2026-03-02", "2026-03-04"),
            ("2026-03-02", "2026-03-09"),
        ):
            order = self._create_order(
                acme,
                day,
                100,
                confirm=False,
                commitment_date="2026-03-05 04:00:00",
            )
            order.order_line = [
                Command.clear(),
                Command.create(
                    {
                        "product_id": goods.id,
                        "product_uom_qty": 1,
                        "price_unit": 100,
                        "tax_ids": False,
                    }
                ),
            ]
            order.action_confirm()
            order.date_order = f"{day} 04:00:00"
            picking = order.picking_ids
            picking.move_ids.quantity = 1
            picking.move_ids.picked = True
            picking.with_context(skip_sms=True).button_validate()
            moment = datetime.fromisoformat(f"{shipped} 04:00:00")
            picking.date_done = moment
            picking.move_ids.date = moment
        self.assertIn(acme.id, self._changed("deliveries"))
        self.assertRow(
            self._read("deliveries", acme)[acme.id],
            delivery_count=2.0,
            on_time_rate=50.0,
            days_late_mean=4.0,
        )
        self.assertEqual(self._read("deliveries", acme), self._read("deliveries"))
        self.assertRow(self._read("profit")[acme.id], delivery_cost=25.0)
