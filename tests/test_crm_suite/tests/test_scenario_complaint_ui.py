from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .complaint_scene import ComplaintScene


@tagged("post_install", "-at_install")
class TestScenarioComplaintUi(ComplaintScene, HttpCase):
    """The scene in the browser, each person signing in in turn."""

    def test_in_english(self):
        self._play()

    def test_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        modules = self.env["ir.module.module"].search(
            [("name", "in", ["crm_strategy", "crm_service"])]
        )
        modules._update_translations("zh_CN")
        people = self.agent | self.head | self.finance | self.stock | self.portal
        people.lang = "zh_CN"
        self._play()

    # --- THE SCENE

    def _tour(self, name, url, login):
        self.start_tour(url, f"crm_complaint_scene_{name}", login=login)
        self.env.invalidate_all()

    def _play(self):
        complaint = self._play_intake()
        remedy = self._play_decision(complaint)
        self._play_hand_over(complaint, remedy)
        self._play_calls(complaint)
        self._play_rating(complaint)
        self._tour("look", f"/my/complaints/{complaint.id}", "scene_ida")

    def _play_intake(self):
        self._tour("report", f"/my/orders/{self.order.id}", "scene_ida")
        complaint = self.env["crm.complaint"].search(
            [("commercial_partner_id", "=", self.customer.id)]
        )
        self.assertRecordValues(
            complaint,
            [
                {
                    "kind_id": self.kind.id,
                    "description": "Four pails have leaked into the box. 桶漏了",
                    "amount": 240.0,
                    "missing_proof": False,
                    "is_acknowledged": True,
                }
            ],
        )
        mail = complaint.message_ids.filtered(
            lambda m: m.message_type == "auto_comment"
        )
        self.assertIn(complaint.name, mail.body)
        is_english = self.ida.lang == "en_US"
        self.assertEqual("We have received" in mail.subject, is_english)
        self._tour("intake", "/odoo/complaints", "scene_agent")
        self.assertEqual((complaint.state, complaint.user_id), ("progress", self.agent))
        return complaint

    def _play_decision(self, complaint):
        self._tour("decide", f"/odoo/complaints/{complaint.id}", "scene_head")
        remedy = complaint.remedy_ids
        self.assertEqual((complaint.state, remedy.state), ("decided", "granted"))
        self.assertEqual(remedy.granted_by_id, self.head)
        self.assertEqual(sum(complaint.stock_ids.mapped("quantity_free")), 43.0)
        return remedy

    def _play_hand_over(self, complaint, remedy):
        picking = remedy.sale_order_id.picking_ids
        self._tour("held", f"/odoo/stock.picking/{picking.id}", "scene_stock")
        self.assertEqual((picking.state, remedy.state), ("assigned", "granted"))
        self.assertEqual(self._get_on_hand(), (50.0, 8.0))
        self._tour("approve", "/odoo/complaint-steps", "scene_finance")
        self.assertEqual(remedy.released_by_id, self.finance)
        self._tour("ship", "/odoo/complaint-steps", "scene_stock")
        self.assertEqual((complaint.state, remedy.state), ("inform", "done"))
        self.assertEqual(remedy.date_shipped, picking.date_done)
        self.assertEqual(self._get_on_hand(), (46.0, 8.0))

    def _play_calls(self, complaint):
        self._tour("tell", "/odoo/complaint-follow-ups", "scene_agent")
        self.assertEqual(complaint.date_contact, self.today + timedelta(days=3))
        self._tour("close", f"/odoo/complaints/{complaint.id}", "scene_agent")
        self.assertEqual(
            (complaint.state, complaint.result, complaint.remedy_cost),
            ("closed", "resolved", 140.0),
        )

    def _play_rating(self, complaint):
        self.env["crm.satisfaction.rule"].create(
            {
                "name": "Scene",
                "company_id": self.company.id,
                "survey_id": self.env.ref("crm_service.survey_csat").id,
                "delay_days": 0,
                "low_value": 2,
            }
        )
        for job in ("plan", "send"):
            cron = self.env.ref(f"crm_service.ir_cron_satisfaction_{job}")
            cron.method_direct_trigger()
        request = complaint.satisfaction_request_ids
        self._tour("rate", request.user_input_id.get_start_url(), None)
        self.assertEqual(complaint.satisfaction_score_ids.value, 5)
