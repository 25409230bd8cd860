from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged

from .intake_common import IntakeCommon, make_picture


@tagged("post_install", "-at_install")
class TestComplaintIntake(IntakeCommon, TransactionCase):
    """Proof, acknowledgement, counters, duplicates and merging."""

    # --- PROOF

    def _attach(self, complaint):
        complaint._attach([("p.jpg", make_picture())])
        complaint.invalidate_recordset(["missing_proof"])

    def test_missing_picture_is_shown_and_ends_with_a_picture(self):
        complaint = self._create_complaint(kind_id=self.kind_leak.id)
        self.assertEqual(complaint.missing_proof, "picture")
        self._attach(complaint)
        self.assertFalse(complaint.missing_proof)

    def test_agent_notes_why_a_picture_is_missing(self):
        complaint = self._create_complaint(kind_id=self.kind_leak.id)
        desk = complaint.with_user(self.agent)
        desk.action_take()
        with self.assertRaises(UserError):
            desk.action_decide()
        self.assertEqual(complaint.state, "progress")
        self.assertFalse(desk._has_picture())
        desk.proof_note = "The driver saw it"
        self.assertTrue(desk._has_picture())

    def test_missing_text_and_lot_are_shown(self):
        invoice = self.env.ref("crm_service.crm_complaint_kind_invoice")
        complaint = self._create_complaint(kind_id=invoice.id, description=" ")
        self.assertEqual(complaint.missing_proof, "text")
        complaint.description = "Wrong price"
        self.assertFalse(complaint.missing_proof)
        self.resin.write({"is_storable": True, "tracking": "lot"})
        invoice.is_lot_required = True
        complaint.line_ids = [fields.Command.create({"product_id": self.resin.id})]
        self.assertEqual(complaint.missing_proof, "lot")

    # --- HEAD OF SERVICE

    def _get_decision_todo(self, complaint):
        kind = self.env.ref("crm_service.mail_activity_type_decide")
        return complaint.activity_ids.filtered(lambda a: a.activity_type_id == kind)

    def test_head_of_service_is_told_until_the_decision(self):
        head = new_test_user(
            self.env,
            "in_head",
            groups="crm_service.group_manager",
            email="h@us.example",
        )
        complaint = self._create_complaint()
        complaint.team_id.leader_id = head
        self.assertFalse(self._get_decision_todo(complaint))
        complaint = self._create_complaint()
        todo = self._get_decision_todo(complaint)
        self.assertEqual(todo.user_id, head)
        deadline = complaint.deadline_decision or complaint.date_received
        self.assertEqual(todo.date_deadline, deadline.date())
        complaint.with_user(self.agent).action_cancel("Told twice")
        self.assertFalse(self._get_decision_todo(complaint))

    def test_nobody_receives_in_the_future(self):
        complaint = self._create_complaint()
        before = complaint.date_received
        with self.assertRaises(ValidationError), self.cr.savepoint():
            complaint.date_received = fields.Datetime.now() + timedelta(days=1)
        complaint.invalidate_recordset()
        self.assertEqual(complaint.date_received, before)

    # --- ACKNOWLEDGEMENT

    def _get_notes(self, complaint):
        return complaint.message_ids.filtered(
            lambda message: message.message_type == "auto_comment"
        )

    def test_only_who_came_by_a_channel_is_acknowledged(self):
        for channel, count in (("phone", 1), ("portal", 1), ("hand", 0), ("visit", 0)):
            complaint = self._create_complaint(channel=channel)
            self.assertEqual(len(self._get_notes(complaint)), count, channel)
            self.assertEqual(complaint.is_acknowledged, bool(count))

    def test_acknowledgement_speaks_the_customer_s_language_and_time(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.ida.write({"lang": "fr_FR", "tz": "Asia/Tokyo"})
        complaint = self._create_complaint(channel="phone")
        complaint.deadline_reply = "2026-03-05 15:00:00"
        text = complaint._get_promised_reply_text()
        self.assertIn("6 mars 2026", text)
        self.assertIn("00:00", text)

    def test_nobody_is_written_to_without_an_address(self):
        self.ida.email = False
        complaint = self._create_complaint(channel="phone")
        self.assertFalse(complaint.is_acknowledged)
        self.assertFalse(self._get_notes(complaint))

    # --- COUNTERS

    def test_counter_tells_nobody_who_it_was(self):
        limits = self.env["crm.intake.limit"]
        self.assertEqual(limits._count("user:1", "address:10.0.0.1"), 1)
        self.assertEqual(limits._count("user:1", "address:10.0.0.2"), 2)
        self.assertEqual(limits._count("", None), 0)
        rows = limits.search([])
        self.assertNotIn("10.0.0", "".join(rows.mapped("sender")))
        self.assertEqual({len(row.sender) for row in rows}, {64})

    def test_old_counters_go(self):
        limits = self.env["crm.intake.limit"]
        limits._count("user:1")
        limits.search([]).hour -= timedelta(days=2)
        limits._count("user:2")
        limits._gc_counters()
        self.assertEqual(len(limits.search([])), 1)

    def test_settings_that_make_no_sense_are_the_delivered_ones(self):
        parameters = self.env["ir.config_parameter"]
        complaints = self.env["crm.complaint"]
        for text, expected in (("7", 7), ("-1", 0), ("many", 10)):
            parameters.set_param("crm_service.hourly_limit", text)
            if text == "many":
                with self.assertLogs("odoo.addons.crm_service", "WARNING"):
                    value = complaints._get_intake_setting("hourly_limit")
            else:
                value = complaints._get_intake_setting("hourly_limit")
            self.assertEqual(value, expected)

    # --- DUPLICATES

    def _create_line(self, complaint, line=None, quantity=1):
        complaint.order_id = self.order
        return self.env["crm.complaint.line"].create(
            {
                "complaint_id": complaint.id,
                "sale_line_id": (line or self.line).id,
                "quantity": quantity,
            }
        )

    def test_duplicates_share_customer_and_line_or_kind(self):
        first = self._create_complaint()
        same_kind = self._create_complaint(self.jan)
        other_kind = self._create_complaint(kind_id=self.kind_leak.id)
        self._create_complaint(self.omar)
        self.assertEqual(first.duplicate_ids, same_kind)
        self._create_line(first)
        self._create_line(other_kind)
        self.env.invalidate_all()
        self.assertEqual(first.duplicate_ids, same_kind | other_kind)
        same_kind.date_received -= timedelta(days=15)
        other_kind.action_cancel("None")
        self.env.invalidate_all()
        self.assertFalse(first.duplicate_ids)

    def test_duplicates_cost_the_same_for_one_and_many(self):
        complaints = self.env["crm.complaint"].union(
            *(self._create_complaint() for _n in range(12))
        )
        counts = []
        for records in (complaints[:1], complaints):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.mapped("duplicate_count")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)

    def test_merge_moves_everything_and_can_be_undone(self):
        first, second = self._create_complaint(), self._create_complaint(self.jan)
        self._create_line(first)
        self._create_line(second)
        extra = self._create_line(second, self.line_hardener)
        self._attach(second)
        said = second.message_post(body="Me too", message_type="comment")
        desk = first.with_user(self.agent)
        wizard = (
            self.env["crm.complaint.merge"]
            .with_user(self.agent)
            .with_context(**desk.action_merge_duplicates()["context"])
            .create({})
        )
        self.assertEqual(wizard.duplicate_ids.ids, second.ids)
        wizard.action_merge()
        self.assertEqual((second.state, second.merged_into_id), ("cancelled", first))
        self.assertEqual(first.line_ids.sale_line_id, self.order.order_line)
        self.assertEqual(len(second.line_ids), 1)  # the same order line on both
        self.assertEqual(said.res_id, first.id)
        self.assertFalse(self._find_files(second))
        self.assertEqual(len(self._find_files(first)), 1)
        self.assertIn(self.jan, first.message_partner_ids | self.jan)
        second.with_user(self.agent).action_unmerge()
        self.assertEqual((second.state, second.merged_into_id.id), ("new", False))
        self.assertEqual(extra.complaint_id, second)
        self.assertEqual((said.res_id, len(self._find_files(second))), (second.id, 1))
        self.assertEqual(first.line_ids.sale_line_id, self.line)

    def _find_files(self, complaint):
        return self.env["ir.attachment"].search(
            [("res_model", "=", "crm.complaint"), ("res_id", "=", complaint.id)]
        )

    def test_what_is_decided_or_of_another_customer_is_not_merged(self):
        first, second, decided = (self._create_complaint() for _n in range(3))
        foreign = self._create_complaint(self.omar)
        decided._move("take")
        decided._move("decide")
        before = self._count()
        for duplicates in (decided, foreign, second | foreign):
            with self.assertRaises(UserError):
                first.with_user(self.agent)._merge(duplicates)
        self.assertEqual(self._count(), before)
        self.assertEqual((second.state, foreign.state), ("new", "new"))
        with self.assertRaises(UserError):
            second.with_user(self.agent).action_unmerge()
