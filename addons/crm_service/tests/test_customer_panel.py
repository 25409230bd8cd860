from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.crm_service.tools.customer_panel import tenure
from odoo.addons.crm_strategy.tests.common_measure import NOW, MeasureCommon

BUDGET = 12


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCustomerPanel(MeasureCommon):
    """The ledger of :class:`MeasureCommon`, and a customer of five years.

    ``Loyal`` has ordered 27 times of alpha since 20 January 2021: 26 orders of 800
    and one of 1,600 at 2 per unit, so 800 too. An order has cost us 500. Of one order
    300 were credited. The invoice of another is due since 1 March, one since today;
    one was paid.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls._create_user("panel_agent", "crm_service.group_agent")
        cls.head = cls._create_user("panel_head", "crm_service.group_manager")
        cls.finance = cls._create_user(
            "panel_finance", "crm_service.group_agent,account.group_account_invoice"
        )
        cls.loyal = cls.env["res.partner"].create({"name": "Loyal", "is_company": True})
        cls.caller = cls.env["res.partner"].create(
            {"name": "Caller", "parent_id": cls.loyal.id}
        )
        cls.product.standard_price = 500
        cls.orders = cls.env["sale.order"]
        for number in range(26):
            year, month = divmod(number, 6)
            moment = f"{2021 + year}-{month * 2 + 1:02}-20 10:00:00"
            cls.orders |= cls._create_order(cls.caller, moment, 800)
        cls.orders |= cls._create_order(
            cls.loyal, "2025-06-20 10:00:00", 1600, currency=cls.foreign
        )
        cls.product.standard_price = 0
        credited = cls._invoice(cls.orders[0], "2021-02-01")
        cls._credit(credited, "2021-03-01", 300)
        cls._pay(credited, 500)
        cls.late = cls._invoice(cls.orders[1], "2026-02-01", due="2026-03-01")
        cls.due = cls._invoice(cls.orders[2], "2026-03-01", due="2026-03-15")
        cls.env.invalidate_all()

    @classmethod
    def _create_user(cls, login, groups):
        return new_test_user(
            cls.env,
            login,
            groups,
            company_id=cls.alpha.id,
            company_ids=[Command.set(cls.alpha.ids)],
        )

    @classmethod
    def _invoice(cls, order, day, due=None):
        invoice = order._create_invoices()
        invoice.write({"invoice_date": day, "invoice_payment_term_id": False})
        invoice.invoice_date_due = due or day
        invoice.action_post()
        return invoice

    @classmethod
    def _pay(cls, invoice, amount):
        refund = invoice.search(
            [("reversed_entry_id", "=", invoice.id), ("state", "=", "posted")]
        )
        receivable = (invoice | refund).line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        receivable.reconcile()
        cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": amount})._create_payments()

    def _panel(self, partner, user=None, company=None):
        panels = self.env["crm.service.panel"].with_user(user or self.agent)
        partner = partner.with_env(panels.env)
        company = (company or self.alpha).with_env(panels.env)
        return panels._get_panels(partner, company)[partner.id]

    def _figures(self, panel):
        return (panel["order_count"], panel["amount"], panel["is_first_time"])

    # --- FIGURES

    def test_a_customer_of_five_years_and_27_orders(self):
        for partner in (self.loyal, self.caller):
            panel = self._panel(partner)
            self.assertEqual(panel["customer"], "Loyal")
            self.assertEqual(panel["order_count"], 27)
            self.assertEqual(panel["tenure"], [5, 1])
            self.assertEqual(panel["first_order"], "2021-01-20")
            self.assertEqual(panel["last_order"], "2025-06-20")
            self.assertEqual(panel["amount"], 27 * 800 - 300)  # 21,300
            self.assertEqual(
                (panel["invoice_count"], panel["due"], panel["overdue"]),
                (2, 1600.0, 800.0),
            )
            self.assertFalse(panel["is_first_time"])

    def test_margin_is_for_sales_finance_and_the_head(self):
        """27 times 300, less what the credit of 300 of 800 took of one: 112.50."""
        self.assertNotIn("margin", self._panel(self.loyal))
        for user in (self.head, self.finance, self.salesman):
            margin = self._panel(self.loyal, user)["margin"]
            # the foreign order cost 500 of ours, so 1,000 of 1,600 there
            self.assertEqual(margin, 27 * 300 - 112.5)

    def test_every_kind_of_customer(self):
        for partner, expected in (
            (self.ann, (2, 260.0, False)),  # a contact: as her company
            (self.acme, (2, 260.0, False)),
            (self.bob, (2, 80.0, False)),  # a person; the invoice was corrected
            (self.old, (1, 80.0, True)),  # archived, in another currency
            (self.beta.partner_id, (0, 0.0, False)),  # our own company
        ):
            with self.subTest(partner=partner.name):
                self.assertEqual(self._figures(self._panel(partner)), expected)
        self.assertTrue(self._panel(self.old)["is_archived"])
        self.assertFalse(self._panel(self.bob)["is_archived"])

    def test_figures_are_of_one_company_in_its_currency(self):
        panel = self._panel(self.acme, self.manager, self.beta)
        self.assertEqual(self._figures(panel), (1, 500.0, True))
        self.assertEqual(panel["currency_id"], self.beta.currency_id.id)

    def test_counts_for_policies(self):
        counts = self.env["crm.service.panel"]._get_order_counts(
            self.acme | self.old | self.beta.partner_id, self.alpha
        )
        self.assertEqual(
            counts, {self.acme.id: 2, self.old.id: 1, self.beta.partner_id.id: 0}
        )

    def test_tenure_of_new_customers(self):
        self.assertEqual(tenure(None, date(2026, 3, 15)), (0, 0))
        self.assertEqual(self._panel(self.bob)["tenure"], [0, 1])

    # --- INVOICES

    def test_agent_sees_totals_and_no_invoice(self):
        self.assertIsNone(self._panel(self.loyal)["open_invoices"])
        panels = self.env["crm.service.panel"].with_user(self.agent)
        with self.assertRaises(AccessError):
            panels.open_records(self.loyal.id, self.alpha.id, "invoices")

    def test_finance_sees_each_invoice_and_opens_them(self):
        panel = self._panel(self.loyal, self.finance)
        self.assertEqual(
            panel["open_invoices"],
            [
                {
                    "id": self.late.id,
                    "name": self.late.name,
                    "date_due": "2026-03-01",
                    "amount": 800.0,
                    "days_late": 14,
                },
                {
                    "id": self.due.id,
                    "name": self.due.name,
                    "date_due": "2026-03-15",
                    "amount": 800.0,
                    "days_late": 0,
                },
            ],
        )
        panels = self.env["crm.service.panel"].with_user(self.finance)
        action = panels.open_records(self.loyal.id, self.alpha.id, "invoices")
        found = self.env["account.move"].search(action["domain"])
        self.assertEqual(found, self.late | self.due)

    def test_a_figure_that_is_none_opens_nothing(self):
        panels = self.env["crm.service.panel"].with_user(self.agent)
        for kind in ("payments", "__class__", "", False, ["orders"]):
            with self.subTest(kind=kind), self.assertRaises(UserError) as caught:
                panels.open_records(self.loyal.id, self.alpha.id, kind)
            self.assertEqual(
                str(caught.exception), "There is nothing to open here. Reload the page."
            )

    # --- OPEN ORDERS

    def test_open_orders_with_promised_days(self):
        goods = self.env["product.product"].create(
            {"name": "Goods", "type": "consu", "is_storable": True}
        )
        order = self._create_goods_order(goods, 4, commitment="2026-03-10 10:00:00")
        late = self._create_goods_order(goods, 2)
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking.with_context(skip_backorder=True)._action_done()
        self.assertEqual(
            self._panel(self.caller)["open_orders"],
            [
                {
                    "id": order.id,
                    "name": order.name,
                    "promised": "2026-03-10",
                    "is_promised": True,
                    "percent": 25,
                    "days_late": 5,
                },
                {
                    "id": late.id,
                    "name": late.name,
                    "promised": "2026-03-15",
                    "is_promised": False,
                    "percent": 0,
                    "days_late": 0,
                },
            ],
        )
        action = (
            self.env["crm.service.panel"]
            .with_user(self.agent)
            .open_records(self.loyal.id, self.alpha.id, "orders", order.id)
        )
        self.assertEqual(action["res_id"], order.id)

    def _create_goods_order(self, goods, quantity, commitment=False):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.loyal.id,
                "company_id": self.alpha.id,
                "commitment_date": commitment,
                "order_line": [
                    Command.create(
                        {
                            "product_id": goods.id,
                            "product_uom_qty": quantity,
                            "price_unit": 10,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        return order

    # --- CLASS, LIFECYCLE, POLICY, COMPLAINTS

    def test_class_of_the_chosen_scheme_and_lifecycle(self):
        """The first exclusive scheme counts unless the company names another."""
        schemes = self.env["crm.segmentation"].create(
            [
                {
                    "name": name,
                    "company_id": self.alpha.id,
                    "kind": "exclusive",
                    "sequence": sequence,
                    "segment_ids": [Command.create({"name": segment})],
                }
                for name, segment, sequence in (("A", "Gold", -9), ("B", "Mill", -8))
            ]
        )
        self.env["crm.segment.membership"].create(
            [
                {
                    "segmentation_id": scheme.id,
                    "segment_id": scheme.segment_ids.id,
                    "partner_id": self.loyal.id,
                    "company_id": self.alpha.id,
                    "date_start": "2025-01-01",
                    "start_reason": "manual",
                    "is_exclusive": True,
                }
                for scheme in schemes
            ]
        )
        self.env["crm.lifecycle.transition"].create(
            {
                "partner_id": self.loyal.id,
                "company_id": self.alpha.id,
                "state": "loyal",
                "date_start": "2025-01-01",
                "reason": "loyal",
                "method": "rule",
            }
        )
        panel = self._panel(self.caller)
        self.assertEqual(
            (panel["value_class"], panel["lifecycle_state"]), ("Gold", "loyal")
        )
        self.alpha.crm_service_value_scheme_id = schemes[1]
        self.assertEqual(self._panel(self.caller)["value_class"], "Mill")

    def test_instructions_by_policy(self):
        self.env["crm.customer.policy"].create(
            {
                "partner_id": self.loyal.id,
                "company_id": self.alpha.id,
                "date_start": "2020-01-01",
                "reason": "Asked for it",
                "special_instructions": "Speak slowly",
                "reply_hours": 4,
            }
        )
        policy = self._panel(self.caller)["policy"]
        self.assertEqual(policy["special_instructions"], "Speak slowly")
        self.assertEqual(policy["reply_hours"], 4.0)

    def test_earlier_complaints_without_the_present_one(self):
        complaints = self.env["crm.complaint"].with_user(self.agent)
        first, second = complaints.create(
            [
                {"partner_id": self.caller.id, "company_id": self.alpha.id, "title": t}
                for t in ("Leak", "Late")
            ]
        )
        self.assertEqual(
            [row["name"] for row in second.customer_panel["complaints"]], [first.name]
        )
        self.assertEqual(
            [row["title"] for row in self._panel(self.loyal)["complaints"]],
            ["Late", "Leak"],
        )
        self.assertEqual(second.customer_panel["order_count"], 27)

    def test_many_complaints_are_counted_and_the_latest_are_shown(self):
        complaints = self.env["crm.complaint"].with_user(self.agent)
        found = complaints.create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": self.alpha.id,
                    "date_received": f"2026-02-{day:02} 10:00:00",
                }
                for partner in (self.caller, self.bob)
                for day in range(1, 26)
            ]
        )
        self.env.flush_all()
        panels = self.env["crm.service.panel"].with_user(self.agent)
        partners = (self.loyal | self.bob).with_env(panels.env)
        company = self.alpha.with_env(panels.env)
        for panel, own in zip(
            panels._get_panels(partners, company).values(),
            (found[:25], found[25:]),
            strict=True,
        ):
            self.assertEqual(panel["complaint_count"], 25)
            self.assertEqual([row["id"] for row in panel["complaints"]], own[:4:-1].ids)
        oldest, latest = found[0].customer_panel, found[24].customer_panel
        self.assertEqual(oldest["complaint_count"], 24)
        self.assertEqual(latest["complaint_count"], 24)
        self.assertNotIn(found[24].id, [row["id"] for row in latest["complaints"]])

    # --- READERS AND SPEED

    def test_panel_on_a_contact_is_for_agents(self):
        caller = self.caller.with_user(self.agent)
        self.assertEqual(caller.service_panel["order_count"], 27)
        with self.assertRaises(AccessError):
            self.caller.with_user(self.salesman).mapped("service_panel")

    def test_one_budget_for_one_and_for_many(self):
        partners = self.loyal | self.acme | self.bob | self.old
        for user in (self.agent, self.finance):
            panels = self.env["crm.service.panel"].with_user(user)
            company = self.alpha.with_env(panels.env)
            panels._get_panels(partners.with_env(panels.env), company)  # warm
            for some in (self.loyal, partners):
                panels.env.invalidate_all()
                readers = some.with_env(panels.env)
                readers.mapped("commercial_partner_id.display_name")
                readers.mapped("commercial_partner_id.active")
                company.currency_id.mapped("decimal_places")
                company.sudo().partner_id.mapped("tz")
                with self.assertQueryCount(BUDGET):
                    panels._get_panels(readers, company)
