from odoo.tests import HttpCase, tagged

from .document_flow_common import DocumentFlowCommon


@tagged("post_install", "-at_install")
class TestCrmDocumentFlowUi(DocumentFlowCommon, HttpCase):
    def test_manager_goes_from_opportunity_to_payment_and_back(self):
        lead = self._create_lead("Tour Need")
        order = self._create_order(lead)
        self._deliver(order.picking_ids, 6)
        self._pay(self._invoice(order))
        self.start_tour(
            f"/odoo/crm.lead/{lead.id}", "crm_document_flow_tour", login="flow_mgr"
        )
