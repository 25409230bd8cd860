from odoo.exceptions import AccessError
from odoo.tests import tagged

from .role_common import RoleCommon


@tagged("post_install", "-at_install")
class TestPartnerRoleSecurity(RoleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine = cls._create_partner("Mine", user_id=cls.rep.id)
        cls.other = cls._create_partner("Other", user_id=cls.rep_all.id)
        cls.free = cls._create_partner("Free")
        cls.partners = cls.mine | cls.other | cls.free
        cls.assignments = cls.env["crm.partner.role.assignment"]
        for partner in cls.partners:
            cls.assignments |= cls._assign(partner)
            cls._observe(partner, "10", user_id=cls.manager.id)
        cls.foreign = cls._assign(
            cls.mine, cls.dealer_role, company_id=cls.company_b.id
        )

    def _seen(self, user, model="crm.partner.role.assignment"):
        found = self.env[model].with_user(user)
        found = found.search([("partner_id", "in", self.partners.ids)])
        return sorted(found.partner_id.mapped("name"))

    def test_who_sees_which_roles_and_observations(self):
        for model in ("crm.partner.role.assignment", "crm.partner.observation"):
            self.assertEqual(self._seen(self.rep, model), ["Free", "Mine"])
            self.assertEqual(self._seen(self.lead, model), ["Free", "Mine"])
            self.assertEqual(self._seen(self.rep_all, model), ["Free", "Mine", "Other"])
            self.assertEqual(self._seen(self.manager, model), ["Free", "Mine", "Other"])

    def test_owner_sees_his_role_on_a_colleagues_partner(self):
        self.assignments[1].user_id = self.rep
        self.assertEqual(self._seen(self.rep), ["Free", "Mine", "Other"])
        self.assertEqual(self._seen(self.lead), ["Free", "Mine", "Other"])

    def test_other_company_is_invisible(self):
        for user in (self.rep, self.manager):
            with self.assertRaises(AccessError):
                self.foreign.with_user(user).read(["state"])
        self.assertEqual(self.mine.with_user(self.rep).role_count, 1)

    def test_salesperson_leaves_others_alone(self):
        theirs = self.assignments[1].with_user(self.rep)
        with self.assertRaises(AccessError):
            theirs.write({"state_note": "mine now"})
        with self.assertRaises(AccessError):
            self.env["crm.partner.observation"].with_user(self.rep).create(
                {
                    "partner_id": self.other.id,
                    "attribute_id": self.capacity.id,
                    "value_display": "7",
                }
            )
        with self.assertRaises(AccessError):
            self.customer_role.with_user(self.rep).write({"name": "x"})
        self.assertFalse(self.assignments[1].state_note)
        self.assertEqual(len(self.other.observation_ids), 1)

    def test_observer_corrects_his_own_only(self):
        seen = self.mine.observation_ids.with_user(self.rep)
        with self.assertRaises(AccessError):
            seen.write({"value_display": "11"})
        self.assertEqual(self.mine.observation_ids.value_display, "10")
        own = self.env["crm.partner.observation"].with_user(self.rep)
        own = own.create(
            {
                "partner_id": self.mine.id,
                "attribute_id": self.capacity.id,
                "value_display": "12",
            }
        )
        own.value_display = "13"
        self.assertEqual(own.value_number, 13.0)

    def test_outsiders_see_nothing(self):
        for model in (
            "crm.partner.role",
            "crm.partner.role.assignment",
            "crm.partner.attribute",
            "crm.partner.observation",
        ):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.employee).search([])
        for name in ("crm_role_ids", "role_assignment_ids", "observation_ids"):
            with self.assertRaises(AccessError):
                self.mine.with_user(self.employee).search([(name, "!=", False)])

    def test_contact_shows_the_roles_of_its_company(self):
        contact = (
            self.env["res.partner"]
            .create({"name": "Ann", "parent_id": self.mine.id})
            .with_user(self.rep)
        )
        self.assertEqual(contact.crm_role_ids, self.customer_role)
        self.assertEqual(contact.role_names, "Oxide / Oxide customer")
        domain = [
            ("crm_role_ids", "in", self.customer_role.ids),
            ("id", "child_of", self.partners.ids),
        ]
        found = self.env["res.partner"].with_user(self.rep).search(domain)
        self.assertEqual(found, self.mine | self.free | contact)
        without = [("crm_role_ids", "=", False), ("id", "in", self.partners.ids)]
        found = self.env["res.partner"].with_user(self.rep).search(without)
        self.assertEqual(found.mapped("name"), ["Other"])
