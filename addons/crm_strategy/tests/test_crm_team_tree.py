from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .territory_common import TerritoryCommon


@tagged("post_install", "-at_install")
class TestCrmTeamTree(TerritoryCommon):
    def test_a_team_knows_its_place(self):
        metal = self._create_team("Metal", parent_id=self.north.id)
        metal = metal.with_user(self.manager)
        self.assertEqual(metal.crm_tree_path, "Headquarters / North / Metal")
        self.assertEqual(self.top.child_count, 3)
        self.assertEqual((self.north.child_count, self.south.child_count), (1, 0))
        self.south.active = False
        self.top.invalidate_recordset(["child_count"])
        self.assertEqual(self.top.child_count, 2)
        action = self.top.action_open_teams_below()
        self.assertEqual(
            self.env["crm.team"].search(action["domain"]), self.north | metal
        )

    def test_manager_builds_the_tree_in_the_form(self):
        with Form(self.env["crm.team"].with_user(self.manager)) as form:
            form.name = "Export"
            form.crm_tree_kind = "branch"
            form.parent_id = self.top
        self.assertEqual(form.record.crm_tree_path, "Headquarters / Export")

    def test_a_ring_is_refused_with_a_clear_message(self):
        metal = self._create_team("Metal", parent_id=self.north.id)
        for teams, parent in (
            (self.top, metal),
            (self.top, self.top),
            (self.north, metal),
            (self.south | self.top, metal),
        ):
            with self.assertRaisesRegex(ValidationError, "cannot stand below itself"):
                teams.write({"parent_id": parent.id})
        self.assertFalse(self.top.parent_id)
        self.assertEqual(self.south.parent_id, self.top)
        self.assertEqual(metal.parent_path.split("/")[:-1], self._ids(metal))

    def _ids(self, metal):
        return [str(team.id) for team in (self.top, self.north, metal)]

    def test_a_ring_is_refused_when_imported(self):
        ids = self.env["ir.model.data"]
        for name, team in (("top", self.top), ("north", self.north)):
            ids.create(
                {
                    "module": "__tree__",
                    "name": name,
                    "model": "crm.team",
                    "res_id": team.id,
                }
            )
        result = self.env["crm.team"].load(
            ["id", "parent_id/id"], [["__tree__.top", "__tree__.north"]]
        )
        self.assertFalse(result["ids"])
        self.assertIn("cannot stand below itself", result["messages"][0]["message"])
        self.assertFalse(self.top.parent_id)

    def test_a_tree_is_imported_by_names(self):
        result = self.env["crm.team"].load(
            ["name", "parent_id", "crm_tree_kind", "company_id"],
            [
                ["Export", "Headquarters", "branch", "Territory A"],
                ["Asia", "Export", "department", "Territory A"],
            ],
        )
        self.assertFalse(result["messages"])
        asia = self.env["crm.team"].browse(result["ids"][1])
        self.assertEqual(asia.crm_tree_path, "Headquarters / Export / Asia")

    def test_parent_of_another_company_is_refused_from_both_sides(self):
        foreign = self._create_team("B", company_id=self.company_b.id)
        with self.assertRaises(UserError):
            self.north.parent_id = foreign
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.top.write({"company_id": self.company_b.id, "user_id": False})
        self.top.invalidate_recordset()
        self.assertEqual(self.top.company_id, self.company_a)
        shared = self._create_team("Group", company_id=False)
        self.top.parent_id = shared
        self.assertEqual(self.north.crm_tree_path, "Group / Headquarters / North")

    def test_a_team_with_teams_below_is_not_deleted(self):
        with self.assertRaisesRegex(UserError, "another parent first"):
            self.top.unlink()
        self.assertTrue(self.top.exists())
        self.south.unlink()
        self.assertFalse(self.south.exists())

    def test_a_user_sees_his_tree(self):
        people = self.chief | self.nora | self.nick | self.sven
        self.assertEqual(self.chief.crm_tree_user_ids, people)
        self.assertEqual(self.nora.crm_tree_user_ids, self.nora | self.nick)
        self.assertEqual(self.nick.crm_tree_user_ids, self.nick)
        self.assertFalse(self.nick.crm_tree_team_ids)
        self.assertEqual(
            self.chief.crm_tree_team_ids, self.top | self.north | self.south
        )
        self.nora.action_archive()
        self.assertIn(self.nora, self.chief.crm_tree_user_ids)
        self.north.active = False
        self.assertFalse(self.nora.crm_tree_team_ids)
        self.assertIn(self.nick, self.chief.crm_tree_user_ids)
        self.north.parent_id = False
        self.assertEqual(self.chief.crm_tree_user_ids, self.chief | self.sven)

    def test_the_tree_is_worked_out_once(self):
        self.env.flush_all()
        self.env["res.users"]._get_crm_tree(self.chief.id)
        with self.assertQueryCount(0):
            self.env["res.users"]._get_crm_tree(self.chief.id)

    def test_a_leader_places_the_customers_of_his_people_by_hand(self):
        scheme = self.env["crm.segmentation"].create(
            {
                "name": "Tree",
                "company_id": self.company_a.id,
                "is_salesperson_assignable": True,
            }
        )
        segment = self.env["crm.segment"].create(
            {"name": "By hand", "segmentation_id": scheme.id, "method": "manual"}
        )
        below = self._create_customer("Below", user_id=self.nick.id)
        sister = self._create_customer("Sister", user_id=self.sven.id)
        segment.with_user(self.nora)._assign(below)
        with self.assertRaises(UserError):
            segment.with_user(self.nora)._assign(sister)
        self.assertEqual(segment.membership_ids.partner_id, below)
