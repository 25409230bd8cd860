from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users

from .satisfaction_common import SatisfactionCommon


@tagged("post_install", "-at_install")
class TestSatisfactionSend(SatisfactionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(
            delay_days=0, cap_days=0, reminder_days=5, expire_days=30
        )

    def test_email_carries_the_personal_link_and_the_way_out(self):
        request = self._create_sent(self.rule)
        self.assertEqual(request.state, "sent")
        self.assertEqual(request.email, "bea@acme.example")
        mail = self._get_mails(request)
        self.assertEqual(mail.recipient_ids, self.buyer)
        self.assertEqual(mail.state, "outgoing")
        self.assertIn(request.user_input_id.get_start_url(), mail.body_html)
        self.assertIn(f"/satisfaction/opt-out/{request.access_token}", mail.body_html)
        self.assertIn(request.access_token, mail.headers)
        self.assertIn(request.complaint_id.name, mail.body_html)
        self.assertEqual(request.user_input_id.deadline, request.date_expiry)

    def test_email_is_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.ces.with_context(lang="fr_FR").title = "C'était facile ?"
        self.buyer.lang = "fr_FR"
        request = self._create_sent(self.rule)
        self.assertEqual(self._get_mails(request).subject, "C'était facile ?")
        self.assertEqual(request.user_input_id.lang_id.code, "fr_FR")

    def test_nobody_gets_two_emails(self):
        request = self._create_sent(self.rule)
        with self.enter_registry_test_mode():
            self._run_cron("send")
            self._run_cron("send")
        self.assertEqual(len(self._get_mails(request)), 1)

    def test_reminder_comes_once(self):
        request = self._create_sent(self.rule)
        self._pass_days(request, 5)
        request._do_due()
        self.assertEqual(request.state, "reminded")
        self.assertTrue(request.date_reminded)
        self.assertEqual(len(self._get_mails(request)), 2)
        self._pass_days(request, 10)
        request._do_due()
        self.assertEqual(len(self._get_mails(request)), 2)
        self.assertEqual(request.state, "reminded")
        self._pass_days(request, 20)
        request._do_due()
        self.assertEqual((request.state, request.date_next), ("expired", False))

    def test_no_reminder_where_the_rule_wants_none(self):
        self.rule.reminder_days = 0
        request = self._create_sent(self.rule)
        self.assertEqual(request.date_next, request.date_expiry)

    def test_who_opted_out_since_is_not_reminded(self):
        request = self._create_sent(self.rule)
        self.buyer.satisfaction_opt_out = True
        self._pass_days(request, 5)
        request._do_due()
        self.assertEqual(request.state, "sent")
        self.assertEqual(len(self._get_mails(request)), 1)

    def test_reasons_not_to_ask(self):
        def archive(partner):
            partner.active = False

        def opt_out(partner):
            partner.satisfaction_opt_out = True

        def opt_out_elsewhere(partner):
            self._create_partner(
                "Twin", email=partner.email.upper(), satisfaction_opt_out=True
            )

        def forget_email(partner):
            partner.email = "no address"

        def blacklist(partner):
            self.env["mail.blacklist"]._add(partner.email)

        for change, reason in (
            (archive, "archived"),
            (opt_out, "opted_out"),
            (opt_out_elsewhere, "opted_out"),
            (forget_email, "no_email"),
            (blacklist, "blacklisted"),
        ):
            with self.subTest(change=change.__name__):
                partner = self._create_partner(
                    change.__name__, email=f"{change.__name__}@example.com"
                )
                self._create_complaint(partner)
                self.rule._plan()
                request = self._get_requests(self.rule).filtered(
                    lambda request, partner=partner: request.partner_id == partner
                )
                change(partner)
                request._do_due()
                self.assertEqual(
                    (request.state, request.reason), ("suppressed", reason)
                )
                self.assertFalse(self._get_mails(request))
                self.assertFalse(request.user_input_id)

    def test_customer_is_not_asked_too_often(self):
        """The cap is that of the customer: another contact of his counts."""
        self.rule.cap_days = 30
        colleague = self._create_partner(
            "Cai", parent_id=self.acme.id, email="cai@acme.example"
        )
        first = self._create_complaint(self.buyer)
        second = self._create_complaint(colleague)
        self.rule._plan()
        requests = self._get_requests(self.rule).sorted("id")
        requests._do_due()
        by_complaint = {request.complaint_id: request for request in requests}
        states = [by_complaint[complaint].state for complaint in (first, second)]
        self.assertEqual(sorted(states), ["sent", "suppressed"])
        self.assertEqual(requests.filtered("reason").reason, "cap")
        self._pass_days(requests.filtered("date_sent"), 30)
        later = self._create_sent(self.rule, colleague)
        self.assertEqual(later.state, "sent")

    def test_complaint_opened_again_waits_for_its_end(self):
        complaint = self._create_complaint()
        self.rule._plan()
        request = self._get_requests(self.rule)
        self._set_state(complaint, "progress")
        with self.enter_registry_test_mode():
            self._run_cron("send")
        self.assertEqual(request.state, "planned")
        self._set_state(complaint, "closed")
        with self.enter_registry_test_mode():
            self._run_cron("send")
        self.assertEqual(request.state, "sent")

    def test_archived_rule_or_questionnaire_asks_nobody(self):
        self._create_complaint()
        self.rule._plan()
        self.rule.active = False
        request = self._get_requests(self.rule)
        request._do_due()
        self.assertEqual((request.state, request.reason), ("suppressed", "closed"))

    def test_job_sends_more_than_a_batch_and_survives_a_poison(self):
        partners = self.env["res.partner"].create(
            [
                {"name": f"P{index}", "email": f"p{index}@example.com"}
                for index in range(5)
            ]
        )
        for partner in partners:
            self._create_complaint(partner)
        self.rule._plan()
        requests = self._get_requests(self.rule)
        poison = requests[2]
        send = type(poison)._send_mail

        def fail(request, is_reminder):
            if request == poison:
                raise ValueError("broken template")
            return send(request, is_reminder)

        module = "odoo.addons.crm_service.models.satisfaction"
        with (
            patch.object(type(poison), "_send_mail", fail),
            patch(f"{module}.crm_satisfaction_request_send.BATCH_SIZE", 2),
            self.assertLogs(module, "WARNING"),
            self.enter_registry_test_mode(),
        ):
            self._run_cron("send")
        good = requests - poison
        self.assertEqual(set(good.mapped("state")), {"sent"})
        self.assertEqual(len(self._get_mails(good)), 4)
        self.assertEqual((poison.state, poison.attempts), ("planned", 1))
        self.assertIn("broken template", poison.error)
        self.assertFalse(self._get_mails(poison))
        poison._do_due()
        self.assertEqual((poison.state, poison.error), ("sent", False))

    def test_hopeless_request_is_given_up(self):
        self._create_complaint()
        self.rule._plan()
        request = self._get_requests(self.rule)
        with (
            patch.object(type(request), "_send_mail", side_effect=ValueError("no")),
            self.assertLogs("odoo.addons.crm_service", "WARNING"),
        ):
            for _attempt in range(5):
                request._do_due()
        self.assertEqual((request.state, request.reason), ("suppressed", "failed"))
        self.assertEqual(request.error, "no")

    @users("sat_mgr")
    def test_manager_sends_now_or_not_at_all(self):
        system = self.rule.env
        self.rule.delay_days = 9
        for _number in range(2):
            self._create_complaint()
        self.rule._plan()
        first, second = self._get_requests(self.rule).with_env(self.env)
        first.action_send_now()
        second.action_cancel()
        self.assertEqual((second.state, second.reason), ("suppressed", "cancelled"))
        first.with_env(system)._do_due()
        self.assertEqual(first.state, "sent")
        with self.assertRaises(UserError):
            first.action_cancel()
        self.assertEqual(first.state, "sent")

    @users("sat_agent")
    def test_agent_neither_sends_nor_cancels(self):
        self._create_complaint()
        self.rule._plan()
        request = self._get_requests(self.rule).with_env(self.env)
        for action in (request.action_send_now, request.action_cancel):
            with self.assertRaises(AccessError):
                action()
        self.assertEqual(request.state, "planned")
        with self.assertRaises(AccessError):
            request.read(["access_token"])
        with self.assertRaises(AccessError):
            request.read(["user_input_id"])
