from odoo.tests import HttpCase, tagged

from .segment_common import SegmentCommon


@tagged("post_install", "-at_install")
class TestSegmentUi(SegmentCommon, HttpCase):
    def test_manager_creates_previews_refreshes_and_opens_customers(self):
        germany = self.env.ref("base.de")
        self._create_customer("Tour Firm", country_id=germany.id)
        self._create_customer("Tour Person", is_company=False)
        self.start_tour(
            "/odoo/segmentation-schemes?debug=1", "crm_segment_tour", login="seg_mgr"
        )
        scheme = self.env["crm.segmentation"].search([("name", "=", "Tour scheme")])
        self.assertEqual(scheme.segment_ids.mapped("name"), ["Firms", "Everyone"])
        stays = scheme.segment_ids[0].membership_ids.partner_id.mapped("name")
        self.assertIn("Tour Firm", stays)
        self.assertNotIn("Tour Person", stays)
