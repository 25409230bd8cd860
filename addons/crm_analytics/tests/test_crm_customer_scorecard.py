from odoo.exceptions import AccessError
from odoo.tests import tagged, users

from .common import ScorecardCommon


@tagged("post_install", "-at_install")
class TestCustomerScorecard(ScorecardCommon):
    def test_figures_of_a_repeat_buyer(self):
        """Orders on 1, 1, 11 and 31 January: three purchase days, gaps 10 and 20."""
        customer = self._create_customer("Repeat")
        self._create_order(customer, "2026-01-01", 100, cost=60)
        self._create_order(customer, "2026-01-01", 50, cost=60)
        self._create_order(customer, "2026-01-11", 250, cost=100)
        self._create_order(customer, "2026-01-31", 600, cost=300)
        self._refresh("2026-02-10")
        self.assertCard(
            customer,
            first_order_date="2026-01-01",
            last_order_date="2026-01-31",
            recency_days=10,
            order_count=4,
            purchase_day_count=3,
            is_repeat=True,
            revenue=1000.0,
            margin=480.0,
            margin_percent=0.48,
            average_order=250.0,
            interval_mean=15.0,
            interval_spread=7.07,
            next_order_date="2026-02-15",
            refunded_amount=0.0,
            invoiced_amount=0.0,
        )

    def test_one_order_has_no_interval(self):
        customer = self._create_customer("Once")
        self._create_order(customer, "2026-01-05", 80)
        self._refresh("2026-02-10")
        self.assertCard(
            customer,
            order_count=1,
            is_repeat=False,
            interval_mean=0.0,
            next_order_date=False,
        )

    def test_what_is_no_purchase(self):
        quoting = self._create_customer("Quoting")
        self._create_order(quoting, "2026-01-05", 80, confirm=False)
        cancelled = self._create_customer("Cancelled")
        self._create_order(cancelled, "2026-01-05", 80)._action_cancel()
        later = self._create_customer("Later")
        self._create_order(later, "2026-02-11", 80)
        sister = self.other_company.partner_id
        self._create_order(sister, "2026-01-05", 80)
        self._refresh("2026-02-10")
        for partner in (quoting, cancelled, later, sister):
            self.assertFalse(self._card(partner), partner.name)

    def test_days_are_those_of_the_company(self):
        """17:00 UTC is already the next day in Shanghai."""
        customer = self._create_customer("Night")
        self._create_order(customer, "2026-01-31 15:59:59", 10)
        self._create_order(customer, "2026-01-31 16:00:00", 20)
        self._refresh("2026-01-31")
        self.assertCard(customer, order_count=1, revenue=10.0)
        self._refresh("2026-02-01")
        self.assertCard(
            customer,
            first_order_date="2026-01-31",
            last_order_date="2026-02-01",
            revenue=30.0,
        )

    def test_contacts_buy_for_their_company_and_persons_for_themselves(self):
        company = self._create_customer("Mill")
        contact = self._create_customer("Buyer", is_company=False, parent_id=company.id)
        person = self._create_customer("Mr Zhang", is_company=False)
        self._create_order(company, "2026-01-01", 100)
        self._create_order(contact, "2026-01-02", 200)
        self._create_order(person, "2026-01-03", 300)
        self._refresh("2026-02-10")
        self.assertCard(company, order_count=2, revenue=300.0)
        self.assertFalse(self._card(contact))
        self.assertCard(person, order_count=1, revenue=300.0)

    def test_other_currency_counts_at_the_rate_of_the_order(self):
        """The euro stands at 2 to the dollar, so 500 euros are 250 dollars."""
        customer = self._create_customer("Abroad")
        self._create_order(customer, "2026-01-01", 500, cost=100, currency=self.euro)
        self._create_order(customer, "2026-01-02", 50)
        self._refresh("2026-02-10")
        self.assertCard(customer, revenue=300.0, margin=250.0)

    def test_each_company_has_its_own_figures(self):
        customer = self._create_customer("Shared")
        self._create_order(customer, "2026-01-01", 100)
        self._create_order(customer, "2026-01-02", 70, company=self.other_company)
        self._refresh("2026-02-10")
        self.assertCard(customer, revenue=100.0)
        self.assertFalse(self._card(customer, self.other_company))
        self._refresh("2026-02-10", company=self.other_company)
        self.assertCard(customer, self.other_company, revenue=70.0, order_count=1)
        self.assertCard(customer, revenue=100.0)

    def test_refund_lowers_revenue_and_margin_in_proportion(self):
        """A quarter of 400 is credited: 300 of revenue, 120 of 160 margin remain."""
        customer = self._create_customer("Returns")
        order = self._create_order(customer, "2026-01-01", 400, cost=240)
        invoice = self._invoice(order, "2026-01-02")
        self._refund(invoice, "2026-01-20", amount=100)
        self._refresh("2026-01-19")
        self.assertCard(customer, revenue=400.0, invoiced_amount=400.0)
        self._refresh("2026-02-10")
        self.assertCard(
            customer,
            order_count=1,
            revenue=300.0,
            refunded_amount=100.0,
            margin=120.0,
            invoiced_amount=300.0,
        )

    def test_corrected_invoice_is_no_refund(self):
        customer = self._create_customer("Corrected")
        order = self._create_order(customer, "2026-01-01", 400)
        self._refund(self._invoice(order, "2026-01-02"), "2026-01-03")
        self._refresh("2026-01-03")
        self.assertCard(customer, revenue=0.0, refunded_amount=400.0)
        self._invoice(order, "2026-01-04")
        self._refresh("2026-02-10")
        self.assertCard(
            customer, revenue=400.0, refunded_amount=0.0, invoiced_amount=400.0
        )

    def test_figures_are_those_of_the_hosts_own_analyses(self):
        customer = self._create_customer("Reconciled")
        order = self._create_order(customer, "2026-01-01", 333.33, cost=100.11)
        self._create_order(customer, "2026-01-02", 77.78, currency=self.euro)
        self._invoice(order, "2026-01-02")
        self._refresh("2026-02-10")
        self.env.flush_all()
        domain = [
            ("commercial_partner_id", "=", customer.id),
            ("company_id", "=", self.company.id),
        ]
        [[sales, margin]] = self.env["sale.report"]._read_group(
            [*domain, ("state", "=", "sale")],
            [],
            ["price_subtotal:sum", "margin:sum"],
        )
        [[invoiced]] = self.env["account.invoice.report"]._read_group(
            [*domain, ("state", "=", "posted")], [], ["price_subtotal:sum"]
        )
        card = self._card(customer)
        self.assertEqual(card.revenue, round(sales, 2))
        self.assertEqual(card.margin, round(margin, 2))
        self.assertEqual(card.invoiced_amount, round(invoiced, 2))

    def test_archived_customer_keeps_figures_but_no_scores(self):
        customer = self._create_customer("Closed")
        self._create_order(customer, "2026-01-01", 100)
        self._refresh("2026-02-10")
        self.assertEqual(self._card(customer).rfm_code, "111")
        customer.active = False
        self._refresh("2026-02-10", "incremental")
        self.assertCard(
            customer, active=False, revenue=100.0, rfm_code=False, recency_score=0
        )
        self.assertFalse(self._card(customer).rfm_group_id)

    def test_merged_customers_become_one(self):
        kept = self._create_customer("Kept", email="same@example.com")
        gone = self._create_customer("Gone", email="same@example.com")
        self._create_order(kept, "2026-01-01", 100)
        self._create_order(gone, "2026-01-02", 30)
        self._refresh("2026-02-10")
        self._backdate()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((kept | gone).ids, kept)
        self._refresh("2026-02-10", "incremental")
        self.assertCard(kept, order_count=2, revenue=130.0)
        self.assertFalse(gone.exists())
        self.assertEqual(
            self.env["crm.customer.scorecard"].search_count(
                [("company_id", "=", self.company.id)]
            ),
            1,
        )

    # --- RIGHTS

    def test_who_sees_whose_scorecard(self):
        own = self._create_customer("Own", user_id=self.seller.id)
        nobodys = self._create_customer("Nobody's")
        foreign = self._create_customer("Foreign", user_id=self.manager.id)
        abroad = self._create_customer("Other company's")
        for partner in (own, nobodys, foreign):
            self._create_order(partner, "2026-01-01", 100)
        self._create_order(abroad, "2026-01-01", 100, company=self.other_company)
        self._refresh("2026-02-10")
        self._refresh("2026-02-10", company=self.other_company)
        cards = self.env["crm.customer.scorecard"]
        for user, visible in (
            (self.seller, own | nobodys),
            (self.manager, own | nobodys | foreign),
            (self.analyst, own | nobodys | foreign),
        ):
            found = cards.with_user(user).search([])
            self.assertEqual(found.partner_id, visible, user.login)
        with self.assertRaises(AccessError):
            cards.with_user(self.clerk).search([])
        with self.assertRaises(AccessError):
            self._card(foreign).with_user(self.seller).read(["revenue"])

    def test_list_of_customers_shows_no_figures_of_others_customers(self):
        """Contacts are everybody's; the figures on them are the reader's own."""
        own = self._create_customer("Own", user_id=self.seller.id)
        nobodys = self._create_customer("Nobody's")
        foreign = self._create_customer("Foreign", user_id=self.manager.id)
        everyone = own | nobodys | foreign
        for partner in everyone:
            self._create_order(partner, "2026-01-01", 100)
        self._refresh("2026-02-10")
        for user, visible in (
            (self.seller, own | nobodys),
            (self.manager, everyone),
            (self.analyst, everyone),
        ):
            partners = everyone.with_user(user)
            for partner in partners:
                shown = 1 if partner.id in visible.ids else 0
                self.assertEqual(partner.crm_order_count, shown, partner.name)
                self.assertEqual(partner.crm_revenue, 100.0 * shown, partner.name)
                self.assertEqual(bool(partner.rfm_code), bool(shown), partner.name)
                self.assertEqual(partner.is_in_own_care, bool(shown), partner.name)
            domain = [("id", "in", everyone.ids), ("is_in_own_care", "=", True)]
            self.assertEqual(partners.search(domain), visible, user.login)

    def test_nobody_writes_scorecards(self):
        customer = self._create_customer("Fixed", user_id=self.seller.id)
        self._create_order(customer, "2026-01-01", 100)
        self._refresh("2026-02-10")
        card = self._card(customer)
        for user in (self.seller, self.manager, self.analyst):
            for denied in (
                lambda c: c.write({"revenue": 1}),
                lambda c: c.unlink(),
                lambda c: c.copy(),
            ):
                with self.assertRaises(AccessError):
                    denied(card.with_user(user))
        self.assertEqual(card.revenue, 100.0)
        self.assertEqual(len(self._card(customer)), 1)

    @users("scorecard_seller")
    def test_seller_may_not_refresh(self):
        runs = self.env["crm.scorecard.run"].sudo().search_count([])
        with self.assertRaises(AccessError):
            self.policy.with_user(self.env.user).action_refresh()
        self.assertEqual(self.env["crm.scorecard.run"].sudo().search_count([]), runs)

    # --- ON THE CUSTOMER

    def test_contact_shows_the_scorecard_of_its_company(self):
        company = self._create_customer("Mill")
        contact = self._create_customer("Buyer", is_company=False, parent_id=company.id)
        bare = self._create_customer("Prospect")
        self._create_order(contact, "2026-01-01", 100)
        self._refresh("2026-02-10")
        self.assertEqual(contact.scorecard_id, self._card(company))
        self.assertEqual(contact.crm_revenue, 100.0)
        self.assertFalse(bare.scorecard_id)
        partners = company | contact | bare
        find = self.env["res.partner"].search
        inside = [("id", "in", partners.ids)]
        self.assertEqual(
            find([*inside, ("scorecard_id.revenue", ">=", 100)]), company | contact
        )
        self.assertEqual(find([*inside, ("scorecard_id", "=", False)]), bare)
        self.assertEqual(
            find([*inside, ("scorecard_id", "!=", False)]), company | contact
        )
        self.assertFalse(find([*inside, ("scorecard_id.revenue", ">", 100)]))

    def test_list_queries_do_not_grow(self):
        partners = self.env["res.partner"]
        for index in range(40):
            partner = self._create_customer(f"Customer {index}")
            self._create_order(partner, "2026-01-01", 100 + index)
            partners |= partner
        self._refresh("2026-02-10")
        specification = {
            "name": {},
            "crm_revenue": {},
            "rfm_code": {},
            "crm_order_count": {},
            "segment_ids": {"fields": {"display_name": {}}},
            "rfm_group_id": {"fields": {"display_name": {}}},
        }
        counts = []
        for batch in (partners[:1], partners):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch.with_user(self.manager).web_read(specification)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)

    def test_drill_down_lists_the_orders_counted(self):
        customer = self._create_customer("Drill")
        contact = self._create_customer("B", is_company=False, parent_id=customer.id)
        first = self._create_order(customer, "2026-01-01", 100)
        second = self._create_order(contact, "2026-02-10 15:00:00", 100)
        self._create_order(customer, "2026-02-10 17:00:00", 100)
        self._create_order(customer, "2026-01-03", 100, confirm=False)
        self._refresh("2026-02-10")
        action = self._card(customer).action_view_orders()
        found = self.env["sale.order"].search(action["domain"])
        self.assertEqual(found, first | second)
