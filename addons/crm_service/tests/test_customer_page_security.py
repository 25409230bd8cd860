from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.crm_strategy.tests.common_measure import NOW

from .page_common import PageCommon

FIGURES = {"revenue", "orders", "amount", "margin", "due"}


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCustomerPageSecurity(PageCommon):
    def test_who_may_not_open_the_page(self):
        for user in (self.plain, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._page(user=user)

    def test_a_salesperson_sees_his_customer_with_margin(self):
        page = self._page()
        self.assertTrue(page["may_see_figures"])
        self.assertLessEqual(FIGURES, set(self._headline(page)))

    def test_a_salesperson_of_others_sees_no_figures(self):
        self.a1.user_id = self.rep
        self.a2.user_id = self.other
        page = self._page(user=self.other)
        self.assertFalse(page["may_see_figures"])
        self.assertFalse(FIGURES & set(self._headline(page)))
        self.assertNotIn("buying", self._sections(page))
        self.assertIsNone(self._block(page, "owed"))
        self.assertIsNone(self._block(page, "needs"))
        # his own document, and nobody else's
        self.assertEqual(
            [
                title
                for kind, title in self._titles(page["timeline"])
                if kind == "order"
            ],
            [self.a2.name],
        )

    def test_a_leader_sees_the_customers_of_the_people_below(self):
        self.env["crm.team"].create(
            {
                "name": "Page",
                "user_id": self.other.id,
                "company_id": self.alpha.id,
                "member_ids": [Command.set(self.rep.ids)],
            }
        )
        self.env.registry.clear_all_caches()
        self.assertTrue(self._page(user=self.other)["may_see_figures"])

    def test_an_agent_sees_totals_without_margin_and_invoices(self):
        page = self._page(user=self.agent)
        headline = self._headline(page)
        self.assertEqual(headline["amount"], 260.0)
        self.assertEqual(headline["due"], 60.0)
        self.assertNotIn("margin", headline)
        self.assertIsNone(self._block(page, "invoices"))
        kinds = {kind for kind, _title in self._titles(page["timeline"])}
        self.assertFalse(kinds & {"invoice", "credit_note", "payment", "lifecycle"})
        [due] = [f for f in page["headline"] if f["name"] == "due"]
        self.assertFalse(due["drill"])

    def test_finance_sees_money_row_by_row(self):
        page = self._page(user=self.finance)
        self.assertEqual(self._headline(page)["due"], 60.0)
        self.assertEqual([row[2] for row in self._rows(page, "invoices")], [60.0])
        kinds = [kind for kind, _title in self._titles(page["timeline"])]
        self.assertEqual(kinds.count("invoice"), 1)
        self.assertEqual(kinds.count("credit_note"), 1)
        self.assertNotIn("lead", kinds)

    def test_credit_limit_is_for_whoever_may_read_it(self):
        self.alpha.account_use_credit_limit = True
        self.acme.with_company(self.alpha).credit_limit = 50
        owed = self._block(self._page(user=self.finance), "owed")["figures"]
        limit = [shown for shown in owed if shown["name"] == "credit_limit"]
        self.assertEqual(limit[0]["cell"]["value"], 50.0)
        self.assertEqual(limit[0]["cell"]["note"], "exceeded")
        owed = self._block(self._page(user=self.agent), "owed")["figures"]
        self.assertEqual([s["name"] for s in owed], ["due", "overdue"])

    def test_a_company_in_which_one_does_not_work(self):
        with self.assertRaises(AccessError):
            self._page(company=self.beta)
        pages = self.env["crm.customer.page"].with_user(self.rep)
        for call in (pages.get_page, pages.get_timeline):
            for forged in (self.beta.id, self.alpha.ids, "1", True):
                with self.assertRaises(AccessError):
                    call(self.acme.id, company_id=forged)

    def test_a_customer_of_another_company(self):
        hidden = self.env["res.partner"].create(
            {"name": "Hidden", "company_id": self.beta.id}
        )
        with self.assertRaises(AccessError):
            self._page(hidden)

    def test_activities_of_a_contact_of_another_company(self):
        """Acme is everybody's, one of its contacts beta's alone."""
        hidden = self.env["res.partner"].create(
            {
                "name": "Hidden",
                "parent_id": self.acme.id,
                "company_id": self.beta.id,
            }
        )
        for partner in (self.ann, hidden):
            partner.activity_schedule(
                "mail.mail_activity_data_call",
                "2026-03-20",
                f"Call {partner.name}",
                user_id=self.manager.id,
            )
        self.assertEqual(hidden.commercial_partner_id, self.acme)
        found = [row[1] for row in self._rows(self._page(), "next")]
        self.assertEqual(found, ["Call Ann"])

    def test_buttons_and_drills_follow_the_rights(self):
        pages = self.env["crm.customer.page"].with_user(self.finance)
        names = {b["name"] for b in self._page(user=self.finance)["buttons"]}
        self.assertFalse(names & {"lead", "touch", "visit", "need", "complaint"})
        with self.assertRaises(AccessError):
            pages.open_button(self.acme.id, "lead")
        agent = self.env["crm.customer.page"].with_user(self.agent)
        with self.assertRaises(AccessError):
            agent.open_drill(self.acme.id, "invoices")
        for user in (self.plain, self.portal):
            nobody = self.env["crm.customer.page"].with_user(user)
            with self.assertRaises(AccessError):
                nobody.get_timeline(self.acme.id)
            with self.assertRaises(AccessError):
                nobody.open_drill(self.acme.id, "orders")

    def test_competitors_tell_no_text_of_others(self):
        """The need of another's customer is not read for the page."""
        self.need.description = "Bought from Acme Rival"
        rival = self.env["res.partner"].create({"name": "Acme Rival"})
        division = self.env["crm.division"].create({"name": "Metals", "code": "PGM"})
        role = self.env["crm.partner.role"].create(
            {"name": "Rival", "division_id": division.id, "kind": "competitor"}
        )
        self.env["crm.partner.role.assignment"].create(
            {"partner_id": rival.id, "role_id": role.id, "date_from": "2026-01-01"}
        )
        self.assertTrue(self._rows(self._page(), "competitors"))
        self.assertFalse(self._rows(self._page(user=self.other), "competitors"))
