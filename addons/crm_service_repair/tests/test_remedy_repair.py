from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.crm_service.tests.remedy_common import RemedyCommon


@tagged("post_install", "-at_install")
class TestRemedyRepair(RemedyCommon):
    """A repair is made once and tells the complaint when it is done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.complaint.policy"].create(
            {"remedy_type": "repair", "percent_max": 100.0}
        )

    def _decide_repair(self):
        complaint = self._create_complaint(pails=4, drums=1)
        remedy = self._add(complaint, "repair", [2, 1], amount=25.0)
        self._decide(complaint)
        return complaint, remedy

    def test_repair_of_each_product(self):
        complaint, remedy = self._decide_repair()
        self.assertEqual(
            [
                (r.product_id, r.product_qty, r.state)
                for r in remedy.repair_ids.sorted("id")
            ],
            [(self.pail, 2.0, "confirmed"), (self.drum, 1.0, "confirmed")],
        )
        self.assertEqual((complaint.state, remedy.state), ("execution", "released"))
        self.assertEqual((complaint.step_ids.task, remedy.cost), ("repair", 25.0))
        remedy.action_retry()
        self.assertEqual(len(remedy.repair_ids), 2)

    def test_done_when_all_are_repaired(self):
        complaint, remedy = self._decide_repair()
        first, second = remedy.repair_ids
        step = complaint.step_ids.with_user(self.stock)
        with self.assertRaises(UserError):
            step.action_done()
        for repair in (first, second):
            self.assertEqual(complaint.state, "execution")
            repair.action_repair_start()
            repair.action_repair_end()
        self.assertEqual((complaint.state, remedy.state), ("inform", "done"))
        self.assertEqual((step.state, remedy.cost), ("done", 0.0))

    def test_cancelled_repairs_return_the_complaint(self):
        complaint, remedy = self._decide_repair()
        remedy.repair_ids.action_repair_cancel()
        self.assertEqual((complaint.state, remedy.state), ("progress", "cancelled"))
        self.assertIn(self.head, complaint.activity_ids.user_id)

    def test_decision_taken_back_cancels_the_repairs(self):
        complaint, remedy = self._decide_repair()
        complaint.with_user(self.head).action_return("Replace it")
        self.assertEqual(set(remedy.repair_ids.mapped("state")), {"cancel"})
        self.assertEqual(remedy.state, "draft")
