from odoo.tests import HttpCase, tagged

from .territory_common import TerritoryCommon


@tagged("post_install", "-at_install")
class TestCrmTeamTreeUi(TerritoryCommon, HttpCase):
    def test_manager_builds_a_department_and_its_territory(self):
        self._create_customer("Tour Firm", self.de)
        self.start_tour(
            "/odoo/action-sales_team.crm_team_action_config/new",
            "crm_team_tree_manager_tour",
            login="ter_mgr",
        )
        team = self.env["crm.team"].search([("name", "=", "Tour Department")])
        self.assertEqual(
            (team.parent_id, team.company_id), (self.north, self.company_a)
        )
        self.assertEqual(team.territory_ids.country_ids, self.de)

    def test_leader_sees_the_records_of_his_tree(self):
        for name, user in (
            ("Tour lead below", self.nick),
            ("Tour lead of the sister", self.sven),
        ):
            self.env["crm.lead"].create(
                {
                    "name": name,
                    "type": "opportunity",
                    "user_id": user.id,
                    "team_id": False,
                    "company_id": self.company_a.id,
                }
            )
        self.start_tour(
            "/odoo/action-crm.crm_lead_opportunities?view_type=list",
            "crm_team_tree_leader_tour",
            login="nora",
        )
