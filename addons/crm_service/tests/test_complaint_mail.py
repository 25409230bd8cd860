from datetime import timedelta
from email.message import EmailMessage
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.crm_service.models.intake import (
    crm_complaint_mail,
    crm_complaint_mail_limit,
)
from odoo.addons.mail.tests.common import MailCommon

from .intake_common import IntakeCommon, make_picture


@tagged("post_install", "-at_install")
class TestComplaintMail(IntakeCommon, MailCommon):
    """Raw mails to the mailbox of a team: what becomes a complaint, and what not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["crm.service.team"].create(
            {"name": "Mail Desk", "alias_name": "care-test"}
        )
        cls.address = f"care-test@{cls.alias_domain}"
        cls.mail_number = 0

    def _build(self, sender, subject, text, files=(), **headers):
        message = EmailMessage()
        message["From"] = sender
        message["To"] = headers.pop("to", self.address)
        message["Subject"] = subject
        type(self).mail_number += 1
        number = headers.pop("message_id", f"<{self.mail_number}@x.example>")
        message["Message-Id"] = number
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(text)
        for name, data, kind in files:
            maintype, subtype = kind.split("/")
            message.add_attachment(
                data, maintype=maintype, subtype=subtype, filename=name
            )
        return message.as_bytes()

    def _receive(
        self,
        sender="Ida <IN_IDA@example.com>",
        subject="Late",
        text="It came late.",
        **kw,
    ):
        """Put a mail through the gateway; return the new complaints."""
        before = self.env["crm.complaint"].search([])
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(
                None, self._build(sender, subject, text, **kw)
            )
        return self.env["crm.complaint"].search([]) - before

    def _assert_ignored(self, reason, **kw):
        before = self._count()
        with patch.object(crm_complaint_mail._logger, "info") as log:
            self.assertFalse(self._receive(**kw))
        self.assertEqual(log.call_args.args[-1], reason)
        self.assertEqual(self._count(), before)
        self.assertNotSentEmail()

    # --- A NEW COMPLAINT

    def test_mail_of_a_customer_becomes_a_complaint(self):
        complaint = self._receive(
            subject="AW: Order INT-BERG-1 was late",
            text="Hello,\nit came late.\n",
            files=[("p.jpg", make_picture(), "image/jpeg")],
        )
        self.assertRecordValues(
            complaint,
            [
                {
                    "partner_id": self.ida.id,
                    "commercial_partner_id": self.berg.id,
                    "order_id": self.order.id,
                    "team_id": self.team.id,
                    "company_id": self.team.company_id.id,
                    "channel": "email",
                    "title": "Order INT-BERG-1 was late",
                    "state": "new",
                    "user_id": False,
                    "date_replied": False,
                }
            ],
        )
        self.assertIn("it came late.", complaint.description)
        self.assertEqual(complaint.message_ids.attachment_ids.mapped("name"), ["p.jpg"])

    def test_acknowledgement_names_number_and_promised_time(self):
        self.ida.write({"lang": "en_US", "tz": "Asia/Shanghai"})
        complaint = self._receive()
        self.assertTrue(complaint.is_acknowledged)
        self.assertTrue(complaint.deadline_reply)
        note = complaint.message_ids.filtered(
            lambda message: message.message_type == "auto_comment"
        )
        self.assertEqual(note.notified_partner_ids & self.ida, self.ida)
        self.assertIn(complaint.name, note.body)
        self.assertIn(complaint._get_promised_reply_text(), note.body)
        self.assertIn("+0800", complaint._get_promised_reply_text())
        self.assertIn(f"/my/complaints/{complaint.id}?access_token=", note.body)
        self.assertFalse(complaint.date_replied)

    def test_unknown_sender_is_answered_and_no_contact_is_made(self):
        contacts = self.env["res.partner"].search_count([])
        complaint = self._receive("Eve <eve@new.example>", subject="INT-BERG-1")
        self.assertFalse(complaint.partner_id)
        self.assertFalse(complaint.order_id)
        self.assertEqual(complaint.partner_name, "Eve")
        self.assertEqual(self.env["res.partner"].search_count([]), contacts)
        self.assertTrue(complaint.is_acknowledged)
        self.assertIn("INT-BERG-1", "".join(complaint.message_ids.mapped("body")))

    def test_order_of_another_customer_is_only_a_hint(self):
        complaint = self._receive(subject="INT-DIAZ-1 late")
        self.assertEqual(complaint.partner_id, self.ida)
        self.assertFalse(complaint.order_id)
        hints = "".join(complaint.message_ids.mapped("body"))
        self.assertIn("INT-DIAZ-1 of Diaz SA", hints)

    def test_several_customers_with_one_address(self):
        """The order decides; without one, who buys goes first, and it is said."""
        self.omar.email = self.ida.email
        complaint = self._receive(subject="INT-DIAZ-1 late")
        self.assertEqual(
            (complaint.partner_id, complaint.order_id), (self.omar, self.other_order)
        )
        complaint = self._receive(subject="late", text="Somewhere else")
        self.assertIn(
            "Several customers use this address",
            "".join(complaint.message_ids.mapped("body")),
        )

    def test_markup_and_marks_of_strangers_do_no_harm(self):
        complaint = self._receive(
            subject="\u202eLate <script>alert(1)</script>",
            text="漏了 <script>x</script>",
        )
        self.assertEqual(complaint.title, "Late <script>alert(1)</script>")
        bodies = "".join(complaint.message_ids.mapped("body"))
        self.assertNotIn("<script", bodies)

    def test_attachments_beyond_the_limits_are_left_out_and_named(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("crm_service.mail_attachment_max", "1")
        parameters.set_param("crm_service.mail_attachment_mb", "1")
        complaint = self._receive(
            files=[
                ("large.bin", b"x" * 1100000, "application/octet-stream"),
                ("a.jpg", make_picture(), "image/jpeg"),
                ("b.html", b"<script>alert(1)</script>", "text/html"),
            ]
        )
        self.assertEqual(complaint.message_ids.attachment_ids.mapped("name"), ["a.jpg"])
        notes = "".join(complaint.message_ids.mapped("body"))
        self.assertIn("large.bin (1074 kB)", notes)
        self.assertIn("b.html", notes)

    # --- WHAT IS NO COMPLAINT

    def test_machines_make_no_complaint(self):
        for reason, changes in (
            ("auto_reply", {"Auto_Submitted": "auto-replied"}),
            ("auto_reply", {"subject": "Out of office: back on Monday"}),
            ("auto_reply", {"X_Autoreply": "yes"}),
            ("list", {"List_Id": "<news.x.example>"}),
            ("list", {"Precedence": "bulk"}),
            ("spam", {"X_Spam_Flag": "YES"}),
            ("machine", {"sender": "no-reply@shop.example"}),
            ("own_address", {"sender": self.address}),
            ("no_sender", {"sender": "nobody"}),
        ):
            with self.subTest(changes=changes):
                self._assert_ignored(reason, **changes)

    def test_bounces_make_no_complaint(self):
        before = self._count()
        self.assertFalse(self._receive("MAILER-DAEMON@x.example", "Undelivered"))
        self.assertEqual(self._count(), before)

    def test_mailing_list_is_taken_where_settings_say_so(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("crm_service.is_list_refused", "0")
        self.assertEqual(len(self._receive(List_Id="<care.us.example>")), 1)

    def test_many_mails_of_one_sender_stop_making_complaints(self):
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", "3")
        made = [len(self._receive(text=f"Loop {n}")) for n in range(5)]
        self.assertEqual(made, [1, 1, 1, 0, 0])

    # --- TOO MANY

    def _set_limit(self, limit):
        self.env["ir.config_parameter"].set_param(
            "crm_service.mail_hourly_limit", str(limit)
        )
        self.head = new_test_user(
            self.env, "in_head", groups="crm_service.group_manager"
        )
        self.team.leader_id = self.head

    def _assert_not_answered(self, address):
        """The head of service may be told; whoever has written is not."""
        sent = [mail for mail in self._mails if address in str(mail["email_to"])]
        self.assertFalse(sent)

    def _get_hints(self, complaints):
        kind = self.env.ref("crm_service.mail_activity_type_many_mails")
        return complaints.activity_ids.filtered(lambda a: a.activity_type_id == kind)

    def test_mails_beyond_the_limit_are_notes_and_not_answered(self):
        self._set_limit(2)
        made = [self._receive(text=f"Flood {n}") for n in range(2)]
        self.assertEqual([len(complaint) for complaint in made], [1, 1])
        last = made[1]
        for number in range(2, 5):
            files = [("p.jpg", make_picture(), "image/jpeg")]
            self.assertFalse(self._receive(text=f"Flood {number}", files=files))
            self._assert_not_answered("in_ida@example.com")
        notes = "".join(last.message_ids.mapped("body"))
        for number in range(2, 5):
            self.assertIn(f"Flood {number}", notes)
        self.assertEqual(len(last.message_ids.attachment_ids), 3)
        hint = self._get_hints(made[0] | last)
        self.assertEqual((len(hint), hint.user_id), (1, self.head))
        self.assertEqual(hint.res_id, last.id)
        self.assertEqual(len(self._receive("jan <in_jan@example.com>")), 1)

    def test_limit_is_one_of_the_hour(self):
        self._set_limit(1)
        with freeze_time("2026-03-12 09:10:00"):
            self.assertEqual(len(self._receive(text="One")), 1)
            self.assertFalse(self._receive(text="Two"))
        with freeze_time("2026-03-12 10:00:00"):
            self.assertEqual(len(self._receive(text="Three")), 1)

    def test_mail_beyond_the_limit_ends_no_waiting(self):
        self._set_limit(1)
        complaint = self._receive(text="One")
        complaint.action_take()
        complaint.action_wait()
        self._receive(text="Two")
        self.assertTrue(complaint.is_waiting)

    def test_many_strangers_make_one_complaint_and_no_answers(self):
        self._set_limit(1)
        self.patch(crm_complaint_mail_limit, "STRANGER_FACTOR", 2)
        made = [
            self._receive(f"x{n}@forged.example", text=f"Junk {n}") for n in range(2)
        ]
        self.assertEqual([len(complaint) for complaint in made], [1, 1])
        collected = self._receive("x2@forged.example", text="Junk 2")
        self._assert_not_answered("forged.example")
        self.assertFalse(self._receive("x3@forged.example", text="Junk 3"))
        self._assert_not_answered("forged.example")
        self.assertRecordValues(
            collected,
            [
                {
                    "partner_id": False,
                    "email_from": False,
                    "team_id": self.team.id,
                    "is_acknowledged": False,
                    "user_id": False,
                }
            ],
        )
        notes = "".join(collected.message_ids.mapped("body"))
        for text in ("x2@forged.example", "Junk 2", "x3@forged.example", "Junk 3"):
            self.assertIn(text, notes)
        self.assertEqual(collected.activity_ids.user_id, self.head)
        self.assertEqual(len(collected.activity_ids), 1)
        self.assertEqual(len(self._receive()), 1, "who is known is heard")

    def test_no_limit_where_settings_say_so(self):
        self._set_limit(0)
        made = [len(self._receive(text=f"Flood {n}")) for n in range(12)]
        self.assertEqual(made, [1] * 12)

    # --- DUPLICATES

    def test_same_message_twice_makes_one_complaint(self):
        self.assertEqual(len(self._receive(message_id="<same@x.example>")), 1)
        self.assertFalse(self._receive(message_id="<same@x.example>"))

    def test_same_words_join_the_complaint_for_some_hours(self):
        complaint = self._receive()
        messages = len(complaint.message_ids)
        self.assertFalse(self._receive(subject="Re: LATE", text="It came  late."))
        self.assertEqual(len(complaint.message_ids), messages + 1)
        self.assertEqual(len(self._receive(text="And broken")), 1)
        self.assertEqual(len(self._receive("jan <in_jan@example.com>")), 1)
        complaint.date_received -= timedelta(hours=25)
        self.assertEqual(len(self._receive()), 1)

    # --- ANSWERS

    def _get_reference(self, complaint):
        note = complaint.message_ids.filtered(
            lambda message: message.message_type == "auto_comment"
        )
        return note.message_id

    def test_answer_joins_and_ends_the_waiting(self):
        complaint = self._receive()
        complaint.action_take()
        complaint.action_wait()
        reference = self._get_reference(complaint)
        self.assertFalse(
            self._receive(subject="Re: x", text="Here it is", In_Reply_To=reference)
        )
        self.assertIn("Here it is", complaint.message_ids[0].body)
        self.assertFalse(complaint.is_waiting)
        self.assertFalse(complaint.date_replied)

    def test_automatic_answer_joins_and_ends_no_waiting(self):
        complaint = self._receive()
        complaint.action_take()
        complaint.action_wait()
        self._receive(
            subject="Out of office",
            text="Back on Monday",
            In_Reply_To=self._get_reference(complaint),
            Auto_Submitted="auto-replied",
        )
        self.assertIn("Back on Monday", complaint.message_ids[0].body)
        self.assertTrue(complaint.is_waiting)

    def test_answer_to_a_merged_complaint_joins_the_one_that_remains(self):
        first, second = self._receive(), self._receive(text="Again: late!")
        reference = self._get_reference(second)
        first._merge(second)
        self._receive(subject="Re: x", text="What now?", In_Reply_To=reference)
        self.assertIn("What now?", first.message_ids[0].body)

    def test_mail_of_an_employee_is_the_first_reply(self):
        complaint = self._receive()
        self.team.member_ids = self.agent
        self._receive(
            "a@us.example",
            subject="Re: x",
            text="We look into it",
            In_Reply_To=self._get_reference(complaint),
        )
        self.assertTrue(complaint.date_replied)

    def test_agent_s_note_is_no_reply_and_his_message_is(self):
        complaint = self._receive()
        desk = complaint.with_user(self.agent)
        desk.message_post(body="Looks bad", subtype_xmlid="mail.mt_note")
        self.assertFalse(complaint.date_replied)
        desk.message_post(
            body="Sorry", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertTrue(complaint.date_replied)

    # --- THE MAILBOX

    def test_mailbox_follows_its_team_to_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        team = self.env["crm.service.team"].create(
            {"name": "Moving", "alias_name": "moving-test"}
        )
        team.company_id = other
        self.assertIn(f"'company_id': {other.id}", team.alias_id.alias_defaults)
        self.assertIn(f"'team_id': {team.id}", team.alias_id.alias_defaults)

    def test_agent_changes_no_mailbox(self):
        self.team.with_user(self.agent).write({"alias_name": "mine"})
        self.assertEqual(self.team.alias_name, "care-test")
        without = self.env["crm.service.team"].create({"name": "No mailbox"})
        with self.assertRaises(AccessError):
            without.with_user(self.agent).write({"alias_name": "mine"})
        self.assertFalse(without.alias_id)
