from odoo.tests import HttpCase, tagged

from .remedy_common import RemedyCommon


@tagged("post_install", "-at_install")
class TestRemedyUi(RemedyCommon, HttpCase):
    def test_head_decides_and_finance_approves(self):
        complaint = self._create_complaint(pails=4, wish="replacement")
        self.start_tour(
            f"/odoo/action-crm_service.crm_complaint_action/{complaint.id}",
            "crm_remedy_decide_tour",
            login="rem_head",
        )
        remedy = complaint.remedy_ids
        self.assertEqual((complaint.state, remedy.state), ("decided", "granted"))
        step = complaint.step_ids[0]
        self.start_tour(
            f"/odoo/action-crm_service.crm_complaint_step_action/{step.id}",
            "crm_remedy_approve_tour",
            login="rem_fin",
        )
        self.assertEqual((complaint.state, remedy.state), ("execution", "released"))
        self.assertEqual(remedy.released_by_id, self.finance)
