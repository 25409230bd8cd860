from odoo.tests import HttpCase, tagged

from .role_common import RoleCommon


@tagged("post_install", "-at_install")
class TestPartnerRoleUi(RoleCommon, HttpCase):
    def test_from_the_division_to_an_observation(self):
        category = self.env["product.category"].create({"name": "Tour category"})
        self._create_partner("Tour partner", user_id=self.rep.id)
        foreign = self._create_partner("Foreign partner", user_id=self.rep_all.id)
        self._assign(foreign)
        self.start_tour(
            "/odoo/crm-divisions", "crm_partner_role_setup_tour", login="role_mgr"
        )
        division = self.env["crm.division"].search([("name", "=", "Tour division")])
        self.assertEqual(category.crm_division_id, division)
        self.assertEqual(len(division.role_ids), 6)
        self.assertEqual(division.attribute_names, "Tour purity")
        self.assertEqual(division.attribute_ids.name, "Tour capacity")
        self.start_tour(
            "/odoo/crm-partner-roles", "crm_partner_role_assign_tour", login="role_mgr"
        )
        assignment = self.env["crm.partner.role.assignment"].search(
            [("division_id", "=", division.id)]
        )
        self.assertEqual(assignment.partner_id.name, "Tour partner")
        self.assertEqual(list(dict(assignment.attributes).values()), ["99.7"])
        self.assertEqual(assignment.partner_id.observation_ids.value_number, 4200.0)
        self.start_tour(
            "/odoo/crm-partner-roles", "crm_partner_role_rep_tour", login="role_rep"
        )
