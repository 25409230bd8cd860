import io

from odoo.exceptions import AccessError, UserError
from odoo.http import Request
from odoo.tests import Form, HttpCase, freeze_time, tagged

from .complaint_scene import ComplaintScene, make_picture

# Thursday; the desk works from 8 to 12 and from 13 to 17, UTC
MORNING = "2026-03-12 09:00:00"
SHIPPED = "2026-03-12 15:00:00"


class ComplaintScenario(ComplaintScene, HttpCase):
    """The steps of the story, each as the person who does it."""

    # --- THE CUSTOMER

    def _report(self, wish="replacement", quantity="4"):
        """Ida sends the form of the portal with a picture; return the complaint."""
        self.authenticate("scene_ida", "scene_ida")
        answer = self.url_open(
            "/my/complaints/new/send",
            data={
                "csrf_token": Request.csrf_token(self),
                "form_token": "0123456789abcdef" * 2,
                "kind_id": self.kind.id,
                "order_id": self.order.id,
                f"quantity_{self.order.order_line.id}": quantity,
                f"lot_{self.order.order_line.id}": self.lot.id,
                "title": "The parcel leaked",
                "description": "Four pails have leaked into the box.",
                "wish": wish,
                "phone": "+46 8 555 01 01",
            },
            files=[("pictures", ("box.jpg", io.BytesIO(make_picture()), "image/jpeg"))],
        )
        self.assertEqual(answer.status_code, 200)
        return self.env["crm.complaint"].search(
            [("commercial_partner_id", "=", self.customer.id)], limit=1
        )

    def _read_page(self, complaint):
        self.authenticate("scene_ida", "scene_ida")
        return self.url_open(f"/my/complaints/{complaint.id}").text

    # --- THE DESK

    def _propose(self, complaint, remedy_type, **vals):
        """The agent takes it and proposes a remedy for all that leaked."""
        desk = complaint.with_user(self.agent)
        desk.action_take()
        return (
            self.env["crm.complaint.remedy"]
            .with_user(self.agent)
            .create({**desk._prepare_remedy_vals(remedy_type), **vals})
            .sudo()
        )

    def _decide(self, complaint):
        complaint.with_user(self.head).action_decide()

    def _approve(self, complaint):
        step = complaint.step_ids.filtered(
            lambda s: s.department == "finance" and s.state == "ready"
        )
        step.with_user(self.finance).action_done()

    def _ship(self, remedy):
        """The storeman picks what is reserved and validates the transfer."""
        picking = remedy.sale_order_id.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )
        picking = picking.with_user(self.stock)
        if "carrier_tracking_ref" in picking._fields:
            picking.carrier_tracking_ref = "TRACK-4711"
        picking.move_ids.picked = True
        picking.button_validate()
        return picking.sudo()

    def _bring_to_told(self):
        """Return complaint and remedy, shipped and told."""
        complaint = self._report()
        remedy = self._propose(complaint, "replacement")
        self._decide(complaint)
        self._approve(complaint)
        self._ship(remedy)
        self._call(complaint, "told")
        return complaint, remedy

    def _call(self, complaint, answer, **vals):
        """The agent logs a call and presses what the customer answered."""
        desk = complaint.with_user(self.agent)
        context = desk.action_log_call()["context"]
        dialogue = desk.env["crm.complaint.call"].with_context(**context).create(vals)
        getattr(dialogue, f"action_{answer}")()

    def _close(self, complaint):
        cause = self.env.ref("crm_service.crm_complaint_cause_carrier")
        with Form(complaint.with_user(self.agent)) as form:
            form.cause_id = cause
            form.result = "resolved"
            form.result_note = "Four pails sent again"
        complaint.with_user(self.agent).action_close()

    # --- FIGURES

    def _get_panel(self, complaint, user=None):
        self.env.invalidate_all()
        return complaint.with_user(user or self.agent).customer_panel

    def _count_entries(self):
        return self.env["account.move"].search_count(
            [("company_id", "=", self.company.id)]
        )

    def _get_entry(self, move):
        """Return {(account type, tax line?): balance} of a journal entry."""
        items = {}
        for line in move.line_ids:
            key = line.account_id.account_type, bool(line.tax_line_id)
            items[key] = round(items.get(key, 0.0) + line.balance, 2)
        return items

    def _get_calls(self, complaint):
        """Return (day, user, summary, note) of the calls on somebody's list."""
        call = self.env.ref("mail.mail_activity_data_call")
        return [
            (str(a.date_deadline), a.user_id, a.summary, a.note)
            for a in complaint.activity_ids
            if a.activity_type_id == call
        ]


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
        with freeze_time("2026-03-12 13:00:00"):
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
        self._check_purchases(complaint)

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

    # --- OTHER WAYS IT GOES

    def test_goods_that_leave_are_valued_as_the_host_does(self):
        """Where customers' stock has an account, shipping four costs 4 x 35.00."""
        expense = self.env["account.account"].search(
            [
                ("account_type", "=", "expense"),
                ("company_ids", "in", self.company.ids),
            ],
            limit=1,
        )
        complaint = self._report()
        remedy = self._propose(complaint, "replacement")
        self._decide(complaint)
        self._approve(complaint)
        moves = remedy.sale_order_id.picking_ids.move_ids
        moves.location_dest_id.valuation_account_id = expense
        entry = self._ship(remedy).move_ids.account_move_id
        stock = self.pail._get_product_accounts()["stock_valuation"]
        self.assertEqual(
            {line.account_id: line.balance for line in entry.line_ids},
            {stock: -140.0, expense: 140.0},
        )
        self.assertEqual(entry.state, "posted")
        self.assertEqual(remedy.cost, 140.0)

    def test_money_back(self):
        """4 x 60.00 and 15 % tax: 276.00 to the customer, 240.00 cost us."""
        complaint = self._report(wish="refund")
        remedy = self._propose(complaint, "refund")
        self._decide(complaint)
        note = remedy.move_ids
        self.assertEqual((note.state, note.reversed_entry_id), ("draft", self.invoice))
        with self.assertRaises(AccessError):
            complaint.step_ids.with_user(self.head).action_done()
        self.assertEqual(note.state, "draft")
        self._approve(complaint)
        self.assertEqual((note.state, remedy.state), ("posted", "done"))
        self.assertEqual(complaint.state, "inform")
        # the host takes back the cost of what was sold with it: 4 x 35.00
        self.assertEqual(
            self._get_entry(note),
            {
                ("asset_receivable", False): -276.0,
                ("income", False): 240.0,
                ("liability_current", True): 36.0,
                ("asset_current", False): 140.0,
                ("expense", False): -140.0,
            },
        )
        self.assertEqual((note.amount_untaxed, note.amount_total), (240.0, 276.0))
        self.assertEqual(complaint.remedy_cost, 240.0)
        self.assertEqual(self._get_on_hand(), (50.0, 8.0))
        panel = self._get_panel(complaint)
        # 1,590.00 less 276.00 is owed; 20,800.00 less 240.00 was bought
        self.assertEqual((panel["due"], panel["overdue"]), (1314.0, 900.0))
        self.assertEqual((panel["order_count"], panel["amount"]), (27, 20560.0))

    def test_not_received_reopens_and_nothing_is_shipped_twice(self):
        complaint, remedy = self._bring_to_told()
        with freeze_time("2026-03-15 09:00:00"):
            self._call(complaint, "not_received", note="No parcel has come")
        self.assertEqual((complaint.state, complaint.reopen_count), ("progress", 1))
        alert = complaint.activity_ids.filtered(lambda a: a.user_id == self.head)
        self.assertIn("No parcel has come", alert.note)
        orders = self.env["sale.order"].search([("crm_remedy_id", "=", remedy.id)])
        remedy.with_user(self.head).action_retry()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._propose_again(complaint)
        self.env.invalidate_all()
        self.assertEqual((complaint.state, complaint.remedy_ids), ("progress", remedy))
        self.assertEqual(
            self.env["sale.order"].search([("crm_remedy_id", "!=", False)]), orders
        )
        self.assertEqual(self._get_on_hand(), (46.0, 8.0))
        self.assertEqual(complaint.remedy_cost, 140.0)

    def _propose_again(self, complaint):
        vals = complaint.with_user(self.agent)._prepare_remedy_vals("replacement")
        remedies = self.env["crm.complaint.remedy"].with_user(self.agent)
        return remedies.create(vals).sudo()
