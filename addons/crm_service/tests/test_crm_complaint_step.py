from datetime import datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .complaint_common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintStep(ComplaintCase):
    """Finance is the gate, then the warehouse ships, then the customer is told."""

    @freeze_time("2024-05-06 10:00:00")
    def setUp(self):
        super().setUp()
        self.complaint = self._create_complaint(user_id=self.agent.id)
        self.complaint.action_take()

        def hand_over(complaints):
            self._open_gate(complaints)

        self.patch(type(self.complaint), "_on_decided", hand_over)
        self.complaint.with_user(self.agent).action_decide()
        self.gate, self.send = self.complaint.step_ids

    def test_finance_returns_its_step_by_the_dialogue(self):
        """It asks finance for no right on the complaint."""
        context = self.gate.with_user(self.clerk).action_ask_return()["context"]
        dialogue = self.env["crm.complaint.reason"].with_user(self.clerk)
        with Form(dialogue.with_context(**context)) as form:
            form.reason = "Not paid yet"
        form.record.action_apply()
        self.assertEqual(
            (self.gate.state, self.gate.reason), ("returned", "Not paid yet")
        )
        self.assertEqual(self.complaint.state, "progress")

    def test_each_department_gets_what_it_has_to_know(self):
        self.assertEqual(self.complaint.state, "decided")
        self.assertEqual(self.gate.state, "ready")
        self.assertEqual(self.send.state, "waiting")
        self.assertEqual(self.gate.user_id, self.clerk)
        self.assertEqual(self.gate.date_due, datetime(2024, 5, 7, 10))
        self.assertEqual(self.gate.activity_ids.user_id, self.clerk)
        step = self.gate.with_user(self.clerk)
        self.assertEqual(step.complaint_name, self.complaint.name)
        self.assertEqual(step.customer_name, "Baker Ltd")
        self.assertIn("2 Units Flour", step.products)
        self.assertIn("Baker Ltd", step.ship_to)
        self.assertEqual(step.amount, 40.0)
        with self.assertRaises(AccessError):
            self.complaint.with_user(self.clerk).read(["name"])

    def test_gate_opens_the_way_and_times_are_kept(self):
        with freeze_time("2024-05-06 11:00:00"):
            self.gate.with_user(self.clerk).action_start()
        with freeze_time("2024-05-06 14:30:00"):
            self.gate.with_user(self.clerk).action_done()
        self.assertEqual(self.gate.state, "done")
        self.assertEqual(self.gate.done_by_id, self.clerk)
        self.assertEqual(self.gate.waiting_hours, 1.0)
        self.assertEqual(self.gate.working_hours, 2.5)
        self.assertFalse(self.gate.activity_ids)
        self.assertEqual(self.complaint.state, "execution")
        self.assertEqual(self.send.state, "ready")
        self.assertEqual(self.send.date_due, datetime(2024, 5, 7, 9, 30))
        with freeze_time("2024-05-07 11:30:00"):
            self.assertTrue(self.send.is_late)
            self.send.with_user(self.storeman).action_done()
        self.assertEqual(self.send.waiting_hours, 6.0)
        self.assertEqual(self.send.working_hours, 0.0)
        self.assertEqual(self.complaint.state, "inform")
        self.assertEqual(self.complaint.date_executed, datetime(2024, 5, 7, 11, 30))

    def test_return_goes_back_with_the_reason(self):
        step = self.gate.with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "Enter the reason"):
            step.action_return("")
        step.action_return("Limit is used up")
        self.assertEqual(self.gate.state, "returned")
        self.assertEqual(self.gate.reason, "Limit is used up")
        self.assertEqual(self.send.state, "void")
        self.assertEqual(self.complaint.state, "progress")
        self.assertFalse(self.complaint.date_decided)
        warning = self.env.ref("mail.mail_activity_data_warning")
        alarm = self.complaint.activity_ids.filtered(
            lambda a: a.activity_type_id == warning
        )
        self.assertEqual(alarm.user_id, self.agent)
        self.complaint.with_user(self.agent).action_decide()
        self.assertEqual(self.complaint.step_ids.mapped("round"), [1, 1, 2, 2])

    def test_nobody_does_the_work_of_another_department(self):
        for user in (self.agent, self.head, self.storeman, self.seller):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.gate.with_user(user).action_done()
        with self.assertRaises(UserError):  # not ready yet
            self.send.with_user(self.storeman).action_done()
        with self.assertRaises(AccessError):
            self.gate.with_user(self.agent).write({"state": "done"})
        with self.assertRaises(AccessError):
            self.gate.with_user(self.clerk).write({"user_id": self.clerk.id})
        with self.assertRaises(ValidationError):
            self.gate.with_user(self.agent).user_id = self.agent
        self.assertEqual(self.gate.state, "ready")
        self.assertEqual(self.complaint.state, "decided")

    def test_gate_cannot_be_skipped_other_steps_can_with_right_and_reason(self):
        with self.assertRaisesRegex(UserError, "cannot be skipped"):
            self.gate.with_user(self.head).action_skip("Hurry")
        with self.assertRaises(AccessError):
            self.send.with_user(self.agent).action_skip("Sent already")
        self.send.with_user(self.head).action_skip("Sent already")
        self.assertEqual(self.send.state, "skipped")
        self.assertEqual(self.complaint.state, "decided")
        self.gate.with_user(self.clerk).action_done()
        self.assertEqual(self.complaint.state, "inform")

    def test_reason_dialogue_does_what_it_says(self):
        context = self.gate.with_user(self.clerk).action_ask_return()["context"]
        wizard = self.env["crm.complaint.reason"].with_user(self.clerk)
        wizard.with_context(**context).create({"reason": "No"}).action_apply()
        self.assertEqual(self.gate.reason, "No")
        context = self.complaint.with_user(self.agent).action_ask_cancel()["context"]
        wizard = self.env["crm.complaint.reason"].with_user(self.agent)
        wizard.with_context(**context).create({"reason": "Twice"}).action_apply()
        self.assertEqual(self.complaint.state, "cancelled")

    def test_reason_dialogue_refuses_what_makes_no_sense_for_a_step(self):
        wizard = self.env["crm.complaint.reason"].with_user(self.clerk)
        for action in ("cancel", "deny", "reopen"):
            vals = {"step_ids": self.gate.ids, "action": action, "reason": "No"}
            with (
                self.subTest(action=action),
                self.assertRaisesRegex(UserError, "cannot be done here"),
            ):
                wizard.create(vals).action_apply()
        with self.assertRaisesRegex(UserError, "cannot be done here"):
            wizard.create({"action": "return", "reason": "No"}).action_apply()
        self.assertEqual(self.gate.state, "ready")
        self.assertEqual(self.complaint.state, "decided")

    def test_department_writes_notes_on_its_own_steps_only(self):
        for user, step in ((self.clerk, self.gate), (self.storeman, self.send)):
            with self.subTest(user=user.login):
                note = step.with_user(user).message_post(
                    body="Which pallet?", subtype_xmlid="mail.mt_note"
                )
                self.assertEqual(note.author_id, user.partner_id)
                said = step.with_user(user).message_post(
                    body="Asked.",
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                )
                self.assertIn(said, step.with_user(user).message_ids)
        for user, step in (
            (self.clerk, self.send),
            (self.storeman, self.gate),
            (self.seller, self.gate),
        ):
            before = step.message_ids
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                step.with_user(user).message_post(body="Mine?")
            self.assertEqual(step.message_ids, before)

    def test_decision_taken_back_voids_what_was_handed_over(self):
        self.complaint.with_user(self.agent).action_return("Wrong address")
        self.assertEqual(self.gate.state, "void")
        self.assertEqual(self.send.state, "void")
        self.assertFalse(self.gate.activity_ids)
        with self.assertRaises(UserError):
            self.gate.with_user(self.clerk).action_done()
        self.assertEqual(self.complaint.state, "progress")

    def test_who_sees_which_steps(self):
        steps = self.gate + self.send
        for user, expected in {
            self.clerk: self.gate,
            self.storeman: self.send,
            self.agent: steps,
            self.head: steps,
            self.other_agent: steps.browse(),
            self.seller: steps.browse(),
        }.items():
            with self.subTest(user=user.login):
                found = self.env["crm.complaint.step"].with_user(user)
                self.assertEqual(found.search([("id", "in", steps.ids)]), expected)

    def test_late_steps_are_found(self):
        domain = [("is_late", "=", True), ("id", "in", self.complaint.step_ids.ids)]
        self.assertEqual(self.env["crm.complaint.step"].search(domain), self.gate)
