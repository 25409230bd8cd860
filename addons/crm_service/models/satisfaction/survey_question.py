from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ...tools.satisfaction import SCALES, parse_answer


class SurveyQuestion(models.Model):
    """The question of a score takes answers of its scale, and nothing else."""

    _inherit = "survey.question"

    @api.constrains("question_type", "scale_min", "scale_max", "survey_id")
    def _check_crm_scale(self):
        """Keep question and kind of score together, whichever is changed."""
        surveys = self.env["survey.survey"].sudo()  # style: CRM109 all
        surveys = surveys.with_context(active_test=False)
        for survey in surveys.search([("crm_score_question_id", "in", self.ids)]):
            question, kind = survey.crm_score_question_id, survey.crm_score_kind
            if not kind:
                continue
            scale = SCALES[kind]
            if (
                question.survey_id != survey
                or question.question_type != "scale"
                or (question.scale_min, question.scale_max) != (scale.low, scale.high)
            ):
                raise ValidationError(
                    self.env._(
                        "“%(question)s” cannot give a score for “%(survey)s”. Choose "
                        "a question of this questionnaire with a scale from %(low)s "
                        "to %(high)s.",
                        question=question.title,
                        survey=survey.title,
                        low=scale.low,
                        high=scale.high,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """The first question on the right scale carries the score of its survey."""
        questions = super().create(vals_list)
        for survey in questions.survey_id:
            if survey.crm_score_kind and not survey.crm_score_question_id:
                survey.crm_score_question_id = survey._get_fitting_question()
        return questions

    def _validate_scale(self, answer):
        """Refuse what the scale does not offer: a browser may send anything."""
        errors = super()._validate_scale(answer)
        survey = self.survey_id
        if errors or not answer or survey.crm_score_question_id != self:
            return errors
        if (
            survey.crm_score_kind
            and parse_answer(survey.crm_score_kind, answer) is None
        ):
            return {self.id: self.env._("Please choose one of the numbers shown.")}
        return errors

    @api.ondelete(at_uninstall=False)
    def _unlink_except_crm_score(self):
        rules = self.env["crm.satisfaction.rule"].sudo()  # style: CRM109 all
        used = rules.search([("survey_id.crm_score_question_id", "in", self.ids)])
        if used:
            raise UserError(
                self.env._(
                    "“%(question)s” gives the score of the satisfaction rule "
                    "“%(rule)s”. Archive the rule, or choose another scored question.",
                    question=used[0].survey_id.crm_score_question_id.title,
                    rule=used[0].name,
                )
            )
