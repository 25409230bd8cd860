from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .intake_common import IntakeCommon, make_picture


@tagged("post_install", "-at_install")
class TestComplaintPortal(IntakeCommon, HttpCase):
    """Lists, pages and answers: each customer his own, nobody anything else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls._create_complaint()
        cls.foreign = cls._create_complaint(cls.omar, title="Secret of Diaz")

    def _post(self, url, **data):
        data["csrf_token"] = Request.csrf_token(self)
        return self.url_open(url, data=data, allow_redirects=False)

    def _move_on(self, complaint, *actions):
        for action in actions:
            complaint._move(action)

    def test_page_shows_no_words_of_its_address(self):
        self.authenticate("in_ida", "in_ida")
        page = self.url_open(
            f"/my/complaints/{self.own.id}",
            params={"error_text": "Call 0900 666", "words": "Pay here"},
        )
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("0900 666", page.text)
        self.assertNotIn("Pay here", page.text)

    # --- WHO SEES WHAT

    def test_colleagues_of_one_customer_see_the_same_list(self):
        for login in ("in_ida", "in_jan"):
            self.authenticate(login, login)
            page = self.url_open("/my/complaints").text
            self.assertIn(self.own.name, page)
            self.assertNotIn("Secret of Diaz", page)

    def test_list_sorts_and_ignores_an_unknown_order(self):
        self.authenticate("in_ida", "in_ida")
        for sortby in ("date", "name", "state", "password", "id;--"):
            page = self.url_open("/my/complaints", params={"sortby": sortby})
            self.assertEqual(page.status_code, 200)
            self.assertIn(self.own.name, page.text)

    def test_home_counts_own_complaints(self):
        self._create_complaint(self.jan)
        self.authenticate("in_ida", "in_ida")
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["complaint_count"]}
        )
        self.assertEqual(counters, {"complaint_count": 2})
        self.assertIn("/my/complaints", self.url_open("/my").text)

    def test_foreign_and_unknown_numbers_give_the_same_answer(self):
        self.authenticate("in_ida", "in_ida")
        missing = self.foreign.id + 9999
        for number in (self.foreign.id, missing, 2**31, 10**30):
            page = self.url_open(f"/my/complaints/{number}")
            self.assertEqual(page.status_code, 404)
            self.assertNotIn("Secret", page.text)
        self.assertEqual(
            self.url_open(f"/my/complaints/{self.own.id}").status_code, 200
        )

    def test_visitor_needs_the_token_of_that_complaint(self):
        token, other = (
            self.own._portal_ensure_token(),
            self.foreign._portal_ensure_token(),
        )
        url = f"/my/complaints/{self.own.id}"
        self.assertEqual(self.url_open(url).status_code, 404)
        for wrong in ("", "x", other, token[:-1], "é"):
            page = self.url_open(url, params={"access_token": wrong})
            self.assertEqual(page.status_code, 404)
        page = self.url_open(url, params={"access_token": token})
        self.assertEqual(page.status_code, 200)
        self.assertIn("It came a week late.", page.text)

    def test_visitor_is_sent_to_the_login_for_list_and_form(self):
        for url in ("/my/complaints", "/my/complaints/new"):
            answer = self.url_open(url, allow_redirects=False)
            self.assertIn(answer.status_code, (302, 303))
            self.assertIn("/web/login", answer.headers["Location"])

    def test_complaint_without_customer_belongs_to_nobody(self):
        orphan = self._create_complaint(
            partner_id=False, email_from="in_ida@example.com"
        )
        self.authenticate("in_ida", "in_ida")
        page = self.url_open(f"/my/complaints/{orphan.id}")
        self.assertEqual(page.status_code, 404)

    def test_portal_user_reaches_no_model_by_rpc(self):
        portal = self.env["res.users"].search([("login", "=", "in_ida")])
        for record in (self.own, self.own.kind_id, self.env["crm.intake.limit"]):
            with self.assertRaises(AccessError):
                record.with_user(portal).search([])
        with self.assertRaises(AccessError):
            self.own.with_user(portal).read(["name"])

    # --- WHAT IS SHOWN

    def test_page_shows_status_promise_and_no_markup_of_strangers(self):
        self.own.description = "<script>alert(1)</script> 漏了"
        self.own.title = "<img src=x onerror=alert(1)>"
        self.own.sudo().deadline_reply = "2026-03-05 15:00:00"
        self.authenticate("in_ida", "in_ida")
        page = self.url_open(f"/my/complaints/{self.own.id}").text
        self.assertIn("&lt;script&gt;alert(1)&lt;/script&gt; 漏了", page)
        self.assertNotIn("<img src=x", page)
        self.assertIn("We have received it and will look into it soon.", page)
        self.assertIn("Reply due by", page)
        self.assertIn("03/05/2026 04:00", page)  # his own time zone

    def test_page_shows_the_reason_of_a_rejection(self):
        remedy = self.env["crm.complaint.remedy"].create(
            {
                "complaint_id": self.own.id,
                "remedy_type": "reject",
                "reason": "Stored outside <b>for a year</b>",
            }
        )
        self.authenticate("in_ida", "in_ida")
        url = f"/my/complaints/{self.own.id}"
        self.assertNotIn("Stored outside", self.url_open(url).text)
        self.patch(
            self.env.registry["crm.complaint"], "_check_verdicts", lambda *_args: None
        )
        self._move_on(self.own, "take", "decide")
        self.assertEqual(remedy.state, "done")
        page = self.url_open(url).text
        self.assertIn("Stored outside &lt;b&gt;for a year&lt;/b&gt;", page)
        self.assertIn("Rejection with Reason", page)

    def test_page_shows_an_amount_and_whether_taxes_are_in_it(self):
        self.env["crm.complaint.remedy"].create(
            {"complaint_id": self.own.id, "remedy_type": "discount", "amount": 12.5}
        )
        self.own.exception_reason = "Ours"
        self.authenticate("in_ida", "in_ida")
        url = f"/my/complaints/{self.own.id}"
        self.patch(
            self.env.registry["crm.complaint"], "_check_verdicts", lambda *_args: None
        )
        self._move_on(self.own, "take", "decide")
        page = self.url_open(url).text
        self.assertIn("12.50", page)
        self.assertIn("excluding taxes", page)

    def test_query_budget_of_the_list_does_not_grow(self):
        """20 complaints cost as many queries as 2."""
        self.authenticate("in_ida", "in_ida")
        url = "/my/complaints"
        self.url_open(url)
        counts = []
        for _round in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self.url_open(url).status_code, 200)
            counts.append(self.env.cr.sql_log_count - before)
            for number in range(18):
                self._create_complaint(title=f"More {number}")
        self.assertLessEqual(counts[1], counts[0] + 2)

    # --- WHAT HE ANSWERS

    def test_customer_confirms_once(self):
        self._move_on(self.own, "take", "decide", "tell")
        self.authenticate("in_ida", "in_ida")
        url = f"/my/complaints/{self.own.id}/answer"
        answer = self._post(url, answer="confirm", words="All <b>fine</b>")
        self.assertIn("answered=yes", answer.headers["Location"])
        self.assertEqual(self.own.state, "confirmed")
        said = self.own.message_ids.filtered(lambda m: m.author_id == self.ida)
        self.assertIn("All &lt;b&gt;fine&lt;/b&gt;", "".join(said.mapped("body")))
        answer = self._post(url, answer="confirm")
        self.assertIn("answered=late", answer.headers["Location"])
        self.assertEqual(self.own.state, "confirmed")

    def test_customer_denies_with_words_only(self):
        self._move_on(self.own, "take", "decide", "tell")
        self.authenticate("in_ida", "in_ida")
        url = f"/my/complaints/{self.own.id}/answer"
        page = self._post(url, answer="deny", words="  ")
        self.assertIn("Please tell us what is missing", page.text)
        self.assertEqual(self.own.state, "follow_up")
        self._post(url, answer="deny", words="Nothing came")
        self.assertEqual((self.own.state, self.own.reopen_count), ("progress", 1))

    def test_nobody_answers_for_another(self):
        self._move_on(self.foreign, "take", "decide", "tell")
        before = self._count()
        self.authenticate("in_ida", "in_ida")
        answer = self._post(
            f"/my/complaints/{self.foreign.id}/answer", answer="confirm"
        )
        self.assertEqual(answer.status_code, 404)
        self.assertEqual((self.foreign.state, self._count()), ("follow_up", before))

    def test_answers_that_make_no_sense_change_nothing(self):
        before = self._count()
        self.authenticate("in_ida", "in_ida")
        for answer in ("confirm", "deny", "close", "unlink", ""):
            self._post(
                f"/my/complaints/{self.own.id}/answer", answer=answer, words="Now!"
            )
        self.assertEqual((self.own.state, self._count()), ("new", before))

    def test_answer_without_the_form_s_secret_is_refused(self):
        self._move_on(self.own, "take", "decide", "tell")
        self.authenticate("in_ida", "in_ida")
        answer = self.url_open(
            f"/my/complaints/{self.own.id}/answer", data={"answer": "confirm"}
        )
        self.assertEqual(answer.status_code, 400)
        self.assertEqual(self.own.state, "follow_up")

    def test_visitor_with_the_link_of_the_mail_confirms(self):
        self._move_on(self.own, "take", "decide", "tell")
        self.authenticate(None, None)
        self._post(
            f"/my/complaints/{self.own.id}/answer",
            answer="confirm",
            access_token=self.own._portal_ensure_token(),
        )
        self.assertEqual(self.own.state, "confirmed")

    # --- MESSAGES BY THE HOST'S CHATTER

    def test_customer_writes_in_the_chatter_by_the_page_s_token(self):
        self.authenticate("in_jan", "in_jan")
        params = {
            "thread_model": "crm.complaint",
            "thread_id": self.own.id,
            "post_data": {"body": "When?", "message_type": "comment"},
            "token": self.own._portal_ensure_token(),
        }
        self.make_jsonrpc_request("/mail/message/post", params)
        self.assertIn("When?", self.own.message_ids[0].body)
        self.assertFalse(self.own.date_replied)

    # --- FILES IN MESSAGES

    def _upload(self, name, data, thread=None, **fields):
        """Upload a file as the portal's chatter does; return the answer."""
        thread = thread or self.own
        answer = self.url_open(
            "/mail/attachment/upload",
            data={
                "thread_id": thread.id,
                "thread_model": thread._name,
                "is_pending": "true",
                "token": self.own._portal_ensure_token(),
                "csrf_token": Request.csrf_token(self),
                **fields,
            },
            files={"ufile": (name, data)},
        )
        return answer.json()

    def _send(self, *attachment_ids):
        files = self.env["ir.attachment"].browse(attachment_ids)
        self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "crm.complaint",
                "thread_id": self.own.id,
                "post_data": {
                    "body": "See here",
                    "message_type": "comment",
                    "attachment_ids": files.ids,
                    "attachment_tokens": [
                        attachment._get_ownership_token() for attachment in files
                    ],
                },
                "token": self.own._portal_ensure_token(),
            },
        )
        return self.own.message_ids[0]

    def test_pictures_in_messages_are_drawn_anew(self):
        self.authenticate("in_ida", "in_ida")
        dirty = make_picture() + b"<script>alert(1)</script>"
        found = self._upload("evil.html", dirty)
        message = self._send(found["data"]["attachment_id"])
        self.assertIn("See here", message.body)
        (kept,) = message.attachment_ids
        self.assertEqual((kept.name, kept.mimetype), ("Picture-1.jpg", "image/jpeg"))
        self.assertNotIn(b"script", kept.raw)
        self.assertEqual((kept.res_model, kept.res_id), (self.own._name, self.own.id))

    def test_files_in_messages_are_refused_as_in_the_form(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("crm_service.picture_mb", "1")
        before = self.env["ir.attachment"].search_count([])
        self.authenticate("in_ida", "in_ida")
        large = make_picture() + b"x" * 1024 * 1024
        for name, data, text in (
            ("p.jpg", b"MZ\x90 program", "not a supported picture"),
            ("p.svg", b"<svg onload=alert(1)>", "not a supported picture"),
            ("p.pdf", b"%PDF-1.7", "not a supported picture"),
            ("p.jpg", b"", "is empty"),
            ("p.jpg", large, "too large"),
        ):
            for pending in ("true", "false"):
                with self.subTest(text=text, pending=pending):
                    found = self._upload(name, data, is_pending=pending)
                    self.assertIn(text, found["error"])
        self.assertEqual(self.env["ir.attachment"].search_count([]), before)

    def test_broken_picture_is_refused_with_the_message(self):
        self.authenticate("in_ida", "in_ida")
        found = self._upload("p.jpg", b"\xff\xd8\xff" + b"broken" * 9)
        before = len(self.own.message_ids)
        with (
            mute_logger("odoo.http"),
            self.assertRaisesRegex(JsonRpcException, "UserError"),
        ):
            self._send(found["data"]["attachment_id"])
        self.assertEqual(len(self.own.message_ids), before)

    def test_file_of_another_thread_is_looked_at_as_well(self):
        """What was uploaded for something else does not come in by the message."""
        portal = self.env["res.users"].search([("login", "=", "in_ida")])
        other = self.env["ir.attachment"].create(
            {
                "name": "run.exe",
                "raw": b"MZ\x90 program",
                "res_model": "mail.compose.message",
                "res_id": 0,
            }
        )
        self.env.cr.execute(
            "UPDATE ir_attachment SET create_uid = %s WHERE id = %s",
            [portal.id, other.id],
        )
        other.invalidate_recordset(flush=False)
        self.authenticate("in_ida", "in_ida")
        with (
            mute_logger("odoo.http"),
            self.assertRaisesRegex(JsonRpcException, "UserError"),
        ):
            self._send(other.id)
        self.assertEqual(other.res_model, "mail.compose.message")

    def test_file_waits_for_its_message(self):
        self.authenticate("in_ida", "in_ida")
        found = self._upload("p.jpg", make_picture(), is_pending="false")
        kept = self.env["ir.attachment"].browse(found["data"]["attachment_id"])
        self.assertEqual((kept.res_model, kept.res_id), ("mail.compose.message", 0))

    def test_too_many_files_of_one_sender(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("crm_service.hourly_limit", "1")
        parameters.set_param("crm_service.picture_max", "2")
        self.authenticate("in_ida", "in_ida")
        picture = make_picture()
        ids = [
            self._upload("p.jpg", picture)["data"]["attachment_id"] for _ in range(2)
        ]
        self.assertIn("too many files", self._upload("p.jpg", picture)["error"])
        self.assertEqual(len(self._send(*ids).attachment_ids), 2)

    def test_nobody_uploads_to_the_complaint_of_another(self):
        self.foreign._portal_ensure_token()
        self.authenticate("in_ida", "in_ida")
        before = self.env["ir.attachment"].search_count([])
        answer = self.url_open(
            "/mail/attachment/upload",
            data={
                "thread_id": self.foreign.id,
                "thread_model": "crm.complaint",
                "token": self.own._portal_ensure_token(),
                "csrf_token": Request.csrf_token(self),
            },
            files={"ufile": ("p.jpg", make_picture())},
        )
        self.assertEqual(answer.status_code, 404)
        self.assertEqual(self.env["ir.attachment"].search_count([]), before)

    def test_desk_attaches_what_it_likes(self):
        self.authenticate("in_agent", "in_agent")
        found = self._upload("offer.pdf", b"%PDF-1.7")
        self.assertTrue(found["data"]["attachment_id"])
