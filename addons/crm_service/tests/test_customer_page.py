from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.crm_strategy.tests.common_measure import NOW

from .page_common import PageCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCustomerPage(PageCommon):
    # --- WHO

    def test_who_the_customer_is(self):
        page = self._page()
        customer = page["customer"]
        self.assertEqual(customer["name"], "Acme")
        self.assertEqual(customer["reference"], "C-7")
        self.assertEqual(customer["address"], "Ulm")
        self.assertEqual(customer["user"], self.rep.name)
        self.assertFalse(customer["is_archived"])
        self.assertFalse(page["contact"])
        self.assertEqual(self._rows(page, "contacts"), [("Ann", "ann@example.com")])

    def test_the_page_of_a_contact_is_that_of_the_company(self):
        page = self._page(self.ann)
        self.assertEqual(page["customer"]["id"], self.acme.id)
        self.assertEqual(page["contact"], {"id": self.ann.id, "name": "Ann"})
        self.assertEqual(self._headline(page), self._headline(self._page()))

    def test_a_person_has_a_page(self):
        headline = self._headline(self._page(self.bob))
        self.assertEqual(headline["orders"], 2)
        self.assertEqual(headline["amount"], 80.0)

    def test_an_archived_customer_keeps_his_page_without_buttons(self):
        """Old paid 160 at 2 per unit: 80 in our money."""
        page = self._page(self.old)
        self.assertTrue(page["customer"]["is_archived"])
        self.assertEqual(self._headline(page)["amount"], 80.0)
        self.assertEqual(page["buttons"], [])

    def test_special_instructions_stand_on_top(self):
        self.env["crm.customer.policy"].create(
            {
                "partner_id": self.acme.id,
                "company_id": self.alpha.id,
                "date_start": "2020-01-01",
                "reason": "Asked for it",
                "special_instructions": "Call before delivery",
            }
        )
        for user in (self.rep, self.other, self.agent, self.finance):
            page = self._page(user=user)
            self.assertEqual(page["instructions"], "Call before delivery")

    def test_roles_and_segments(self):
        division = self.env["crm.division"].create({"name": "Metals", "code": "PGM"})
        role = self.env["crm.partner.role"].create(
            {"name": "Smelter", "division_id": division.id, "kind": "customer"}
        )
        self.env["crm.partner.role.assignment"].create(
            {
                "partner_id": self.acme.id,
                "role_id": role.id,
                "date_from": "2026-01-01",
                "user_id": self.rep.id,
            }
        )
        page = self._page()
        tags = self._block(page, "roles")["tags"]
        self.assertEqual([tag["text"] for tag in tags], [role.display_name])
        self.assertEqual(tags[0]["hint"], self.rep.name)

    # --- FIGURES

    def test_figures_of_the_ledger(self):
        """100 and 200 bought, of which 40 were credited; 60 invoiced and not paid."""
        page = self._page()
        headline = self._headline(page)
        self.assertEqual(headline["revenue"], 300.0)
        self.assertEqual(headline["orders"], 2)
        self.assertEqual(headline["amount"], 260.0)
        self.assertEqual(headline["pipeline"], 0)
        self.assertEqual(headline["due"], 60.0)
        self.assertEqual(headline["complaints"], 0)
        overdue = self._block(page, "owed")["figures"][1]
        self.assertEqual(overdue["name"], "overdue")

    def test_two_companies_each_in_its_currency(self):
        page = self._page(user=self.manager, company=self.beta)
        self.assertEqual(self._headline(page)["amount"], 500.0)
        amounts = [f for f in page["headline"] if f["name"] == "amount"]
        self.assertEqual(amounts[0]["cell"]["currency_id"], self.beta.currency_id.id)
        self.assertEqual(self._block(page, "needs"), None)
        self.assertEqual(
            [kind for kind, _title in self._titles(page["timeline"])], ["order"]
        )

    def test_change_on_the_year_before(self):
        """200 until 15 March 2025, 300 since: half as much again."""
        self._create_order(self.acme, "2025-03-10 10:00:00", 200)
        figure = self._page()["headline"][0]
        self.assertEqual(figure["cell"]["value"], 300.0)
        self.assertEqual(figure["cell"]["note"], "+50 % on the year before")
        self.assertEqual(figure["cell"]["tone"], "good")

    # --- WHITE SPACE

    def test_white_space_grid(self):
        """Wanted first, then bought, then what similar customers buy."""
        self._fill_segment()
        self._create_line_order(self.acme, "2024-05-05 10:00:00", self.lapsed, 70)
        page = self._page()
        self.assertEqual(
            [
                (row[0], row[1], *row[2:5], row[5], row[6])
                for row in self._rows(page, "white_space")
            ],
            [
                ("Coatings", "Wants", False, False, False, self.need.name, False),
                ("Alumina", "Buys", False, False, 300.0, self.a7.name, 29),
                ("Salt", "No Longer Buys", 70.0, False, False, False, False),
                ("Flux", "Not Yet", False, False, False, False, 71),
            ],
        )

    def test_what_was_bought_without_a_category(self):
        """It has a row of its own, and tells others nothing."""
        self._fill_segment(0)
        self.lapsed.categ_id = False
        self._create_line_order(self.acme, "2026-02-05 10:00:00", self.lapsed, 70)
        self.env["crm.segment.buying"]._refresh(self.alpha)
        self.assertEqual(
            sorted((row[0], row[4]) for row in self._rows(self._page(), "white_space")),
            [("Alumina", 300.0), ("Coatings", False), ("No Category", 70.0)],
        )

    def test_few_similar_customers_tell_nothing(self):
        self._fill_segment(2)
        names = [row[0] for row in self._rows(self._page(), "white_space")]
        self.assertEqual(names, ["Coatings", "Alumina"])

    def test_an_order_that_comes_to_nothing(self):
        """300 of Flux less 300 of Salt: each category has its own amount."""
        self._fill_segment(0)
        order = self._create_free_order()
        self.assertEqual(order.amount_untaxed, 0.0)
        page = self._page()
        self.assertEqual(
            sorted((row[0], row[4]) for row in self._rows(page, "white_space")),
            [
                ("Alumina", 300.0),
                ("Coatings", False),
                ("Flux", 300.0),
                ("Salt", -300.0),
            ],
        )
        self.assertEqual(self._headline(page)["revenue"], 300.0)

    def _create_free_order(self):
        order = self._create_order(
            self.acme, "2026-02-03 10:00:00", 300, is_confirmed=False
        )
        flux = self.env["product.product"].search([("categ_id", "=", self.flux.id)])
        order.order_line.write({"product_id": flux.id, "price_unit": 300})
        back = order.order_line.copy({"order_id": order.id})
        back.write({"product_id": self.lapsed.id, "price_unit": -300})
        order.order_line.tax_ids = [Command.clear()]
        order.action_confirm()
        order.date_order = "2026-02-03 10:00:00"
        return order

    def _fill_segment(self, count=5):
        """Let ``count`` others buy Flux; Acme and Bob have bought Alumina."""
        salt = self.env["product.category"].create({"name": "Salt"})
        flux, self.lapsed = self.env["product.product"].create(
            [
                {"name": name, "type": "service", "categ_id": category.id}
                for name, category in (("Flux", self.flux), ("Salt", salt))
            ]
        )
        for number in range(count):
            partner = self.env["res.partner"].create({"name": f"Peer {number}"})
            self._create_line_order(partner, "2026-01-05 10:00:00", flux, 10)
        self.env["crm.segment.buying"]._refresh(self.alpha)

    def _create_line_order(self, partner, moment, product, amount):
        order = self._create_order(partner, moment, amount, is_confirmed=False)
        order.order_line.write({"product_id": product.id, "price_unit": amount})
        order.order_line.tax_ids = [Command.clear()]
        order.action_confirm()
        order.date_order = moment
        return order

    # --- OPEN BUSINESS

    def test_open_business(self):
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": name,
                    "type": "opportunity",
                    "partner_id": self.ann.id,
                    "expected_revenue": amount,
                    "user_id": self.rep.id,
                    "company_id": self.alpha.id,
                    "date_deadline": "2026-03-10",
                }
                for name, amount in (("Small", 10), ("Big", 90), ("Lost", 5))
            ]
        )
        leads[2].action_set_lost()
        page = self._page()
        self.assertEqual(
            [row[0] for row in self._rows(page, "leads")], ["Big", "Small"]
        )
        [figure] = [f for f in page["headline"] if f["name"] == "pipeline"]
        self.assertEqual(figure["cell"]["value"], 2)
        self.assertEqual(figure["cell"]["note"]["value"], 100.0)
        self.assertEqual(
            self._rows(page, "quotations"),
            [(self.a7.name, "Quotation", 60.0, self._date(self.a7.validity_date))],
        )

    def _date(self, day):
        return str(day) if day else False

    # --- NEXT ACTION

    def test_next_actions_are_the_activities_to_come(self):
        self.acme.with_user(self.rep).activity_schedule(
            "mail.mail_activity_data_call",
            "2026-03-12",
            "Ask for the plan",
            user_id=self.rep.id,
        )
        page = self._page()
        row = self._block(page, "next")["rows"][0]["cells"]
        self.assertEqual(
            [cell["value"] for cell in row],
            ["2026-03-12", "Ask for the plan", self.rep.name],
        )
        self.assertEqual(row[0]["tone"], "bad")

    def test_planned_sales_activities_are_next_actions_once(self):
        """A touch that stands for a scheduled activity is shown once."""
        activity = self.acme.with_user(self.rep).activity_schedule(
            "mail.mail_activity_data_call",
            "2026-03-20",
            "Call Ann",
            user_id=self.rep.id,
        )
        self.env["crm.sales.activity"].create(
            {
                "name": "Call Ann",
                "partner_id": self.acme.id,
                "user_id": self.rep.id,
                "company_id": self.alpha.id,
                "date_start": "2026-03-20 09:00:00",
                "mail_activity_id": activity.id,
            }
        )
        self.assertEqual(
            self._rows(self._page(), "next"),
            [("2026-03-20", "Call Ann", self.rep.name)],
        )

    def test_nothing_planned_says_so(self):
        block = self._block(self._page(), "next")
        self.assertEqual(block["rows"], [])
        self.assertIn("Nothing is planned", block["empty"])

    # --- COMPETITORS, NEEDS

    def test_competitors_named_in_needs_and_opportunities(self):
        rival, unknown = self.env["res.partner"].create(
            [
                {"name": name, "is_company": True, "user_id": self.other.id}
                for name in ("Rusal Trading", "Nobody Ltd")
            ]
        )
        division = self.env["crm.division"].create({"name": "Metals", "code": "PGM"})
        role = self.env["crm.partner.role"].create(
            {"name": "Rival", "division_id": division.id, "kind": "competitor"}
        )
        for partner in (rival, unknown):
            self.env["crm.partner.role.assignment"].create(
                {
                    "partner_id": partner.id,
                    "role_id": role.id,
                    "date_from": "2026-01-01",
                }
            )
        self.need.description = "Today they buy it from RUSAL trading."
        self.env["crm.lead"].create(
            {
                "name": "Against Rusal Trading",
                "type": "opportunity",
                "partner_id": self.acme.id,
                "user_id": self.rep.id,
                "company_id": self.alpha.id,
            }
        )
        rows = self._rows(self._page(), "competitors")
        self.assertEqual([row[0] for row in rows], ["Rusal Trading"])
        cell = self._block(self._page(), "competitors")["rows"][0]["cells"][1]
        self.assertEqual(cell["note"], "2 times")

    def test_open_needs(self):
        self.assertEqual(
            self._rows(self._page(), "needs"),
            [("Scratch-proof coating", 4, "2026-03-01")],
        )

    # --- FROM HERE ON

    def test_buttons_start_something_for_this_customer(self):
        pages = self.env["crm.customer.page"].with_user(self.rep)
        page = self._page()
        names = {button["name"] for button in page["buttons"]}
        self.assertLessEqual({"touch", "visit", "lead", "quotation", "need"}, names)
        action = pages.open_button(self.ann.id, "quotation")
        self.assertEqual(action["res_model"], "sale.order")
        self.assertEqual(action["context"]["default_partner_id"], self.ann.id)
        action = pages.open_button(self.ann.id, "visit")
        self.assertEqual(action["context"]["default_partner_id"], self.acme.id)
        self.assertEqual(action["context"]["default_contact_ids"], self.ann.ids)

    def test_figures_open_what_is_behind_them(self):
        pages = self.env["crm.customer.page"].with_user(self.rep)
        for user in (self.rep, self.manager):
            drills = self._page(user=user)
            for shown in drills["headline"]:
                if shown.get("drill"):
                    action = pages.open_drill(self.acme.id, shown["drill"])
                    self.env[action["res_model"]].search(action["domain"], limit=1)
        action = pages.open_drill(self.acme.id, "orders")
        found = self.env["sale.order"].search(action["domain"])
        self.assertEqual(found, self.a1 | self.a2)
        with self.assertRaises(UserError):
            pages.open_drill(self.acme.id, "secrets")

    def test_the_deleted_customer(self):
        gone = self.env["res.partner"].create({"name": "Gone"})
        number = gone.id
        gone.unlink()
        pages = self.env["crm.customer.page"].with_user(self.rep)
        for wrong in (number, "1", False, None):
            with self.assertRaises(UserError):
                pages.get_page(wrong)

    def test_the_button_on_the_form(self):
        action = self.ann.with_user(self.rep).action_open_customer_page()
        self.assertEqual(action["tag"], "crm_service.customer_page")
        self.assertEqual(action["params"], {"partner_id": self.ann.id})
