from odoo.tests import HttpCase, tagged

from .policy_common import PolicyCommon


@tagged("post_install", "-at_install")
class TestSegmentPolicyUi(PolicyCommon, HttpCase):
    def test_manager_gives_policy_and_pricelist_and_adds_a_condition(self):
        self.manager.group_ids += self.env.ref("sales_team.group_sale_manager")
        self.mill.email = "mill@example.com"
        self.mills.name = "Tour mills"
        self.foundry.name = "Tour foundry"
        self.start_tour(
            f"/odoo/segments/{self.mills.id}",
            "crm_segment_policy_tour",
            login="seg_mgr",
        )
        self.assertEqual(self.mills.service_level_id, self.gold)
        self.assertEqual(self.mills.pricelist_id, self.mill_prices)
        self.assertIn("email", self.mills.domain)
        order = self.env["sale.order"].search([("partner_id", "=", self.mill.id)])
        self.assertEqual(order.pricelist_id, self.mill_prices)
        self.assertEqual(order.crm_pricelist_source, "segment Scheme / Tour mills")

    def test_own_policy_of_a_customer_wins(self):
        self.manager.group_ids += self.env.ref("sales_team.group_sale_manager")
        self.mills.pricelist_id = self.mill_prices
        self.start_tour(
            f"/odoo/crm-customers/{self.mill.id}",
            "crm_customer_policy_tour",
            login="seg_mgr",
        )
        self.assertEqual(self.mill.crm_policy_ids.pricelist_id, self.own_prices)
        self.assertEqual(self._price(self.mill), "Own prices")
