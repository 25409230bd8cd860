from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .contact_common import NOW, ContactCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestNeedService(ContactCommon):
    """Needs are recorded where customers tell them: complaint, call, visit."""

    # --- COMPLAINT

    def test_an_agent_records_a_need_from_a_complaint(self):
        complaint = self._create_complaint().with_user(self.agent)
        action = complaint.action_record_need()
        needs = self.env["crm.need"].with_user(self.agent)
        with Form(needs.with_context(**action["context"])) as form:
            form.name = "Smaller drums"
        need = form.record
        self.assertEqual(
            (need.partner_id, need.contact_id, need.complaint_id),
            (self.customer, self.buyer, complaint),
        )
        self.assertEqual((need.user_id, need.source), (self.rep, "complaint"))
        self.assertEqual(complaint.need_count, 1)
        opened = complaint.action_open_needs()
        self.assertEqual(needs.search(opened["domain"]), need)
        self.assertEqual(need.action_open_complaint()["res_id"], complaint.id)

    def test_without_a_customer_there_is_nobody_to_need_anything(self):
        complaint = self._create_complaint(partner_id=False, partner_name="Caller")
        with self.assertRaises(UserError):
            complaint.action_record_need()

    def test_needs_go_with_the_complaint_that_remains_and_come_back(self):
        kept = self._create_complaint()
        double = self._create_complaint()
        need = double._record_need("Smaller drums")
        kept.with_user(self.head)._merge(double)
        self.assertEqual(need.complaint_id, kept)
        double.with_user(self.head)._unmerge()
        self.assertEqual(need.complaint_id, double)

    # --- CALL

    def test_a_need_is_recorded_on_the_screen_of_the_call(self):
        complaint = self._create_complaint("inform")
        action = complaint.with_user(self.agent).action_log_call()
        calls = self.env["crm.complaint.call"].with_user(self.agent)
        with Form(calls.with_context(**action["context"])) as form:
            form.need_name = " Certificate with each lot "
            form.need_kind = "special"
            form.need_strength = 5
        form.record.action_told()
        need = complaint.need_ids
        self.assertEqual(
            (need.name, need.kind, need.strength, need.source),
            ("Certificate with each lot", "special", 5, "call"),
        )
        self.assertEqual((need.partner_id, need.user_id), (self.customer, self.rep))
        self.assertEqual(complaint.state, "follow_up")

    def test_a_call_without_a_need_leaves_none(self):
        complaint = self._create_complaint("inform")
        call = (
            self.env["crm.complaint.call"]
            .with_user(self.agent)
            .create({"complaint_id": complaint.id, "need_name": "  "})
        )
        call.action_told()
        self.assertFalse(complaint.need_ids)

    # --- SALES ACTIVITY

    def _create_activity(self, kind="visit", **vals):
        kind = self.env.ref(f"crm_service.crm_sales_activity_kind_{kind}")
        return (
            self.env["crm.sales.activity"]
            .with_user(self.rep)
            .create(
                {
                    "name": "Talk",
                    "kind_id": kind.id,
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "date_start": "2026-03-10 08:00:00",
                    **vals,
                }
            )
        )

    def _do(self, activity):
        """Mark it as done with all that its kind asks for."""
        activity.write(
            {
                "outcome_id": self.env.ref(
                    "crm_service.crm_sales_activity_outcome_informed"
                ).id,
                "contact_ids": [Command.set(self.buyer.ids)],
                "findings": "Nothing new",
            }
        )
        activity.action_done()

    def test_needs_are_entered_in_the_report_of_a_visit(self):
        activity = self._create_activity()
        with Form(activity) as form, form.need_ids.new() as line:
            line.name = "Billets of 6 m"
            line.strength = 4
        need = activity.need_ids
        self.assertEqual(
            (need.partner_id, need.user_id, need.company_id, need.source),
            (self.customer, self.rep, self.company, "visit"),
        )
        self.assertTrue(activity.is_need_asked)
        self.assertEqual(activity.need_count, 1)
        self.assertEqual(need.action_open_sales_activity()["res_id"], activity.id)

    def test_the_source_of_a_need_follows_the_kind_of_activity(self):
        sources = {
            kind: self._create_activity(kind).need_source
            for kind in ("routine", "visit", "call", "telemarketing", "email")
        }
        self.assertEqual(
            sources,
            {
                "routine": "visit",
                "visit": "visit",
                "call": "call",
                "telemarketing": "call",
                "email": "other",
            },
        )

    # --- WHO IS TO BE ASKED

    def _get_due(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        due = self.env["crm.need.due"].with_user(user or self.rep)
        row = due.search([("partner_id", "=", self.customer.id)])
        return row.state, str(row.date_last), row.need_count

    def test_asked_and_nothing_new_counts_once_it_is_done(self):
        self.assertEqual(self._get_due(), ("never", "False", 0))
        activity = self._create_activity(is_need_asked=True)
        self.assertEqual(self._get_due()[0], "never", "planned only")
        self._do(activity)
        self.assertEqual(self._get_due(), ("asked", "2026-03-10", 0))
        activity.date_start = "2025-01-10 08:00:00"
        self.assertEqual(self._get_due(), ("due", "2025-01-10", 0))

    def test_asked_on_the_day_of_the_company(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        self._do(
            self._create_activity(is_need_asked=True, date_start="2026-03-09 23:30:00")
        )
        self.assertEqual(self._get_due(), ("asked", "2026-03-10", 0))

    def test_the_newest_sign_counts(self):
        self._do(self._create_activity(is_need_asked=True))
        complaint = self._create_complaint()
        complaint._record_need("Smaller drums", date="2026-03-12")
        complaint._record_need("Lids", date="2026-01-12")
        self.assertEqual(self._get_due(), ("asked", "2026-03-12", 2))

    # --- RIGHTS

    def test_agents_record_needs_and_see_no_opportunity(self):
        need = self._create_complaint()._record_need("Smaller drums")
        seen = need.with_user(self.stranger)
        seen.answer = "From June on"
        self.assertEqual(need.answer, "From June on")
        with self.assertRaises(AccessError):
            seen.read(["lead_id"])
        with self.assertRaises(AccessError):
            seen.unlink()
        form = seen.get_view(view_type="form")["arch"]
        self.assertNotIn("lead_id", form)
        self.assertNotIn("action_create_lead", form)
        self.assertTrue(need.exists())

    def test_a_salesperson_who_does_not_look_after_the_customer_sees_nothing(self):
        need = self._create_complaint()._record_need("Smaller drums")
        needs = self.env["crm.need"].with_user(self.other)
        self.assertFalse(needs.search([("id", "=", need.id)]))

    def test_needs_of_a_deleted_activity_stay(self):
        activity = self._create_activity(
            need_ids=[Command.create({"name": "Lids", "partner_id": self.customer.id})]
        )
        need = activity.need_ids
        activity.sudo().unlink()
        self.assertTrue(need.exists())
        self.assertFalse(need.sales_activity_id)
