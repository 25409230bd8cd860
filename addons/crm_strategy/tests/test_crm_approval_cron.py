from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.crm_strategy.models.approval import crm_approval_step_notify

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalCron(ApprovalCommon):
    """Overdue approvals are reminded of, once a day, whatever else is broken."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.approval.step"].search([("state", "=", "pending")]).write(
            {"date_checked": "2100-01-01"}
        )
        cls.rule = cls._create_rule(due_days=2, reminder_days=3)
        cls.cron = cls.env.ref("crm_strategy.ir_cron_approval_follow_up")
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=False))

    def _request(self, count=1):
        orders = self.env["sale.order"]
        for _index in range(count):
            order = self._create_order()
            order.with_context(tracking_disable=True).action_request_approval()
            orders |= order
        return orders

    def _run(self):
        """Run the cron; return the mails that it made."""
        mails = self.env["mail.mail"].search([])
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()
        return self.env["mail.mail"].search([]) - mails

    def test_reminds_when_overdue_then_every_third_day(self):
        with freeze_time("2024-03-04 09:00:00"):
            order = self._request()
        step = self._step(order)
        expected = [
            ("2024-03-05", 0),
            ("2024-03-06", 0),
            ("2024-03-07", 1),
            ("2024-03-08", 0),
            ("2024-03-10", 1),
        ]
        for day, count in expected:
            with freeze_time(f"{day} 09:00:00"):
                mails = self._run()
                self.assertEqual(len(mails), count, day)
                self.assertFalse(self._run(), "the second run of a day does nothing")
                self.assertEqual(str(step.date_checked), day)
                self.assertEqual(step.is_overdue, day > "2024-03-06")
            for mail in mails:
                self.assertEqual(mail.recipient_ids, self.leader.partner_id)
                self.assertIn("overdue", mail.body_html)

    def test_in_the_language_of_the_approver(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        template = self.env.ref("crm_strategy.mail_template_approval_request")
        template.with_context(
            lang="zh_CN"
        ).subject = "请审批:{{ object.document_name }}"
        self.leader.lang = "zh_CN"
        with freeze_time("2024-03-04 09:00:00"):
            order = self._request()
        with freeze_time("2024-03-08 09:00:00"):
            mail = self._run()
        self.assertEqual(mail.subject, f"请审批:{order.name} Northern Foil")

    def test_more_than_a_batch_with_a_broken_one(self):
        self.patch(crm_approval_step_notify, "BATCH", 2)
        with freeze_time("2024-03-04 09:00:00"):
            orders = self._request(5)
        broken = self._step(orders[1])
        follow_up = type(broken)._follow_up

        def fail(step, today):
            if step.id == broken.id:
                raise ValueError("no such document")
            return follow_up(step, today)

        self.patch(type(broken), "_follow_up", fail)
        logger = "odoo.addons.crm_strategy.models.approval.crm_approval_step_notify"
        with freeze_time("2024-03-08 09:00:00"), mute_logger(logger):
            mails = self._run()
            for _index in range(3):
                mails |= self._run()
            self.assertEqual(len(mails), 4)
        steps = self.env["crm.approval.step"].search([("rule_id", "=", self.rule.id)])
        self.assertEqual(
            sorted(map(str, steps.mapped("date_checked"))), ["2024-03-08"] * 5
        )
        self.assertEqual(broken.check_error, "no such document")
        self.assertFalse((steps - broken).filtered("check_error"))

    def test_deputy_and_vanished_document_are_noticed(self):
        with freeze_time("2024-03-04 09:00:00"):
            orders = self._request(2)
            self._create_deputy(self.leader, self.deputy, "2024-03-05", "2024-03-06")
        kept, gone = (self._step(order) for order in orders)
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM sale_order_line WHERE order_id = %s", [orders[1].id]
        )
        self.env.cr.execute("DELETE FROM sale_order WHERE id = %s", [orders[1].id])
        self.env.invalidate_all()
        with freeze_time("2024-03-05 09:00:00"):
            mails = self._run()
            self.assertEqual(mails.recipient_ids, self.deputy.partner_id)
            self.assertEqual(
                sorted(kept.activity_ids.user_id.mapped("login")),
                ["app_dep", "app_lead"],
            )
            self.assertEqual((gone.state, bool(gone.activity_ids)), ("void", False))
        with freeze_time("2024-03-07 09:00:00"):
            self._run()
            self.assertEqual(kept.activity_ids.user_id, self.leader)

    def test_request_and_decision_are_mailed(self):
        order = self._create_order().with_context(tracking_disable=False)
        mails = self.env["mail.mail"].search([])
        order.action_request_approval()
        request = self.env["mail.mail"].search([]) - mails
        self.assertEqual(request.recipient_ids, self.leader.partner_id)
        self.assertIn("app_rep", request.body_html)
        self.assertIn("1,000.00", request.body_html)
        step = self._mine(self.leader).with_context(tracking_disable=False)
        step.action_return("Too cheap")
        decision = self.env["mail.mail"].search([]) - mails - request
        self.assertEqual(decision.recipient_ids, self.rep.partner_id)
        self.assertIn("Too cheap", decision.body_html)

    def test_a_broken_template_stops_no_approval(self):
        for name in ("request", "decision"):
            template = self.env.ref(f"crm_strategy.mail_template_approval_{name}")
            template.subject = "{{ object.no_such_field }}"
        order = self._create_order().with_context(tracking_disable=False)
        mails = self.env["mail.mail"].search([])
        logger = "odoo.addons.crm_strategy.models.approval.crm_approval_step_notify"
        with self.assertLogs(logger, "WARNING") as logs:
            order.action_request_approval()
        self.assertIn("no mail to app_lead", logs.output[0])
        self.assertEqual(order.approval_state, "pending")
        self.assertEqual(self._activities(order), ["app_lead"])
        self.assertIn("app_lead", self._step(order).check_error)
        with self.assertLogs(logger, "WARNING"):
            self._mine(self.leader).with_context(
                tracking_disable=False
            ).action_approve()
        self.assertEqual(order.approval_state, "approved")
        self.assertFalse(self.env["mail.mail"].search([]) - mails)
