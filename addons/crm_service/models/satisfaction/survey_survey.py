from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.satisfaction import SCALES


class SurveySurvey(models.Model):
    """A questionnaire whose answer on one scale is a score of satisfaction."""

    _inherit = "survey.survey"

    crm_score_kind = fields.Selection(
        [
            ("csat", "CSAT (Customer Satisfaction, 1-5)"),
            ("nps", "NPS (Net Promoter Score, 0-10)"),
            ("ces", "CES (Customer Effort Score, 1-7)"),
        ],
        string="Satisfaction Score",
        index="btree_not_null",
        help="Answers to questionnaires sent by satisfaction rules are stored as "
        "scores of this kind.",
    )
    crm_score_question_id = fields.Many2one(
        "survey.question",
        "Scored Question",
        domain="[('survey_id', '=', id), ('question_type', '=', 'scale')]",
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The scale question whose answer gives the score.",
    )

    @api.constrains("crm_score_kind", "crm_score_question_id")
    def _check_crm_score(self):
        self.crm_score_question_id._check_crm_scale()

    @api.onchange("crm_score_kind")
    def _onchange_crm_score_kind(self):
        self.crm_score_question_id = self._get_fitting_question()

    def _get_fitting_question(self):
        """Return the question of the score, else the first on the scale it takes."""
        self.ensure_one()
        if not self.crm_score_kind:
            return self.crm_score_question_id.browse()
        scale = SCALES[self.crm_score_kind]
        questions = self.crm_score_question_id | self.question_and_page_ids._origin
        return questions.filtered(
            lambda question: (
                question.question_type == "scale"
                and (question.scale_min, question.scale_max) == (scale.low, scale.high)
            )
        )[:1]

    def _check_is_scored(self):
        """Raise unless this questionnaire can give scores."""
        for survey in self:
            if not survey.crm_score_kind or not survey.crm_score_question_id:
                raise ValidationError(
                    self.env._(
                        "“%(survey)s” does not give a score. Choose the kind of score "
                        "and the scored question on the questionnaire.",
                        survey=survey.title,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_crm_asked(self):
        requests = self.env["crm.satisfaction.request"].sudo()  # style: CRM109 all
        if used := requests.search([("survey_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "“%(survey)s” has been sent to customers and cannot be deleted "
                    "with their scores. Archive it instead.",
                    survey=used.survey_id.title,
                )
            )
