from odoo.exceptions import AccessError
from odoo.tests import tagged

from .territory_common import TerritoryCommon


@tagged("post_install", "-at_install")
class TestBranchSecurity(TerritoryCommon):
    """Salespeople of the branch South look at what belongs to North.

    ``Northern`` is looked after by Nick, a member of North; ``Southern`` by Sven.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.northern = cls._create_customer("Northern", cls.de, user_id=cls.nick.id)
        cls.southern = cls._create_customer("Southern", cls.de, user_id=cls.sven.id)
        cls.both = cls.northern | cls.southern
        cls._create_observations()
        cls._create_groups()
        cls.env["crm.lifecycle.policy"].create(
            {"company_id": cls.company_a.id}
        )._refresh()

    @classmethod
    def _create_observations(cls):
        division = cls.env["crm.division"].create({"name": "Branch"})
        attribute = cls.env["crm.partner.attribute"].create(
            {"name": "Capacity", "division_id": division.id, "value_type": "number"}
        )
        cls.observations = cls.env["crm.partner.observation"].create(
            [
                {
                    "partner_id": partner.id,
                    "attribute_id": attribute.id,
                    "value_display": "10",
                    "date": "2024-01-31",
                    "user_id": cls.manager.id,
                }
                for partner in cls.both
            ]
        )

    @classmethod
    def _create_groups(cls):
        group = cls.env["crm.target.group"].create(
            {"name": "Chosen", "mode": "fixed", "company_id": cls.company_a.id}
        )
        cls.members = cls.env["crm.target.group.member"].create(
            [
                {"target_group_id": group.id, "partner_id": partner.id}
                for partner in cls.both
            ]
        )
        programme = cls.env["crm.retention.programme"].create(
            {
                "name": "Keep them",
                "target_group_id": group.id,
                "company_id": cls.company_a.id,
                "date_start": "2024-01-01",
                "date_end": "2024-01-31",
            }
        )
        cls.retained = cls.env["crm.retention.customer"].create(
            [
                {
                    "programme_id": programme.id,
                    "company_id": cls.company_a.id,
                    "partner_id": partner.id,
                    "kind": "programme",
                    "revenue_before": 100,
                }
                for partner in cls.both
            ]
        )

    def _models(self):
        return (
            "crm.partner.observation",
            "crm.target.group.member",
            "crm.retention.customer",
            "crm.lifecycle.transition",
            "crm.lifecycle.report",
        )

    def assertSees(self, user, names):
        """Check records, sums, group heads and names by every way of reading."""
        for model in self._models():
            records = self.env[model].with_user(user)
            domain = [("partner_id", "in", self.both.ids)]
            with self.subTest(user=user.login, model=model):
                found = records.search(domain)
                self.assertEqual(set(found.partner_id.mapped("name")), names)
                groups = records.formatted_read_group(
                    domain, ["partner_id"], ["__count"]
                )
                self.assertEqual({g["partner_id"][1] for g in groups}, names)
                (total,) = records.formatted_read_group(domain, [], ["__count"])
                self.assertEqual(total["__count"], len(names))

    def test_a_branch_sees_its_own_and_the_leader_above_all(self):
        self.assertSees(self.nick, {"Northern"})
        self.assertSees(self.nora, {"Northern"})
        self.assertSees(self.sven, {"Southern"})
        self.assertSees(self.chief, {"Northern", "Southern"})
        self.assertSees(self.manager, {"Northern", "Southern"})

    def test_what_is_known_by_its_number_is_refused(self):
        for model in self._models():
            theirs = self.env[model].search([("partner_id", "=", self.northern.id)])
            self.assertEqual(len(theirs), 1, model)
            with self.subTest(model=model), self.assertRaises(AccessError):
                theirs.with_user(self.sven).read(["partner_id"])

    def test_the_other_branch_writes_and_deletes_nothing(self):
        attacks = [
            (self.observations[0], {"value_display": "99"}),
            (self.members[0], {"partner_id": self.southern.id}),
            (self.retained[0], {"revenue_before": 1}),
        ]
        for record, vals in attacks:
            theirs = record.with_user(self.sven)
            for call in (lambda t=theirs, v=vals: t.write(v), theirs.unlink):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    call()
        self.env.invalidate_all()
        self.assertEqual(self.observations[0].value_display, "10")
        self.assertEqual(self.members[0].partner_id, self.northern)
        self.assertEqual(self.retained[0].revenue_before, 100)

    def test_conditions_do_not_tell_what_cannot_be_read(self):
        partners = self.env["res.partner"].with_user(self.sven)
        for domain in (
            [("observation_ids", "any", [("value_display", "=", "10")])],
            [("target_group_member_ids", "any", [("source", "=", "manual")])],
            [("lifecycle_state", "!=", False)],
        ):
            found = partners.search([("id", "in", self.both.ids), *domain])
            self.assertEqual(found, self.southern, domain)
