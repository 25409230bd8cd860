from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .contact_common import NOW, ContactCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestComplaintCall(ContactCommon):
    """The customer is told, called again after three days, and says what he says."""

    # --- TOLD

    def test_agent_gets_one_call_when_everything_is_carried_out(self):
        order = self._create_order()
        complaint = self._create_complaint("inform", order_id=order.id)
        self.assertEqual(complaint.state, "inform")
        self.assertEqual(
            self._get_calls(complaint),
            [
                (
                    f"Call the customer: result of {complaint.name}",
                    "2026-03-12",
                    "call_agent",
                )
            ],
        )
        self.assertEqual(complaint.date_contact, date(2026, 3, 12))
        self.assertEqual(complaint.contact_phone, "+49 30 1004")  # of the delivery
        self.assertIn("+49 30 1004", complaint.activity_ids.note)
        self.assertIn(
            f"complaint {complaint.name} on order {order.name}",
            complaint.activity_ids.note,
        )

    def test_number_of_the_order_goes_before_that_of_the_customer(self):
        order = self._create_order()
        complaint = self._create_complaint(order_id=order.id, phone="0151 7")
        for contact, expected in (
            (self.ship_to, "+49 30 1001"),  # of the invoice
            (self.buyer, "0151 7"),
            (self.customer, "0151 7"),
        ):
            contact.phone = False
            complaint.invalidate_recordset(["contact_phone"])
            self.assertEqual(complaint.contact_phone, expected)
        complaint.phone = False
        self.assertFalse(complaint.contact_phone)
        self.customer.phone = "+49 30 1000"
        complaint.invalidate_recordset(["contact_phone"])
        self.assertEqual(complaint.contact_phone, "+49 30 1000")

    def test_invoice_contact_is_called_where_the_delivery_has_no_number(self):
        invoice_to = self.env["res.partner"].create(
            {
                "name": "Books",
                "parent_id": self.customer.id,
                "type": "invoice",
                "phone": "+49 30 1009",
            }
        )
        self.ship_to.phone = False
        order = self._create_order(partner_invoice_id=invoice_to.id)
        complaint = self._create_complaint(order_id=order.id)
        self.assertEqual(complaint.contact_phone, "+49 30 1009")

    def test_told_by_the_dialogue_starts_the_follow_up_three_days_later(self):
        complaint = self._create_complaint("inform").with_user(self.agent)
        action = complaint.action_log_call()
        dialogue = Form(
            self.env["crm.complaint.call"]
            .with_user(self.agent)
            .with_context(**action["context"])
        )
        self.assertEqual(dialogue.purpose, "result")
        self.assertEqual(dialogue.phone, "+49 30 1001")
        dialogue.note = "Thanks"
        dialogue.duration = 4
        dialogue.save().action_told()
        self.assertEqual(complaint.state, "follow_up")
        self.assertEqual(complaint.date_contact, date(2026, 3, 15))
        self.assertEqual(
            self._get_calls(complaint),
            [
                (
                    f"Follow-up call: is everything all right with {complaint.name}?",
                    "2026-03-15",
                    "call_agent",
                )
            ],
        )
        self.assertEqual(len(self._get_calls(complaint, active=False)), 1)
        row = complaint.contact_ids
        self.assertEqual(
            (row.purpose, row.outcome, row.phone, row.note, row.duration),
            ("result", "told", "+49 30 1001", "Thanks", 4.0),
        )
        self.assertEqual(row.user_id, self.agent)
        self.assertEqual(row.partner_id, self.customer)

    def test_who_was_told_has_got_a_first_reply(self):
        told, earlier = (self._create_complaint("inform") for _one in range(2))
        earlier.with_user(self.agent).action_reply()
        with freeze_time("2026-03-12 12:00:00"):
            for complaint in told | earlier:
                complaint.with_user(self.agent).log_call("told")
        self.assertEqual(told.date_replied, told.date_told)
        self.assertLess(earlier.date_replied, earlier.date_told)

    def test_button_without_a_call_leaves_its_row_in_the_log(self):
        complaint = self._create_complaint("inform").with_user(self.agent)
        complaint.action_tell()
        complaint.action_receive()
        self.assertEqual(
            self._get_log(complaint),
            [("result", "told", "call_agent"), ("follow_up", "received", "call_agent")],
        )

    def test_agent_who_confirms_for_the_customer_is_on_record(self):
        complaint = self._create_complaint("inform").with_user(self.agent)
        complaint.action_confirm()
        self.assertEqual(
            self._get_log(complaint), [("result", "received", "call_agent")]
        )

    # --- DAYS

    def test_days_of_the_kind_go_before_those_of_the_team(self):
        self.team.follow_up_days = 5
        self.assertEqual(
            self._create_complaint("follow_up").date_contact, date(2026, 3, 17)
        )
        self.kind.follow_up_days = 1
        self.assertEqual(
            self._create_complaint("follow_up").date_contact, date(2026, 3, 13)
        )

    def test_working_days_leave_out_the_weekend_and_holidays(self):
        self.team.is_follow_up_in_working_days = True
        self.team.calendar_id = self.env["resource.calendar"].create(
            {"name": "Office", "company_id": self.company.id, "tz": "UTC"}
        )
        complaint = self._create_complaint("follow_up")
        self.assertEqual(complaint.date_contact, date(2026, 3, 17))  # Fri, Mon, Tue
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "company_id": self.company.id,
                "calendar_id": self.team.calendar_id.id,
                "date_from": "2026-03-16 00:00:00",
                "date_to": "2026-03-16 23:59:59",
            }
        )
        complaint = self._create_complaint("follow_up")
        self.assertEqual(complaint.date_contact, date(2026, 3, 18))

    def test_days_count_from_shipping_or_delivery(self):
        self.patch(
            self.env.registry["crm.complaint"],
            "_get_shipping_day",
            lambda self: date(2026, 3, 10),
        )
        complaint = self._create_complaint("follow_up")
        self.assertEqual(complaint.date_contact, date(2026, 3, 13))
        self.team.follow_up_from = "delivered"
        complaint = self._create_complaint("inform")
        complaint.date_delivered = date(2026, 3, 12)
        complaint.log_call("told")
        self.assertEqual(complaint.date_contact, date(2026, 3, 15))
        self.kind.follow_up_from = "shipped"
        complaint = self._create_complaint("inform")
        complaint.date_delivered = date(2026, 3, 12)
        complaint.log_call("told")
        self.assertEqual(complaint.date_contact, date(2026, 3, 13))

    # --- ANSWERS

    def test_received_confirms_and_ends_all_calls(self):
        complaint = self._create_complaint("follow_up")
        with freeze_time("2026-03-15 10:00:00"):
            complaint.log_call("received", note="All fine")
        self.assertEqual(complaint.state, "confirmed")
        self.assertFalse(self._get_calls(complaint))
        self.assertFalse(complaint.date_contact)
        self.assertEqual(
            self._get_log(complaint),
            [("result", "told", "call_agent"), ("follow_up", "received", "call_agent")],
        )

    def test_customer_who_says_so_at_once_needs_no_second_call(self):
        complaint = self._create_complaint("inform")
        complaint.log_call("received")
        self.assertEqual(complaint.state, "confirmed")
        self.assertEqual(
            self._get_log(complaint), [("result", "received", "call_agent")]
        )

    def test_not_received_reopens_alerts_and_writes_to_the_head(self):
        complaint = self._create_complaint("follow_up")
        mails = self.env["mail.mail"].sudo().search([])
        complaint.log_call("not_received", note="Nothing came")
        self.assertEqual((complaint.state, complaint.reopen_count), ("progress", 1))
        self.assertFalse(self._get_calls(complaint))
        warning = self.env.ref("mail.mail_activity_data_warning")
        alert = complaint.activity_ids.filtered(
            lambda a: a.user_id == self.head and a.activity_type_id == warning
        )
        self.assertEqual(alert.summary, "Reopened: the customer is not satisfied")
        self.assertIn("Nothing came", alert.note)
        sent = self.env["mail.mail"].sudo().search([]) - mails
        sent = sent.filtered(lambda m: "is not satisfied" in (m.subject or ""))
        self.assertEqual(
            sent.recipient_ids, self.head.partner_id | self.agent.partner_id
        )
        self.assertIn("Nothing came", sent[0].body_html)

    def test_denial_needs_what_the_customer_says(self):
        complaint = self._create_complaint("follow_up")
        with self.assertRaisesRegex(UserError, "what the customer says"):
            complaint.log_call("not_received", note=" ")
        self.assertEqual(complaint.state, "follow_up")
        self.assertEqual(len(complaint.contact_ids), 1)

    def test_unreachable_is_tried_again_then_the_head_decides(self):
        complaint = self._create_complaint("follow_up")
        self.team.write({"follow_up_retries": 2, "retry_days": 2})
        for day, expected in (("15", "17"), ("17", "19")):
            with freeze_time(f"2026-03-{day} 10:00:00"):
                complaint.log_call("unreachable")
            self.assertEqual(complaint.date_contact, date(2026, 3, int(expected)))
            self.assertEqual(
                [call[1] for call in self._get_calls(complaint)],
                [f"2026-03-{expected}"],
            )
        with freeze_time("2026-03-19 10:00:00"):
            complaint.log_call("unreachable")
        self.assertEqual(complaint.state, "follow_up")
        self.assertTrue(complaint.is_leader_asked)
        self.assertEqual(complaint.unreachable_count, 3)
        self.assertFalse(self._get_calls(complaint))
        self.assertEqual(
            complaint.activity_ids.mapped(lambda a: (a.summary, a.user_id.login)),
            [("The customer cannot be reached", "call_head")],
        )
        complaint.with_user(self.head).action_skip("Wrote a letter")
        self.assertEqual(complaint.state, "confirmed")
        self.assertFalse(complaint.activity_ids)
        self.assertFalse(complaint.is_leader_asked)

    def test_head_who_reaches_the_customer_ends_the_alarm(self):
        complaint = self._create_complaint("follow_up")
        self.team.follow_up_retries = 0
        complaint.log_call("unreachable")
        complaint.with_user(self.head).log_call("asked_back", next_date="2026-03-20")
        self.assertFalse(complaint.is_leader_asked)
        self.assertEqual(
            [(call[1], call[2]) for call in self._get_calls(complaint)],
            [("2026-03-20", "call_agent")],
        )

    def test_customer_chooses_the_day_of_the_next_call(self):
        complaint = self._create_complaint("inform")
        complaint.log_call("asked_back", next_date=date(2026, 3, 18))
        self.assertEqual(complaint.state, "inform")
        self.assertEqual(
            [call[1] for call in self._get_calls(complaint)], ["2026-03-18"]
        )
        self.assertEqual(complaint.unreachable_count, 0)

    def test_answer_that_makes_no_sense_changes_nothing(self):
        complaint = self._create_complaint("follow_up")
        for state, outcome in (("follow_up", "told"), ("follow_up", "nonsense")):
            with self.assertRaises(UserError):
                complaint.log_call(outcome)
            self.assertEqual(complaint.state, state)
        self.assertEqual(len(complaint.contact_ids), 1)
        with self.assertRaisesRegex(UserError, "not waiting for a call"):
            self._create_complaint().action_log_call()

    # --- THE LIST OF THE AGENT

    def test_another_agent_or_day_takes_the_call_along(self):
        complaint = self._create_complaint("follow_up")
        complaint.write({"user_id": self.head.id})
        complaint.write({"date_contact": "2026-03-16"})
        self.assertEqual(
            [(call[1], call[2]) for call in self._get_calls(complaint)],
            [("2026-03-16", "call_head")],
        )

    def test_customer_who_confirms_himself_ends_the_calls(self):
        for state in ("inform", "follow_up"):
            complaint = self._create_complaint(state)
            logged = len(complaint.contact_ids)
            complaint.sudo().action_confirm()  # as the portal does for the customer
            self.assertEqual(complaint.state, "confirmed")
            self.assertFalse(self._get_calls(complaint))
            self.assertEqual(len(complaint.contact_ids), logged)

    def test_closing_needs_confirmation_and_a_final_result(self):
        complaint = self._create_complaint("follow_up")
        complaint.write({"result": "resolved", "result_note": "Sent again"})
        complaint.cause_id = self.env.ref("crm_service.crm_complaint_cause_carrier")
        with self.assertRaises(UserError):
            complaint.action_close()
        self.assertEqual(complaint.state, "follow_up")
        complaint.log_call("received")
        complaint.result_note = False
        with self.assertRaisesRegex(UserError, "no final result"):
            complaint.action_close()
        complaint.result_note = "Sent again"
        complaint.action_close()
        self.assertEqual(complaint.state, "closed")

    # --- RIGHTS

    def test_who_may_call_and_who_may_read(self):
        complaint = self._create_complaint("inform")
        for user in (self.stranger, self.rep, self.other):
            with self.assertRaises(AccessError):
                complaint.with_user(user).log_call("told")
        self.assertEqual(complaint.state, "inform")
        complaint.log_call("told")
        logs = self.env["crm.complaint.contact"]
        for user, expected in (
            (self.agent, 1),
            (self.head, 1),
            (self.rep, 1),
            (self.stranger, 0),
            (self.other, 0),
        ):
            found = logs.with_user(user).search([("complaint_id", "=", complaint.id)])
            self.assertEqual(len(found), expected, user.login)
        row = complaint.contact_ids.with_user(self.head)
        with self.assertRaises(AccessError):
            row.note = "He was content"
        with self.assertRaises(AccessError):
            row.unlink()
        with self.assertRaises(AccessError):
            logs.with_user(self.agent).create(
                {
                    "complaint_id": complaint.id,
                    "purpose": "follow_up",
                    "outcome": "received",
                }
            )
        with self.assertRaises(AccessError):
            complaint.with_user(self.agent).write({"unreachable_count": 0})
        self.assertEqual(len(complaint.contact_ids), 1)

    # --- MERGE

    def test_calls_follow_the_customer_who_remains(self):
        twin = self.env["res.partner"].create({"name": "Twin", "is_company": True})
        complaint = self._create_complaint("follow_up", partner_id=twin.id)
        self.assertEqual(complaint.contact_ids.partner_id, twin)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((twin + self.customer).ids, self.customer)
        self.env.invalidate_all()
        self.assertEqual(complaint.contact_ids.partner_id, self.customer)
        self.assertEqual(len(self._get_calls(complaint)), 1)

    # --- SCRIPTS

    def test_script_of_the_kind_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        script = self.env["crm.complaint.script"].create(
            {
                "name": "Leak",
                "purpose": "result",
                "kind_id": self.kind.id,
                "body": "Hello {{ contact }} of {{customer}}: {{ result }}",
            }
        )
        script.with_context(lang="fr_FR").body = "Bonjour {{ contact }}"
        complaint = self._create_complaint("inform", line_ids=[])
        complaint.result_note = "<b>{{ agent }}</b>"
        self.assertEqual(
            complaint.call_script, "Hello Berta of Foundry: <b>{{ agent }}</b>"
        )
        self.buyer.lang = "fr_FR"
        complaint.invalidate_recordset(["call_script"])
        self.assertEqual(complaint.call_script, "Bonjour Berta")
        self.buyer.lang = "en_US"
        note = complaint._get_call_note(self.agent)
        self.assertIn("&lt;b&gt;{{ agent }}&lt;/b&gt;", str(note))

    def test_script_with_unknown_words_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "password"):
            self.env["crm.complaint.script"].with_user(self.head).create(
                {"name": "Bad", "purpose": "result", "body": "{{ password }}"}
            )
        with self.assertRaises(AccessError):
            self.env["crm.complaint.script"].with_user(self.agent).create(
                {"name": "Mine", "purpose": "result", "body": "Hello"}
            )
