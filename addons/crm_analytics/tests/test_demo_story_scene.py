from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .demo_story_common import DemoStoryBrowser


@tagged("post_install", "-at_install")
class TestDemoStoryScene(DemoStoryBrowser):
    """Mr Zhang's third box leaks too: from his order to his rating, in the browser."""

    def test_in_english(self):
        self.lang = "en"
        self._play()

    def test_in_chinese(self):
        self.lang = "zh"
        self._speak("zh_CN")
        self._play()

    # --- THE SCENE

    def _play(self):
        self.cleaner = self.env.ref("crm_strategy.product_detergent")
        self.entries = self.env["account.move"].search_count([])
        self.assertEqual(self._get_stock(), (237.0, 237.0))
        complaint = self._play_intake()
        remedy = self._play_decision(complaint)
        self._play_hand_over(complaint, remedy)
        self._play_calls(complaint, remedy)
        self._play_rating(complaint)
        self._check_figures(complaint, remedy)

    def _scene(self, name, login):
        url = "/my" if login == "zhang" else "/odoo"
        self._tour(f"crm_complaint_scene_{name}_{self.lang}", login, url)

    def _get_stock(self):
        """Return (on hand, free) of the cleaner."""
        self.env.invalidate_all()
        return self.cleaner.qty_available, self.cleaner.free_qty

    def _play_intake(self):
        known = self.env["crm.complaint"].search([])
        self._scene("report", "zhang")
        complaint = self.env["crm.complaint"].search([]) - known
        order = self.env["sale.order"].search([("name", "=", "F-000899")])
        self.assertRecordValues(
            complaint,
            [
                {
                    "partner_id": self.zhang.id,
                    "order_id": order.id,
                    "channel": "portal",
                    "kind_id": self.env.ref("crm_service.crm_complaint_kind_leak").id,
                    "state": "new",
                    "amount": 264.0,
                    "missing_proof": False,
                    "is_acknowledged": True,
                }
            ],
        )
        mail = complaint.message_ids.filtered(
            lambda m: m.message_type == "auto_comment"
        )
        self.assertIn(complaint.name, mail.body)
        received = {"en": "We have received", "zh": "我们已收到您的投诉"}
        self.assertIn(received[self.lang], mail.subject)
        self._scene("intake", "amara")
        self.assertEqual(
            (complaint.state, complaint.user_id.login), ("progress", "amara")
        )
        panel = self._as("amara", complaint).customer_panel
        self.assertEqual(panel["tenure"][0], 5)
        self.assertEqual((panel["order_count"], panel["amount"]), (27, 20602.0))
        return complaint

    def _play_decision(self, complaint):
        self._scene("decide", "yusuf")
        remedy = complaint.remedy_ids
        self.assertEqual((complaint.state, remedy.state), ("decided", "granted"))
        self.assertEqual(remedy.granted_by_id.login, "yusuf")
        self.assertEqual(complaint.stock_ids.mapped("quantity_free"), [237.0])
        self.assertEqual(self._get_stock(), (237.0, 236.0))
        self.assertEqual(
            [(s.department, s.user_id.login, s.state) for s in complaint.step_ids],
            [("finance", "sofia", "ready"), ("warehouse", "tariq", "waiting")],
        )
        return remedy

    def _play_hand_over(self, complaint, remedy):
        picking = remedy.sale_order_id.picking_ids
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._as("tariq", picking).button_validate()
        self.assertEqual((picking.state, self._get_stock()[0]), ("assigned", 237.0))
        self._scene("approve", "sofia")
        self.assertEqual((complaint.state, remedy.state), ("execution", "released"))
        self.assertEqual(remedy.released_by_id.login, "sofia")
        self._scene("ship", "tariq")
        self.assertEqual((complaint.state, remedy.state), ("inform", "done"))
        self.assertEqual(
            (picking.state, picking.location_dest_id.usage), ("done", "customer")
        )
        self.assertEqual(remedy.date_shipped, picking.date_done)
        self.assertEqual(
            complaint.step_ids.mapped("done_by_id.login"), ["sofia", "tariq"]
        )
        self.assertEqual(self._get_stock(), (236.0, 236.0))

    def _play_calls(self, complaint, remedy):
        self._scene("tell", "amara")
        self.assertEqual(complaint.state, "follow_up")
        self.assertEqual(complaint.date_contact, self.today + timedelta(days=3))
        complaint.date_contact = self.today  # three days go by
        self._scene("close", "amara")
        self.assertEqual((complaint.state, complaint.result), ("closed", "resolved"))
        self.assertEqual(complaint.cause_id.code, "packaging_seal")
        calls = complaint.contact_ids.sorted("id")
        self.assertEqual(calls.mapped("outcome"), ["told", "received"])
        self.assertEqual(calls.user_id.login, "amara")

    def _play_rating(self, complaint):
        """The rule of the story asks a day after closing; that day goes by as well."""
        self.env.ref("crm_service.ir_cron_satisfaction_plan").method_direct_trigger()
        request = complaint.satisfaction_request_ids
        self.assertEqual(request.survey_id, self.env.ref("crm_service.survey_csat"))
        request.date_next = fields.Datetime.now()
        self.env.ref("crm_service.ir_cron_satisfaction_send").method_direct_trigger()
        self._scene("rate", "zhang")
        self.assertEqual(complaint.satisfaction_score_ids.value, 5)

    def _check_figures(self, complaint, remedy):
        """A box at 141.00 has left; nothing was invoiced, and nothing was bought."""
        self.assertEqual((remedy.cost, complaint.remedy_cost), (141.0, 141.0))
        self.assertEqual(remedy.sale_order_id.amount_total, 0.0)
        self.assertEqual(self.env["account.move"].search_count([]), self.entries)
        dates = [
            complaint.date_received,
            complaint.date_decided,
            complaint.step_ids[0].date_end,
            remedy.date_shipped,
            complaint.date_replied,
            complaint.date_told,
            complaint.date_confirmed,
            complaint.date_closed,
        ]
        self.assertEqual(dates, sorted(dates))
        panel = self._as("amara", complaint).customer_panel
        self.assertEqual((panel["order_count"], panel["amount"]), (27, 20602.0))
