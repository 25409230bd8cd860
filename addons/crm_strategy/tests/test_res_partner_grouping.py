from odoo.exceptions import AccessError
from odoo.tests import tagged

from .policy_common import PolicyCommon


@tagged("post_install", "-at_install")
class TestResPartnerGrouping(PolicyCommon):
    """Customers grouped by what they are now, as far as the reader may see it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.division = cls.env["crm.division"].create({"name": "Alloys", "code": "AL9"})
        cls.buyer_role, cls.dealer = cls.env["crm.partner.role"].create(
            [
                {"name": name, "kind": kind, "division_id": cls.division.id}
                for name, kind in (("Caster", "customer"), ("Trader", "dealer"))
            ]
        )
        cls._assign(cls.mill, cls.buyer_role)
        cls._assign(cls.mill, cls.dealer)
        cls._assign(cls.foundry, cls.buyer_role)
        cls._assign(cls.other, cls.dealer, date_from="2020-01-01", date_to="2020-12-31")
        cls.everyone = cls.mill | cls.foundry | cls.other | cls.buyer

    @classmethod
    def _assign(cls, partner, role, **vals):
        return cls.env["crm.partner.role.assignment"].create(
            {
                "partner_id": partner.id,
                "role_id": role.id,
                "company_id": cls.company_a.id,
                "user_id": False,
                "state": "active",
                **vals,
            }
        )

    def _get_groups(self, name, user):
        partners = self.env["res.partner"].with_user(user)
        groups = partners.formatted_read_group(
            [("id", "in", self.everyone.ids)], [name], ["__count"]
        )
        return {
            group[name] and group[name][1]: (
                group["__count"],
                partners.search(
                    group["__extra_domain"] + [("id", "in", self.everyone.ids)]
                ),
            )
            for group in groups
        }

    def test_customers_are_grouped_by_role(self):
        found = self._get_groups("crm_role_ids", self.manager)
        names = {self.buyer_role.display_name, self.dealer.display_name, False}
        self.assertEqual(set(found), names)
        self.assertEqual(
            {
                name: set(records.mapped("name"))
                for name, (_c, records) in found.items()
            },
            {
                self.buyer_role.display_name: {"Mill", "Buyer", "Foundry"},
                self.dealer.display_name: {"Mill", "Buyer"},
                False: {"Other"},
            },
        )
        for count, records in found.values():
            self.assertEqual(count, len(records))

    def test_customers_are_grouped_by_segment(self):
        found = self._get_groups("segment_ids", self.manager)
        self.assertEqual(
            {
                name and name.split(" / ")[-1]: (count, set(records.mapped("name")))
                for name, (count, records) in found.items()
            },
            {
                "Mills": (2, {"Mill", "Buyer"}),
                "Foundries": (1, {"Foundry"}),
                False: (1, {"Other"}),
            },
        )

    def test_group_heads_tell_nothing_of_colleagues(self):
        self.foundry.user_id = self.rep_all
        self.mill.role_assignment_ids.filtered(
            lambda a: a.role_id == self.dealer
        ).user_id = self.rep
        found = self._get_groups("crm_role_ids", self.rep)
        grouped = {
            name: set(records.mapped("name")) for name, (_c, records) in found.items()
        }
        self.assertNotIn("Foundry", grouped[self.buyer_role.display_name])
        self.assertIn("Foundry", grouped[False])
        for count, records in found.values():
            self.assertEqual(count, len(records))

    def test_two_companies_do_not_double_a_customer(self):
        shared = self.mill.role_assignment_ids[0]
        self.manager.company_ids += self.company_b
        self._assign(self.mill, shared.role_id, company_id=self.company_b.id)
        partners = self.env["res.partner"].with_user(self.manager)
        partners = partners.with_context(
            allowed_company_ids=(self.company_a | self.company_b).ids
        )
        groups = partners.formatted_read_group(
            [("id", "=", self.mill.id)], ["crm_role_ids"], ["__count"]
        )
        self.assertEqual([group["__count"] for group in groups], [1, 1])

    def test_others_do_not_group_by_what_they_do_not_see(self):
        partners = self.env["res.partner"].with_user(self.employee)
        self.assertNotIn("crm_role_ids", partners.fields_get())
        for name in ("crm_role_ids", "segment_ids"):
            with self.assertRaises(AccessError):
                partners.formatted_read_group([], [name], ["__count"])

    def test_the_list_offers_it(self):
        partners = self.env["res.partner"].with_user(self.rep)
        fields = partners.fields_get(["crm_role_ids", "segment_ids"], ["groupable"])
        self.assertTrue(all(field["groupable"] for field in fields.values()))

    # --- CUSTOMERS BY STATE

    def test_the_board_of_states_has_no_nameless_column(self):
        self.env["crm.lifecycle.policy"].create(
            {"company_id": self.company_a.id}
        )._refresh()
        self.foundry.user_id = self.rep_all
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.res_partner_action_lifecycle"
        )
        self.assertIn("search_default_filter_lifecycle_known", action["context"])
        partners = self.env["res.partner"].with_user(self.rep)
        groups = partners.formatted_read_group(
            [("is_crm_customer", "=", True), ("lifecycle_state", "!=", False)],
            ["lifecycle_state"],
            ["__count"],
        )
        self.assertNotIn(False, [group["lifecycle_state"] for group in groups])

    # --- LEADS

    def test_leads_without_a_contact_have_no_segment_and_no_error(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Cold call",
                "partner_name": "Unknown Foundry",
                "user_id": self.rep.id,
                "company_id": self.company_a.id,
            }
        )
        known = lead.copy({"name": "Known", "partner_id": self.buyer.id})
        leads = (lead | known).with_user(self.rep)
        self.assertFalse(leads[0].segment_ids)
        self.assertFalse(leads[0].crm_special_instructions)
        self.assertFalse(leads[0].lifecycle_state)
        self.assertEqual(leads[1].segment_ids, self.mills)
        mine = [("id", "in", leads.ids)]
        find = leads.search
        self.assertEqual(find([*mine, ("segment_ids", "=", False)]), leads[0])
        self.assertEqual(find([*mine, ("segment_ids", "in", self.mills.ids)]), leads[1])
        self.assertEqual(find([*mine, ("segment_ids", "ilike", "Mills")]), leads[1])
        self.assertIn(leads[0], find([*mine, ("lifecycle_state", "=", False)]))
        by_state = leads.formatted_read_group(mine, ["lifecycle_state"], ["__count"])
        self.assertEqual(sum(group["__count"] for group in by_state), 2)
        leads.read(["segment_ids", "lifecycle_state", "crm_special_instructions"])
