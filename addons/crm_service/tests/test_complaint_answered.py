from odoo.tests import freeze_time, tagged

from .contact_common import NOW, ContactCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestComplaintAnswered(ContactCommon):
    """The customer writes about what is closed: somebody learns of it."""

    def _close(self, **vals):
        complaint = self._create_complaint("follow_up", **vals)
        complaint.log_call("received")
        complaint.write(
            {
                "result": "resolved",
                "result_note": "All is well",
                "cause_id": self.env.ref("crm_service.crm_complaint_cause_carrier").id,
            }
        )
        complaint.action_close()
        return complaint.sudo()

    def _write(self, complaint, **vals):
        complaint.message_post(
            **{
                "body": "It leaks again",
                "author_id": self.buyer.id,
                "message_type": "email",
                "subtype_xmlid": "mail.mt_comment",
                **vals,
            }
        )

    def _get_told(self, complaint):
        kind = self.env.ref("crm_service.mail_activity_type_answered")
        activities = complaint.activity_ids
        return activities.filtered(lambda a: a.activity_type_id == kind).user_id

    def test_head_of_service_learns_of_what_is_nobody_s(self):
        complaint = self._close()
        complaint.user_id = False
        self._write(complaint)
        self._write(complaint, body="Hello?")
        self.assertEqual(self._get_told(complaint), self.head)
        self.assertEqual(len(complaint.activity_ids), 1)

    def test_unknown_sender_counts_as_customer(self):
        complaint = self._close()
        complaint.user_id = False
        self._write(complaint, author_id=False, email_from="berta@home.example")
        self.assertEqual(self._get_told(complaint), self.head)

    def test_agent_who_has_left_is_none(self):
        complaint = self._close()
        self.agent.active = False
        self._write(complaint)
        self.assertEqual(self._get_told(complaint), self.head)

    def test_agent_is_told_by_the_message_itself(self):
        complaint = self._close()
        self._write(complaint)
        self.assertFalse(self._get_told(complaint))
        self.assertIn(self.agent.partner_id, complaint.message_partner_ids)

    def test_notes_and_machines_tell_nobody(self):
        complaint = self._close()
        complaint.user_id = False
        self._write(complaint, message_type="out_of_office")
        self._write(complaint, author_id=self.head.partner_id.id)
        self.assertFalse(self._get_told(complaint))

    def test_team_without_a_head_and_without_members(self):
        complaint = self._close()
        complaint.user_id = False
        self.team.write({"leader_id": False, "member_ids": False})
        self._write(complaint)
        told = self._get_told(complaint)
        self.assertTrue(told.has_group("crm_service.group_manager"))
        self.assertIn(self.company, told.company_ids)

    def test_open_complaint_is_on_a_list_already(self):
        complaint = self._create_complaint().sudo()
        complaint.user_id = False
        self._write(complaint)
        self.assertFalse(self._get_told(complaint))

    def test_reopening_ends_the_to_do(self):
        complaint = self._close()
        complaint.user_id = False
        self._write(complaint)
        complaint.with_user(self.head).action_reopen("It leaks again")
        self.assertFalse(self._get_told(complaint))
