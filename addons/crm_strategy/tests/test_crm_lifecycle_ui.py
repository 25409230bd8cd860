from odoo.tests import HttpCase, tagged

from .lifecycle_common import LifecycleCommon


@tagged("post_install", "-at_install")
class TestCrmLifecycleUi(LifecycleCommon, HttpCase):
    def test_manager_previews_applies_opens_the_lapsed_and_ticks_an_item(self):
        self.env["crm.lifecycle.checklist.item"].search([]).active = False
        self.env["crm.lifecycle.checklist.item"].create(
            {"name": "Tour item", "state": "lapsed"}
        )
        customer = self._customer("Tour Customer", 40)
        self._refresh()
        self.assertState(customer, "buying")
        self.start_tour(
            "/odoo/my-lifecycle-policy", "crm_lifecycle_tour", login="seg_mgr"
        )
        self.env.invalidate_all()
        self.assertEqual(self.policy.lapse_days, 20)
        self.assertState(customer, "lapsed")
        check = self.env["crm.lifecycle.check"].search(
            [("partner_id", "=", customer.id)]
        )
        self.assertEqual((check.state, check.user_id), ("done", self.manager))
