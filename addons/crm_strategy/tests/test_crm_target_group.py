from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .policy_common import PolicyCommon


@tagged("post_install", "-at_install")
class TestTargetGroup(PolicyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.groups = cls.env["crm.target.group"].with_user(cls.manager)
        cls.groups = cls.groups.with_company(cls.company_a)

    def _create_group(self, **vals):
        return self.groups.create(
            {
                "name": "Spring seminar",
                "segment_ids": [Command.set(self.scheme.segment_ids.ids)],
                **vals,
            }
        )

    def _customers(self, group, user=None):
        partners = self.env["res.partner"].with_user(user or self.manager)
        partners = partners.with_company(self.company_a)
        domain = group.with_user(user or self.manager).action_open_customers()["domain"]
        return set(partners.search(domain).mapped("name"))

    def test_live_group_follows_its_segments_and_conditions(self):
        group = self._create_group()
        self.assertEqual(self._customers(group), {"Mill", "Foundry"})
        self.assertEqual(group.customer_count, 2)
        group.excluded_segment_ids = self.foundries
        self.assertEqual(self._customers(group), {"Mill"})
        group.write(
            {
                "excluded_segment_ids": [Command.clear()],
                "domain": "[('user_id', '=', False)]",
            }
        )
        self.assertEqual(self._customers(group), {"Foundry"})
        self._create_customer("Second foundry", ref="foundry")
        self.scheme._refresh()
        self.assertEqual(self._customers(group), {"Foundry", "Second foundry"})
        self.assertFalse(group.member_ids)

    def test_fixed_group_keeps_who_was_taken_until_taken_again(self):
        group = self._create_group(mode="fixed")
        self.assertEqual(group.customer_count, 0)
        group.action_take()
        self.assertTrue(group.date_frozen)
        self.assertEqual(self._customers(group), {"Mill", "Foundry"})
        self.mill.ref = "none"
        self._create_customer("Second mill", ref="mill")
        self.scheme._refresh()
        self.assertEqual(self._customers(group), {"Mill", "Foundry"})
        group.member_ids.create(
            {"target_group_id": group.id, "partner_id": self.other.id}
        )
        group.action_take()
        self.assertEqual(self._customers(group), {"Foundry", "Second mill", "Other"})
        self.assertEqual(
            {m.partner_id.name: m.source for m in group.member_ids},
            {"Foundry": "choice", "Second mill": "choice", "Other": "manual"},
        )
        self.assertEqual(group.customer_count, 3)

    def test_fixed_copy_of_a_live_group(self):
        group = self._create_group()
        action = group.action_create_fixed_copy()
        copy = self.groups.browse(action["res_id"])
        self.assertEqual(copy.mode, "fixed")
        self.assertTrue(copy.name.startswith("Spring seminar, "))
        self.assertEqual(copy.member_ids.partner_id, self.mill | self.foundry)
        self.assertEqual(group.mode, "live")
        second = copy.copy()
        self.assertTrue(second.name.endswith("(copy)"))
        self.assertFalse(second.member_ids)
        self.assertFalse(second.date_frozen)

    def test_live_group_cannot_be_taken(self):
        group = self._create_group()
        with self.assertRaises(UserError):
            group.action_take()
        self.assertFalse(group.member_ids)

    def test_archived_segments_are_said_and_empty_no_fixed_group(self):
        group = self._create_group(mode="fixed")
        group.action_take()
        self.assertFalse(group.warning)
        self.mills.active = False
        self.env.invalidate_all()
        self.assertIn("Mills", group.warning)
        with self.assertRaises(UserError):
            group.action_take()
        self.assertEqual(len(group.member_ids), 2)

    def test_conditions_that_cannot_be_read_are_refused(self):
        group = self._create_group()
        for text in ("[('no_such_field', '=', 1)]", "[('user_id', '=', uid)]", "1"):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                group.domain = text
        self.env.invalidate_all()
        self.assertEqual(group.domain, "[]")

    def test_segments_of_another_company_are_refused(self):
        scheme = self._create_scheme(("B", []), company_id=self.company_b.id)
        with self.assertRaises(UserError):
            self.env["crm.target.group"].create(
                {
                    "name": "Mixed",
                    "company_id": self.company_a.id,
                    "segment_ids": [Command.set(scheme.segment_ids.ids)],
                }
            )

    def test_nobody_is_in_a_group_twice(self):
        group = self._create_group(mode="fixed")
        group.action_take()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            group.member_ids.create(
                {"target_group_id": group.id, "partner_id": self.buyer.id}
            )

    def test_leads_of_the_group(self):
        leads = self.env["crm.lead"].create(
            [
                {"name": "Buyer", "partner_id": self.buyer.id},
                {"name": "Other", "partner_id": self.other.id},
                {"name": "Nobody"},
            ]
        )
        for group in (self._create_group(), self._create_group(mode="fixed")):
            if group.mode == "fixed":
                group.action_take()
            found = leads.search(
                [*group.action_open_leads()["domain"], ("id", "in", leads.ids)]
            )
            self.assertEqual(found, leads[0])

    def test_leads_show_and_find_segments_of_their_customer(self):
        leads = self.env["crm.lead"].create(
            [
                {"name": "Buyer", "partner_id": self.buyer.id, "user_id": self.rep.id},
                {"name": "Nobody", "user_id": self.rep.id},
            ]
        )
        seen = leads.with_user(self.rep).with_company(self.company_a)
        self.assertEqual(seen.mapped("segment_ids"), self.mills)
        scope = ("id", "in", leads.ids)
        find = seen.search
        self.assertEqual(find([("segment_ids", "in", self.mills.ids), scope]), seen[0])
        self.assertEqual(find([("segment_ids", "=", False), scope]), seen[1])
        self.assertEqual(find([("segment_ids", "!=", False), scope]), seen[0])
        self.assertEqual(find([("segment_ids.name", "=", "Mills"), scope]), seen[0])
        self.assertEqual(
            find([("segment_ids", "not in", self.mills.ids), scope]), seen[1]
        )
        with self.assertRaises(AccessError):
            leads.with_user(self.employee).search([("segment_ids", "!=", False)])

    def test_readers_see_their_own_customers_and_change_nothing(self):
        self.foundry.user_id = self.rep_all
        group = self._create_group(mode="fixed")
        group.action_take()
        mine = group.with_user(self.rep)
        self.assertEqual(mine.member_ids.partner_id, self.mill)
        self.assertEqual(mine.customer_count, 1)
        for action in (mine.action_take, mine.action_create_fixed_copy):
            with self.assertRaises(AccessError):
                action()
        with self.assertRaises(AccessError):
            mine.name = "Changed"
        self.assertEqual(len(group.member_ids), 2)
        for user in (self.employee, self.portal):
            with self.assertRaises(AccessError):
                group.with_user(user).read(["name"])

    def test_merge_doubles_nobody(self):
        group = self._create_group(mode="fixed")
        group.action_take()
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.mill | self.foundry).ids, self.foundry)
        self.env.invalidate_all()
        self.assertEqual(group.member_ids.partner_id, self.foundry)
        self.assertEqual(len(group.member_ids), 1)

    def test_merge_hands_the_place_over(self):
        group = self._create_group(mode="fixed")
        group.action_take()
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.mill | self.other).ids, self.other)
        self.env.invalidate_all()
        self.assertEqual(group.member_ids.partner_id, self.foundry | self.other)
