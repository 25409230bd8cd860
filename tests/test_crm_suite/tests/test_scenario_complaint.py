from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .complaint_scene_steps import ComplaintScenario

# Thursday; the desk works from 8 to 12 and from 13 to 17, UTC
MORNING = "2026-03-12 09:00:00"
SHIPPED = "2026-03-12 15:00:00"


@tagged("post_install", "-at_install")
@freeze_time(MORNING)
class TestScenarioComplaint(ComplaintScenario):
    """The parcel leaked: from the portal to the result, with exact figures."""

    def test_acknowledgement_with_number_and_promised_time(self):
        """Four working hours from 9: until 14 UTC, in Berlin 15."""
        complaint = self._report()
        self.assertRecordValues(
            complaint,
            [
                {
                    "name": "CMP/2026/00001",
                    "channel": "portal",
                    "partner_id": self.ida.id,
                    "team_id": self.team.id,
                    "company_id": self.company.id,
                    "amount": 240.0,
                    "phone": "+46 8 555 01 01",
                    "is_acknowledged": True,
                    "missing_proof": False,
                }
            ],
        )
        self.assertEqual(str(complaint.deadline_reply), "2026-03-12 14:00:00")
        mail = complaint.message_ids.filtered(
            lambda m: m.message_type == "auto_comment"
        )
        self.assertIn(self.ida, mail.notified_partner_ids)
        self.assertIn("CMP/2026/00001", mail.body)
        self.assertIn("Dear Ida Lind,", mail.body)
        self.assertIn("March 12, 2026 at 3:00:00", mail.body)
        self.assertIn("CMP/2026/00001", self._read_page(complaint))

    def test_agent_sees_who_is_calling(self):
        complaint = self._report()
        panel = self._get_panel(complaint)
        self.assertEqual(panel["customer"], "Baltic Boats")
        self.assertEqual(panel["tenure"], [5, 0])
        self.assertEqual(panel["first_order"], "2021-03-12")
        self.assertEqual((panel["order_count"], panel["amount"]), (27, 20800.0))
        self.assertEqual((panel["value_class"], panel["lifecycle"]), ("A", "Loyal"))
        self.assertNotIn("margin", panel)
        self.assertEqual(
            [
                (row["name"], row["promised"], row["percent"], row["days_late"])
                for row in panel["open_orders"]
            ],
            [(self.late.name, "2026-03-08", 0, 4)],
        )
        # 900 for advice, 690 for ten pails with tax; the agent sees the totals only
        self.assertIsNone(panel["open_invoices"])
        self.assertEqual(
            (panel["invoice_count"], panel["due"], panel["overdue"]), (2, 1590.0, 900.0)
        )
        self.assertEqual(panel["complaint_count"], 0)
        rows = self._get_panel(complaint, self.rep)["open_invoices"]
        self.assertEqual(
            [(row["name"], row["amount"], row["days_late"]) for row in rows],
            [(self.unpaid.name, 900.0, 10), (self.invoice.name, 690.0, 0)],
        )

    def test_the_whole_scene(self):
        complaint = self._report()
        self.assertEqual(self._get_free(), (35.0, 8.0))
        self.assertEqual(self._get_on_hand(), (50.0, 8.0))
        with freeze_time("2026-03-12 10:00:00"):
            remedy = self._propose(complaint, "replacement")
            self._check_agent_cannot_decide(complaint, remedy)
        with freeze_time("2026-03-12 11:00:00"):
            self._decide(complaint)
            self._check_decided(complaint, remedy)
        with freeze_time("2026-03-12 11:30:00"):
            self._check_held(complaint, remedy)
            complaint.step_ids[0].with_user(self.finance).action_start()
        with freeze_time("2026-03-12 13:30:00"):
            self._approve(complaint)
        self.assertEqual((complaint.state, remedy.state), ("execution", "released"))
        entries = self._count_entries()
        with freeze_time(SHIPPED):
            picking = self._ship(remedy)
            self._check_shipped(complaint, remedy, picking)
        self.assertEqual(self._count_entries(), entries)
        self.assertFalse(picking.move_ids.account_move_id)
        with freeze_time("2026-03-12 16:00:00"):
            self._check_call(complaint)
        with freeze_time("2026-03-16 09:00:00"):
            self._check_follow_up(complaint)
        self._check_closed(complaint, remedy)
        self._check_satisfaction(complaint)
        self._check_cost(complaint)
        self._check_purchases(complaint)
        self._check_recovery()

    def _check_agent_cannot_decide(self, complaint, remedy):
        """Goods of 240.00: above 200.00 the head of service decides."""
        self.assertEqual(remedy.with_user(self.agent).verdict, "manager")
        with self.assertRaises(UserError):
            complaint.with_user(self.agent).action_decide()
        self.assertEqual((complaint.state, remedy.state), ("progress", "draft"))
        self.assertFalse(remedy.sale_order_id)

    def _check_decided(self, complaint, remedy):
        self.assertEqual((complaint.state, remedy.state), ("decided", "granted"))
        self.assertEqual(str(complaint.date_decided), "2026-03-12 11:00:00")
        self.assertEqual(remedy.granted_by_id, self.head)
        self.assertEqual(remedy.policy_id.grant, "manager")
        self.assertEqual(
            {
                (row.warehouse_id.name, row.quantity_free, row.lots, row.user_id)
                for row in complaint.stock_ids
            },
            {
                ("North", 35.0, "LOT-7: 35", self.head),
                ("South", 8.0, "LOT-7: 8", self.head),
            },
        )
        # four are reserved for her now
        self.env.invalidate_all()
        self.assertEqual(self._get_free(), (31.0, 8.0))
        order = remedy.sale_order_id
        self.assertEqual(order.partner_shipping_id, self.yard)
        self.assertEqual((order.amount_total, order.order_line.product_uom_qty), (0, 4))
        self.assertEqual(
            [(s.department, s.user_id, s.state) for s in complaint.step_ids],
            [("finance", self.finance, "ready"), ("warehouse", self.stock, "waiting")],
        )
        mail = (
            self.env["mail.mail"]
            .search([("model", "=", "crm.complaint"), ("res_id", "=", complaint.id)])
            .filtered(lambda m: m.subject == "CMP/2026/00001: Baltic Boats")
        )
        people = self.finance | self.stock | self.sender | self.agent | self.leader
        self.assertEqual(mail.recipient_ids, people.partner_id)

    def _check_held(self, complaint, remedy):
        picking = remedy.sale_order_id.picking_ids
        picking.move_ids.picked = True
        self.env.flush_all()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            picking.with_user(self.stock).button_validate()
        self.env.invalidate_all()
        self.assertEqual((picking.state, picking.date_done), ("assigned", False))
        self.assertEqual(self._get_on_hand(), (50.0, 8.0))
        self.assertEqual((complaint.state, remedy.state), ("decided", "granted"))
        gate = complaint.step_ids[0]
        with self.assertRaises(AccessError):
            gate.with_user(self.stock).action_done()
        self.assertEqual(gate.state, "ready")

    def _check_shipped(self, complaint, remedy, picking):
        self.assertEqual(picking.state, "done")
        self.assertEqual(self._get_on_hand(), (46.0, 8.0))
        self.assertEqual(self._get_free(), (31.0, 8.0))
        self.assertEqual((complaint.state, remedy.state), ("inform", "done"))
        self.assertEqual(str(remedy.date_shipped), SHIPPED)
        self.assertEqual(complaint.step_ids.mapped("state"), ["done", "done"])
        # four at 35.00 have left the stock's value
        self.assertEqual(picking.move_ids.value, 140.0)
        if "carrier_tracking_ref" in picking._fields:
            self.assertEqual(remedy.tracking_ref, "TRACK-4711")
            self.assertIn("TRACK-4711", self._read_page(complaint))

    def _check_call(self, complaint):
        ((day, user, summary, note),) = self._get_calls(complaint)
        self.assertEqual((day, user), ("2026-03-12", self.agent))
        self.assertIn("CMP/2026/00001", summary)
        self.assertIn("+46 8 555 02 02", note)  # of the order's address
        self._call(complaint, "told", note="Thanks")
        self.assertEqual(complaint.state, "follow_up")

    def _check_follow_up(self, complaint):
        """Three days after shipping."""
        ((day, user, _summary, _note),) = self._get_calls(complaint)
        self.assertEqual((day, user), ("2026-03-15", self.agent))
        self._call(complaint, "received")
        self.assertEqual(complaint.state, "confirmed")
        self.assertFalse(self._get_calls(complaint))
        self.assertEqual(
            complaint.contact_ids.sorted("id").mapped("outcome"), ["told", "received"]
        )

    def _check_closed(self, complaint, remedy):
        with freeze_time("2026-03-16 10:00:00"):
            with self.assertRaises(UserError):
                complaint.with_user(self.agent).action_close()
            self.assertEqual(complaint.state, "confirmed")
            self._close(complaint)
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "closed",
                    "result": "resolved",
                    "user_id": self.agent.id,
                    "remedy_cost": 140.0,
                    "reopen_count": 0,
                    "skip_count": 0,
                    "decision_state": "kept",
                    "resolution_state": "kept",
                }
            ],
        )
        self.assertEqual((remedy.cost, remedy.amount_company), (140.0, 240.0))
        self.assertFalse(complaint.step_ids.filtered(lambda s: s.state != "done"))

    def _check_satisfaction(self, complaint):
        """Asked once a day later, answered by the link of the mail."""
        rule = self.env["crm.satisfaction.rule"].create(
            {
                "name": "Scene",
                "company_id": self.company.id,
                "survey_id": self.env.ref("crm_service.survey_csat").id,
                "date_from": "2026-03-01",
                "low_value": 2,
            }
        )
        for day in (16, 17, 18):
            with freeze_time(f"2026-03-{day} 11:00:00"):
                for job in ("plan", "send"):
                    cron = self.env.ref(f"crm_service.ir_cron_satisfaction_{job}")
                    cron.method_direct_trigger()
        request = rule.env["crm.satisfaction.request"].search(
            [("rule_id", "=", rule.id)]
        )
        self.assertEqual(len(request), 1)
        self.assertEqual(str(request.date_sent), "2026-03-17 11:00:00")
        mails = self.env["mail.mail"].search(
            [("model", "=", request._name), ("res_id", "=", request.id)]
        )
        self.assertEqual(mails.recipient_ids, self.ida)
        self.assertEqual(len(mails), 1)
        with freeze_time("2026-03-18 12:00:00"):
            self._answer(request, "5")
        score = complaint.satisfaction_score_ids
        self.assertEqual((score.value, score.commercial_partner_id), (5, self.customer))
        self.assertEqual(request.state, "answered")

    def _answer(self, request, value):
        """The customer opens the link of the e-mail; nobody is signed in."""
        self.authenticate(None, None)
        answer, survey = request.user_input_id, request.survey_id
        self.assertEqual(self.url_open(answer.get_start_url()).status_code, 200)
        tokens = f"{survey.access_token}/{answer.access_token}"
        for step, params in (
            ("begin", {}),
            ("submit", {str(survey.crm_score_question_id.id): value}),
            ("submit", {str(survey.crm_score_question_id.id): "1"}),
        ):
            self.make_jsonrpc_request(f"/survey/{step}/{tokens}", params)

    def _check_purchases(self, complaint):
        """What was replaced is no purchase; the next order is."""
        panel = self._get_panel(complaint)
        self.assertEqual((panel["order_count"], panel["amount"]), (27, 20800.0))
        with freeze_time("2026-04-10 09:00:00"):
            self.world.order(self.ida, "2026-04-10", 500)
            panel = self._get_panel(complaint)
        self.assertEqual((panel["order_count"], panel["amount"]), (28, 21300.0))
        self.assertEqual(panel["last_order"], "2026-04-10")

    def _check_cost(self, complaint):
        """Finance: from 11:30 to 13:30 with an hour of lunch, at 40.00 an hour."""
        self.assertEqual(
            complaint.step_ids.mapped("waiting_hours"), [0.5, 1.5], "until started"
        )
        self.assertEqual(complaint.step_ids.mapped("working_hours"), [1.0, 0.0])
        self.assertEqual((complaint.work_hours, complaint.work_cost), (1.0, 40.0))
        self.env.flush_all()
        row = self.env["crm.complaint.report"].search(
            [("complaint_id", "=", complaint.id)]
        )
        self.assertRecordValues(
            row,
            [
                {
                    "product_id": self.pail.id,
                    "quantity": 4.0,
                    "amount": 240.0,
                    "remedy_cost": 140.0,
                    "work_cost": 40.0,
                    "cost": 180.0,
                    "satisfaction": 100.0,
                }
            ],
        )

    def _check_recovery(self):
        """Closed in March, bought in April: seen when the 90 days are over."""
        recovery = self.env["crm.complaint.recovery"]
        march = [("company_id", "=", self.company.id), ("date", "=", "2026-03-01")]
        for day, known in (("2026-06-15", False), ("2026-07-05", True)):
            with freeze_time(f"{day} 09:00:00"):
                cron = self.env.ref("crm_service.ir_cron_complaint_recovery")
                cron.method_direct_trigger()
            self.assertEqual(bool(recovery.search(march)), known, day)
        row = recovery.search([*march, ("group_kind", "=", "complaint")])
        self.assertEqual((row.customer_count, row.buyer_count), (1, 1))
        self.assertEqual(row.segment_id.name, "A")
        self.assertEqual(row.satisfaction_class, "satisfied")
