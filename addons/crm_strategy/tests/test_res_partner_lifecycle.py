from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .lifecycle_common import LifecycleCommon


@tagged("post_install", "-at_install")
class TestResPartnerLifecycle(LifecycleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prospect = cls._customer("P")
        cls.buying = cls._customer("B", 5, user_id=cls.rep.id)
        cls.lapsed = cls._customer("L", 100, user_id=cls.manager.id)
        cls.policy._refresh("full")
        cls.contact = cls.env["res.partner"].create(
            {"name": "Contact", "parent_id": cls.buying.id}
        )
        cls.unplaced = cls.env["res.partner"].create(
            {"name": "Unplaced", "active": True, "category_id": cls.tag.ids}
        )
        cls.contact.category_id = cls.tag
        cls.env.invalidate_all()

    def _found(self, *domain, user=None):
        partners = self.env["res.partner"].with_user(user or self.manager)
        domain = [("category_id", "in", self.tag.ids), *domain]
        return set(partners.search(domain).mapped("name"))

    def test_every_operator_finds_whom_it_should(self):
        for expected, *domain in (
            ({"L"}, ("lifecycle_state", "=", "lapsed")),
            ({"B", "Contact"}, ("lifecycle_state", "in", ["buying", "loyal"])),
            (
                {"P", "B", "Contact", "Unplaced"},
                ("lifecycle_state", "not in", ["lapsed"]),
            ),
            ({"P", "B", "Contact", "Unplaced"}, ("lifecycle_state", "!=", "lapsed")),
            ({"Unplaced"}, ("lifecycle_state", "=", False)),
            ({"P", "B", "Contact", "L"}, ("lifecycle_state", "!=", False)),
            ({"L", "Unplaced"}, ("lifecycle_state", "in", ["lapsed", False])),
            ({"P", "Unplaced"}, "!", ("lifecycle_state", "in", ["buying", "lapsed"])),
        ):
            self.assertEqual(self._found(*domain), expected, domain)
            partners = self.env["res.partner"].search(
                [("category_id", "in", self.tag.ids)]
            )
            self.assertEqual(
                set(partners.filtered_domain(domain).mapped("name")), expected, domain
            )

    def test_customers_are_grouped_by_state_in_list_kanban_and_pivot(self):
        partners = self.env["res.partner"].with_user(self.manager)
        domain = [("category_id", "in", self.tag.ids)]
        found = partners._read_group(domain, ["lifecycle_state"], ["__count"])
        self.assertEqual(
            dict(found), {"buying": 2, "lapsed": 1, "prospect": 1, False: 1}
        )
        description = partners.fields_get(["lifecycle_state"])["lifecycle_state"]
        self.assertTrue(description["groupable"])
        kanban = partners.with_context(read_group_expand=True).web_read_group(
            domain, ["lifecycle_state"], ["__count"]
        )
        self.assertGreaterEqual(
            {group["lifecycle_state"] for group in kanban["groups"]},
            {"prospect", "interested", "buying", "loyal", "lapsed"},
        )

    def test_a_salesperson_learns_nothing_of_customers_of_others(self):
        self.assertEqual(self._found(("lifecycle_state", "=", "lapsed")), {"L"})
        self.assertFalse(self._found(("lifecycle_state", "=", "lapsed"), user=self.rep))
        partners = self.env["res.partner"].with_user(self.rep)
        found = dict(
            partners._read_group(
                [("category_id", "in", self.tag.ids)], ["lifecycle_state"], ["__count"]
            )
        )
        self.assertEqual(found, {"buying": 2, "prospect": 1, False: 2})
        self.assertFalse(self.lapsed.with_user(self.rep).lifecycle_state)
        with self.assertRaises(AccessError):
            self.prospect.with_user(self.employee).read(["lifecycle_state"])

    def test_the_state_is_a_dimension_of_reports_at_no_cost_for_others(self):
        report = self.env["sale.report"].with_user(self.rep_all)
        domain = [("partner_id", "in", (self.buying | self.lapsed).ids)]
        found = report._read_group(domain, ["lifecycle_state"], ["__count"])
        self.assertEqual(dict(found), {"buying": 1, "lapsed": 1})
        self.assertNotIn("lifecycle", str(report._table_query))
        movements = self.env["crm.sale.movement"].with_user(self.manager)
        self.assertEqual(
            movements.search([("lifecycle_state", "=", "lapsed")]).customer_id,
            self.lapsed,
        )
        lead = self._lead(self.contact, 1, user_id=self.manager.id)
        leads = self.env["crm.lead"].with_user(self.rep_all)
        self.assertEqual(leads.search([("lifecycle_state", "=", "buying")]), lead)
        self.assertEqual(lead.with_user(self.rep_all).lifecycle_state, "buying")
        self.assertEqual(
            leads._read_group([("id", "=", lead.id)], ["lifecycle_state"]),
            [("buying",)],
        )

    def test_list_and_form_cost_the_same_for_one_and_many(self):
        customers = self.env["res.partner"].create(
            [
                {
                    "name": f"Many {number}",
                    "is_company": True,
                    "company_id": self.company_a.id,
                }
                for number in range(30)
            ]
        )
        self._refresh("incremental")
        for partners in (customers[:1], customers):
            partners = partners.with_user(self.manager)
            partners.fetch(["commercial_partner_id"])
            partners.check_access("read")
            self.env["crm.lifecycle.transition"].with_user(self.manager).search(
                [], limit=1
            ).mapped("state")
            partners.invalidate_recordset(["lifecycle_state"])
            with self.assertQueryCount(1):
                partners.mapped("lifecycle_state")
            self.env.invalidate_all()

    def test_the_form_of_a_customer_shows_state_reason_and_checklist(self):
        with Form(self.buying.with_user(self.rep)) as form:
            self.assertEqual(form.lifecycle_state, "buying")
            self.assertEqual(form.lifecycle_stage, "manage")
            self.assertIn("1 order;", form.lifecycle_explanation)
            self.assertTrue(len(form.lifecycle_todo_ids))
        action = self.buying.with_user(self.rep).action_open_lifecycle()
        stays = self.env["crm.lifecycle.transition"].with_user(self.rep)
        self.assertEqual(stays.search(action["domain"]).partner_id, self.buying)

    def test_two_companies_of_a_reader_show_the_current_one(self):
        self.manager.company_ids = [Command.link(self.company_b.id)]
        policy = self.env["crm.lifecycle.policy"].create(
            {"company_id": self.company_b.id}
        )
        shared = self._create_customer("Shared")
        self._order(shared, 5)
        policy._refresh()
        self._refresh("incremental")
        both = (self.company_b | self.company_a).ids
        for first, state in ((self.company_a, "buying"), (self.company_b, "prospect")):
            companies = [first.id, *(both if first == self.company_b else both[::-1])]
            partner = shared.with_user(self.manager).with_context(
                allowed_company_ids=list(dict.fromkeys(companies))
            )
            self.assertEqual(partner.lifecycle_state, state)
            self.assertEqual(
                partner.search(
                    [("id", "=", shared.id), ("lifecycle_state", "=", state)]
                ),
                shared,
            )
