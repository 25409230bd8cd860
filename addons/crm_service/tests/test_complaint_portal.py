from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import HttpCase, tagged

from .intake_common import IntakeCommon


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
