from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged, users

from .satisfaction_common import SatisfactionCommon


@tagged("post_install", "-at_install")
class TestSatisfactionRule(SatisfactionCommon):
    @users("sat_mgr")
    def test_manager_makes_a_rule(self):
        form = Form(self.env["crm.satisfaction.rule"])
        form.name = "After a delivery"
        form.trigger = "delivery_done"
        form.survey_id = self.nps.with_env(self.env)
        rule = form.save()
        self.assertEqual((rule.score_kind, rule.low_value), ("nps", 6))
        self.assertEqual(rule.company_id, self.company_a)

    def test_delivered_questionnaires_are_ready(self):
        for survey, kind, low, high in (
            (self.csat, "csat", 1, 5),
            (self.nps, "nps", 0, 10),
            (self.ces, "ces", 1, 7),
        ):
            with self.subTest(kind=kind):
                question = survey.crm_score_question_id
                self.assertEqual(survey.crm_score_kind, kind)
                self.assertEqual((question.scale_min, question.scale_max), (low, high))
                self.assertTrue(question.constr_mandatory)
                self.assertEqual(survey.access_mode, "token")
                self.assertTrue(survey.is_attempts_limited)
                self.assertFalse(survey.lang_ids)  # every language
                self.assertEqual(len(survey.question_ids), 2)

    def test_delivered_rules_ask_nobody_yet(self):
        rules = self.env["crm.satisfaction.rule"].with_context(active_test=False)
        for name in ("complaint", "delivery", "cadence"):
            rule = self.env.ref(f"crm_service.crm_satisfaction_rule_{name}")
            self.assertIn(rule.with_env(rules.env), rules.sudo().search([]))
            self.assertFalse(rule.active)

    def test_questionnaire_without_a_score_is_refused(self):
        plain = self.env["survey.survey"].create({"title": "Plain"})
        with self.assertRaises(ValidationError):
            self._create_rule(survey_id=plain.id)

    def test_question_on_another_scale_is_refused(self):
        question = self.csat.crm_score_question_id
        with self.assertRaises(ValidationError):
            question.scale_max = 10
        with self.assertRaises(ValidationError):
            self.csat.crm_score_kind = "nps"
        with self.assertRaises(ValidationError):
            self.csat.crm_score_question_id = self.nps.crm_score_question_id

    def test_first_question_on_the_scale_carries_the_score(self):
        survey = self.env["survey.survey"].create(
            {
                "title": "Own",
                "crm_score_kind": "csat",
                "question_and_page_ids": [
                    Command.create({"title": "Other", "question_type": "scale"}),
                    Command.create(
                        {
                            "title": "Satisfied?",
                            "question_type": "scale",
                            "scale_min": 1,
                            "scale_max": 5,
                        }
                    ),
                ],
            }
        )
        self.assertEqual(survey.crm_score_question_id.title, "Satisfied?")
        copy = survey.copy()
        self.assertEqual(copy.crm_score_question_id.survey_id, copy)

    def test_rule_with_requests_is_archived_not_deleted(self):
        rule = self._create_sent().rule_id
        with self.assertRaises(ValidationError):
            rule.unlink()
        with self.assertRaises(UserError):
            rule.survey_id.unlink()
        with self.assertRaises(UserError):
            rule.survey_id.crm_score_question_id.unlink()

    def test_limits_of_numbers(self):
        with self.assertRaises(ValidationError):
            self._create_rule(reminder_days=30, expire_days=30)
        with self.assertRaises(ValidationError):
            self._create_rule(trigger="cadence", service_team_ids=self.service_team.ids)

    def test_team_of_another_company_is_refused(self):
        team = self.env["crm.team"].create(
            {"name": "B", "company_id": self.company_b.id}
        )
        with self.assertRaises(ValidationError):
            self._create_rule(team_ids=team.ids)

    @users("sat_agent")
    def test_agent_changes_no_rule(self):
        rule = self._create_rule().with_env(self.env)
        with self.assertRaises(AccessError):
            rule.name = "Mine"
        with self.assertRaises(AccessError):
            rule.action_plan()
        self.assertEqual(rule.name, "Rule")
