from odoo.tests import HttpCase, tagged

from .satisfaction_common import SatisfactionCommon


@tagged("post_install", "-at_install")
class TestSatisfactionLink(HttpCase, SatisfactionCommon):
    """The customer, without a login, by the link of the e-mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(
            survey_id=cls.nps.id, delay_days=0, cap_days=0, low_value=6
        )
        cls.request = cls._create_sent(cls.rule)
        cls.question = cls.nps.crm_score_question_id
        cls.words = cls.nps.question_ids - cls.question

    def _start(self):
        answer = self.request.user_input_id
        self.url_open(answer.get_start_url())
        return self._call("begin")

    def _call(self, step, **params):
        tokens = f"{self.nps.access_token}/{self.request.user_input_id.access_token}"
        return self.make_jsonrpc_request(f"/survey/{step}/{tokens}", params)

    def _submit(self, value, words=""):
        return self._call(
            "submit", **{str(self.question.id): value, str(self.words.id): words}
        )

    def test_customer_answers_once(self):
        page = self.url_open(self.request.user_input_id.get_start_url())
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.nps.title, page.text)
        self._start()
        self._submit("9", "Fast <script>alert(1)</script>")
        score = self.request.score_ids
        self.assertRecordValues(
            score,
            [{"value": 9, "nps_class": "promoter", "partner_id": self.buyer.id}],
        )
        self.assertEqual(score.comment, "Fast <script>alert(1)</script>")  # text field
        self.assertEqual(self.request.state, "answered")
        again = self._submit("0")
        self.assertEqual(again[1], {"error": "unauthorized"})
        retry = f"/survey/retry/{self.nps.access_token}"
        self.url_open(f"{retry}/{self.request.user_input_id.access_token}")
        self.assertEqual(self.request.score_ids.value, 9)
        self.assertEqual(
            len(
                self.nps.user_input_ids.filtered(
                    lambda answer: answer.partner_id == self.buyer
                )
            ),
            1,
        )

    def test_zero_is_an_answer(self):
        self._start()
        self._submit("0")
        self.assertEqual(self.request.score_ids.value, 0)
        self.assertEqual(self.request.score_ids.nps_class, "detractor")

    def test_hostile_numbers_are_refused(self):
        self._start()
        for value in ("11", "-1", "999999999999", "ten", "1e1", "9.5", ["9", "10"]):
            with self.subTest(value=value):
                _answers, error = self._submit(value)
                self.assertEqual(error["error"], "validation")
                self.assertIn(str(self.question.id), error["fields"])
        self.assertFalse(self.request.score_ids)
        self.assertEqual(self.request.state, "sent")
        self._submit("10")
        self.assertEqual(self.request.score_ids.value, 10)

    def test_page_of_the_complaint_links_to_it_until_it_is_answered(self):
        complaint = self.env["crm.complaint"].create(
            {"partner_id": self.buyer.id, "company_id": self.company_a.id}
        )
        self.assertFalse(complaint._get_portal_rating_url())
        self.request.complaint_id = complaint
        url = self.request.user_input_id.get_start_url()
        self.assertEqual(complaint._get_portal_rating_url(), url)
        self._start()
        self._submit("9")
        self.assertFalse(complaint._get_portal_rating_url())

    def test_link_ends_with_its_time(self):
        self._start()
        self.request.user_input_id.deadline = "2020-01-01"
        self.assertEqual(self._submit("9")[1], {"error": "answer_deadline"})
        self.assertFalse(self.request.score_ids)

    def test_foreign_token_shows_nothing(self):
        page = self.url_open(
            f"/survey/start/{self.nps.access_token}?answer_token=not-mine"
        )
        self.assertNotIn(self.question.title, page.text)
        page = self.url_open(f"/survey/start/{self.nps.access_token}")
        self.assertNotIn(self.question.title, page.text)

    def test_opt_out_asks_first(self):
        """Mail scanners follow every link: a GET changes nothing."""
        url = f"/satisfaction/opt-out/{self.request.access_token}"
        page = self.url_open(url)
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.company_a.name, page.text)
        self.assertNotIn(self.buyer.name, page.text)
        self.assertNotIn(self.buyer.email, page.text)
        self.assertFalse(self.buyer.satisfaction_opt_out)
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        self._create_complaint()
        self.rule._plan()
        page = self.url_open(url, data={"csrf_token": token})
        self.assertIn("crm_satisfaction_done", page.text)
        self.assertTrue(self.buyer.satisfaction_opt_out)
        self.assertFalse(self.acme.satisfaction_opt_out)
        planned = self.env["crm.satisfaction.request"].search(
            [("partner_id", "=", self.buyer.id), ("reason", "=", "opted_out")]
        )
        self.assertEqual(planned.mapped("state"), ["suppressed"])
        self.assertIn("Unsubscribed", str(self.buyer.message_ids.mapped("body")))

    def test_opt_out_needs_the_form(self):
        url = f"/satisfaction/opt-out/{self.request.access_token}"
        answer = self.url_open(url, data={"csrf_token": "forged"})
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.buyer.satisfaction_opt_out)

    def test_opt_out_of_nobody(self):
        self.authenticate(None, None)
        wrong = self.request.access_token[:-1] + "x"
        for token in (wrong, "1", "a" * 5000, "' OR 1=1 --", "%F0%9F%98%80"):
            with self.subTest(token=token[:20]):
                answer = self.url_open(f"/satisfaction/opt-out/{token}")
                self.assertEqual(answer.status_code, 404)
                self.assertNotIn(self.company_a.name, answer.text)
