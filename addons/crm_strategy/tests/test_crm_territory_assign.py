from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .territory_common import TerritoryCommon


@tagged("post_install", "-at_install")
class TestCrmTerritoryAssign(TerritoryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.germany = cls._create_territory("Germany", cls.de)
        cls.france = cls._create_territory("France", cls.fr, team_id=cls.south.id)
        cls.free = cls._create_customer("Free", cls.de)
        cls.taken = cls._create_customer("Taken", cls.de, user_id=cls.nick.id)
        cls.strange = cls._create_customer("Strange", cls.de, user_id=cls.sven.id)
        cls.french = cls._create_customer("French", cls.fr)
        cls.nowhere = cls._create_customer("Nowhere")
        cls.all = cls.free | cls.taken | cls.strange | cls.french | cls.nowhere

    def _open(self, user, records, **values):
        wizard = self.env["crm.territory.assign"].with_user(user)
        wizard = wizard.with_context(active_model=records._name, active_ids=records.ids)
        return wizard.create(values)

    def _get_outcomes(self, wizard):
        return {
            (line.assigned_partner_id or line.assigned_lead_id).name: line.outcome
            for line in wizard.line_ids
        }

    def test_only_those_without_a_salesperson_get_one(self):
        wizard = self._open(self.manager, self.all)
        self.assertEqual(
            self._get_outcomes(wizard),
            {
                "Free": "change",
                "Taken": "taken",
                "Strange": "taken",
                "French": "change",
                "Nowhere": "no_territory",
            },
        )
        self.assertEqual((wizard.total_count, wizard.change_count), (5, 2))
        self.assertFalse(self.free.user_id, "a preview changes nothing")
        wizard.action_apply()
        self.assertEqual(self.free.user_id, self.nora, "the leader of the team")
        self.assertEqual(self.french.user_id, self.sven)
        self.assertEqual(self.taken.user_id, self.nick)
        self.assertIn(
            "Assigned by territory Germany: nobody → nora",
            self.free.message_ids[0].body.replace(self.nora.name, "nora"),
        )
        with self.assertRaises(UserError):
            wizard.action_apply()

    def test_others_are_replaced_when_told_so_and_can_be_given_back(self):
        wizard = self._open(self.manager, self.all, is_overwriting=True)
        wizard.action_apply()
        self.assertEqual(
            self.all.mapped("user_id"), self.nora | self.sven, "nowhere has none"
        )
        self.free.user_id = self.nick
        wizard.action_undo()
        self.assertEqual(self.free.user_id, self.nick, "changed since: left alone")
        self.assertEqual(self.taken.user_id, self.nick)
        self.assertEqual(self.strange.user_id, self.sven)
        self.assertFalse(self.french.user_id)
        with self.assertRaises(UserError):
            wizard.action_undo()

    def test_a_leader_assigns_within_his_tree(self):
        wizard = self._open(self.nora, self.all, is_overwriting=True)
        self.assertEqual(
            self._get_outcomes(wizard),
            {
                "Free": "change",
                "Taken": "change",
                "Strange": "not_allowed",
                "French": "not_allowed",
                "Nowhere": "no_territory",
            },
        )
        wizard.action_apply()
        self.assertEqual(self.strange.user_id, self.sven)
        self.assertFalse(self.french.user_id)

    def test_who_leads_nothing_assigns_nobody(self):
        wizard = self._open(self.nick, self.free)
        self.assertEqual(self._get_outcomes(wizard), {"Free": "not_allowed"})
        with self.assertRaisesRegex(UserError, "Nothing would change"):
            wizard.action_apply()
        self.assertFalse(self.free.user_id)
        other = self._open(self.manager, self.free)
        with self.assertRaises(AccessError):
            other.with_user(self.nick).read(["state"])

    def test_the_preview_is_worked_out_again_when_applied(self):
        wizard = self._open(self.nick, self.free)
        wizard.line_ids.write({"outcome": "change", "new_user_id": self.nick.id})
        with self.assertRaises(UserError):
            wizard.action_apply()
        self.assertFalse(self.free.user_id)

    def test_leads_get_salesperson_and_team(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Lead",
                "country_id": self.fr.id,
                "user_id": False,
                "team_id": False,
                "company_id": self.company_a.id,
            }
        )
        wizard = self._open(self.manager, lead)
        wizard.action_apply()
        self.assertEqual((lead.user_id, lead.team_id), (self.sven, self.south))
        wizard.action_undo()
        self.assertFalse(lead.user_id)

    def test_a_territory_without_anybody_says_so(self):
        self.north.user_id = False
        wizard = self._open(self.manager, self.free)
        self.assertEqual(self._get_outcomes(wizard), {"Free": "nobody"})
