from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from .satisfaction_common import SatisfactionCommon


@tagged("post_install", "-at_install")
class TestSatisfactionScore(SatisfactionCommon):
    def test_answer_becomes_a_score(self):
        complaint_line = {"product_id": self.product.id, "quantity": 1}
        rule = self._create_rule(delay_days=0)
        complaint = self._create_complaint(
            line_ids=[fields.Command.create(complaint_line)]
        )
        rule._plan()
        request = self._get_requests(rule)
        request._do_due()
        score = self._answer(request, 6, "  Quick & <b>kind</b>  ")
        self.assertRecordValues(
            score,
            [
                {
                    "kind": "ces",
                    "value": 6,
                    "score": 100.0 * 5 / 6,
                    "nps_class": False,
                    "is_low": False,
                    "comment": "Quick & <b>kind</b>",
                    "partner_id": self.buyer.id,
                    "commercial_partner_id": self.acme.id,
                    "complaint_id": complaint.id,
                    "service_team_id": self.service_team.id,
                    "user_id": self.rep.id,
                    "company_id": self.company_a.id,
                    "product_ids": self.product.ids,
                    "product_tmpl_ids": self.product.product_tmpl_id.ids,
                }
            ],
        )
        self.assertEqual(request.state, "answered")
        self.assertTrue(request.date_answered)
        self.assertFalse(request.date_next)

    def test_promoters_passives_detractors(self):
        rule = self._create_rule(survey_id=self.nps.id, cap_days=0, delay_days=0)
        classes = {0: "detractor", 6: "detractor", 7: "passive", 9: "promoter"}
        for value, nps_class in classes.items():
            with self.subTest(value=value):
                score = self._create_score(value, rule)
                self.assertEqual((score.value, score.nps_class), (value, nps_class))
                self.assertEqual(score.score, value * 10.0)

    def test_answer_counts_once(self):
        request = self._create_sent()
        score = self._answer(request, 5)
        request.user_input_id._mark_done()
        request._take_answer()
        self.assertEqual(request.score_ids, score)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            score.copy({"user_input_id": request.user_input_id.id}).flush_recordset()

    def test_trial_is_not_counted(self):
        request = self._create_sent()
        trial = self.ces._create_answer(user=self.env.user, test_entry=True)
        trial._save_lines(self.ces.crm_score_question_id, "1")
        trial._mark_done()
        self.assertEqual(request.state, "sent")
        self.assertFalse(
            self.env["crm.satisfaction.score"].search(
                [("user_input_id", "=", trial.id)]
            )
        )

    def test_number_beyond_the_scale_gives_no_score(self):
        request = self._create_sent()
        self.assertFalse(self._answer(request, 99))
        self.assertEqual(request.state, "answered")

    def test_broken_score_does_not_hurt_the_customer_and_is_made_up_for(self):
        request = self._create_sent()
        with (
            patch.object(
                type(request), "_prepare_score_vals", side_effect=ValueError("no")
            ),
            self.assertLogs("odoo.addons.crm_service", "WARNING"),
        ):
            self._answer(request, 5)
        self.assertEqual(request.user_input_id.state, "done")
        self.assertEqual(request.state, "sent")
        self._pass_days(request, 5)
        request._do_due()
        self.assertEqual(request.state, "answered")
        self.assertEqual(request.score_ids.value, 5)
        self.assertEqual(len(self._get_mails(request)), 1)  # no reminder

    def test_deleted_answer_counts_no_more(self):
        score = self._create_score(7)
        request = score.request_id
        request.user_input_id.unlink()
        self.assertFalse(score.exists())
        self.assertEqual((request.state, request.reason), ("suppressed", "deleted"))
        self.assertEqual(self.acme.satisfaction_count, 0)

    def test_segments_are_those_of_that_day(self):
        scheme = self.env["crm.segmentation"].create(
            {"name": "Value", "segment_ids": [fields.Command.create({"name": "Gold"})]}
        )
        gold = scheme.segment_ids
        gold._assign(self.acme)
        stay = self.env["crm.segment.membership"].search([("segment_id", "=", gold.id)])
        score = self._create_score(7)
        stay._close("merged")
        self.assertEqual(score.segment_ids, gold)

    def test_merged_customer_keeps_requests_and_scores(self):
        twin = self._create_partner(
            "Acme Ltd", is_company=True, email="twin@acme.example"
        )
        rule = self._create_rule(delay_days=0, cap_days=0)
        score, own = self._create_score(2, rule, twin), self._create_score(7, rule)
        waiting = self._create_complaint(twin)
        rule._plan()
        planned = self._get_requests(rule).filtered(
            lambda request: request.complaint_id == waiting
        )
        twin.satisfaction_opt_out = True
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (twin + self.acme).ids, self.acme
        )
        self.assertFalse(twin.exists())
        self.assertEqual((score + own).commercial_partner_id, self.acme)
        self.assertEqual((score.request_id + planned).partner_id, self.acme)
        self.assertEqual(self.acme.satisfaction_count, 2)
        self.assertAlmostEqual(self.acme.satisfaction_average, (100 / 6 + 100) / 2)
        self.assertTrue(self.acme.satisfaction_opt_out)
        planned._do_due()
        self.assertEqual(planned.reason, "opted_out")

    def test_customer_merged_into_a_contact_belongs_to_its_company(self):
        person = self._create_partner("Bea alone", email="bea2@acme.example")
        score = self._create_score(4, partner=person)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (person + self.buyer).ids, self.buyer
        )
        self.assertEqual(score.partner_id, self.buyer)
        self.assertEqual(score.commercial_partner_id, self.acme)
        self.assertEqual(score.request_id.commercial_partner_id, self.acme)


@tagged("post_install", "-at_install")
class TestSatisfactionLow(SatisfactionCommon):
    def test_low_answer_gives_the_head_of_service_one_todo(self):
        rule = self._create_rule(delay_days=0, low_action="activity")
        score = self._create_score(3, rule)
        score._follow_up_low()
        activity = score.activity_ids
        self.assertRecordValues(activity, [{"user_id": self.manager.id}])
        self.assertIn("Acme", activity.summary)
        self.assertTrue(score.followed_up_on)

    def test_high_answer_leads_to_nothing(self):
        rule = self._create_rule(delay_days=0, low_action="activity")
        score = self._create_score(4, rule)
        self.assertFalse(score.activity_ids)
        self.assertFalse(score.followed_up_on)

    def test_todo_goes_on_where_the_head_is_away(self):
        """Archived, of another company or without the right: the next one."""
        self.service_team.leader_id = False
        rule = self._create_rule(delay_days=0, user_id=self.staff.id)
        score = self._create_score(1, rule)
        self.assertEqual(score.activity_ids.user_id, self.rep)

    def test_reader_works_on_the_todo(self):
        score = self._create_score(1)
        activity = score.activity_ids.with_user(self.manager)
        activity.action_feedback("Called, all is well again")
        self.assertIn("all is well", str(score.message_ids[0].body))

    def test_low_answer_opens_one_complaint(self):
        kind = self.env["crm.complaint.kind"].create({"name": "Low", "code": "low"})
        rule = self._create_rule(
            delay_days=0, low_action="complaint", low_kind_id=kind.id
        )
        request = self._create_sent(rule)
        score = self._answer(request, 1, "Nobody called me")
        score._follow_up_low()
        complaint = score.new_complaint_id
        self.assertRecordValues(
            complaint,
            [
                {
                    "channel": "survey",
                    "partner_id": self.buyer.id,
                    "kind_id": kind.id,
                    "description": "Nobody called me",
                    "state": "new",
                    "company_id": self.company_a.id,
                    "team_id": self.service_team.id,
                }
            ],
        )
        self.assertFalse(score.activity_ids)
        found = self.env["crm.complaint"].search([("channel", "=", "survey")])
        self.assertEqual(found & complaint, complaint)
        self.assertEqual(len(found.filtered(lambda c: c.partner_id == self.buyer)), 1)

    def test_kind_with_another_scale_has_its_usual_limit(self):
        kind = self.env["crm.complaint.kind"].create(
            {"name": "Leak", "code": "lk", "survey_id": self.nps.id}
        )
        rule = self._create_rule(delay_days=0, cap_days=0)
        for value, is_low in ((6, True), (7, False)):
            self._create_complaint(kind_id=kind.id)
            rule._plan()
            request = self._get_requests(rule).filtered(
                lambda request: request.state == "planned"
            )
            request._do_due()
            self.assertEqual(self._answer(request, value).is_low, is_low)


@tagged("post_install", "-at_install")
class TestSatisfactionRights(SatisfactionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.score = cls._create_score(5)
        cls.free = cls._create_score(
            5, partner=cls._create_partner("Available", email="free@example.com")
        )
        cls.records = {
            "crm.satisfaction.score": cls.score + cls.free,
            "crm.satisfaction.request": cls.score.request_id + cls.free.request_id,
        }

    def test_who_sees_what(self):
        for user, seen in (
            (self.agent, 2),
            (self.manager, 2),
            (self.rep, 2),
            (self.other, 1),
        ):
            for model, records in self.records.items():
                with self.subTest(user=user.login, model=model):
                    found = self.env[model].with_user(user)
                    found = found.search([("id", "in", records.ids)])
                    self.assertEqual(len(found), seen)

    def test_others_see_nothing(self):
        for model, records in self.records.items():
            with self.assertRaises(AccessError):
                records.with_user(self.staff).read(["partner_id"])
            self.assertTrue(records.exists(), model)

    def test_nobody_writes_or_deletes(self):
        for user in (self.agent, self.manager, self.rep):
            for records in self.records.values():
                mine = records[:1].with_user(user)
                with self.assertRaises(AccessError):
                    mine.write({"company_id": self.company_b.id})
                with self.assertRaises(AccessError):
                    mine.unlink()
                with self.assertRaises(AccessError):
                    mine.copy()

    def test_other_company_sees_nothing(self):
        agent = self._create_user("sat_agent_b", "crm_service.group_agent")
        agent.write(
            {
                "company_ids": [fields.Command.set(self.company_b.ids)],
                "company_id": self.company_b.id,
            }
        )
        for model in (*self.records, "crm.satisfaction.report"):
            found = self.env[model].with_user(agent)
            found = found.with_context(allowed_company_ids=self.company_b.ids)
            self.assertFalse(found.search([("company_id", "=", self.company_a.id)]))

    @users("sat_agent", "sat_rep")
    def test_smart_buttons(self):
        for record in (self.acme, self.buyer, self.score.complaint_id):
            record = record.with_env(self.env)
            self.assertEqual(record.satisfaction_count, 1)
            self.assertAlmostEqual(record.satisfaction_average, 400 / 6)
            self.assertEqual(record.satisfaction_text, "67 / 100 (1)")
            action = record.action_open_satisfaction()
            found = self.env["crm.satisfaction.score"].search(action["domain"])
            self.assertEqual(found, self.score.with_env(self.env))

    def test_staff_has_no_figure(self):
        with self.assertRaises(AccessError):
            self.acme.with_user(self.staff).read(["satisfaction_count"])

    @users("sat_agent")
    def test_figures_cost_the_same_for_one_and_many(self):
        self.env(user=self.env.ref("base.user_root").id)
        partners = self.acme.sudo().create(
            [{"name": f"Customer {index}"} for index in range(50)]
        )
        partners = (partners + self.acme).with_env(self.env)
        partners.mapped("commercial_partner_id")
        self.env["crm.satisfaction.score"].search_count([])  # rules, once
        self.env.flush_all()
        for some in (partners[-1:], partners):
            some.invalidate_recordset(["satisfaction_count", "satisfaction_average"])
            with self.assertQueryCount(1):
                some.mapped("satisfaction_count")
