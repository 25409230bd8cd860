from odoo import api, fields, models


class CrmComplaintKind(models.Model):
    """Some kinds of complaint are asked about with a questionnaire of their own."""

    _inherit = "crm.complaint.kind"

    survey_id = fields.Many2one(
        "survey.survey",
        "Questionnaire",
        ondelete="set null",
        index="btree_not_null",
        domain=[("crm_score_question_id", "!=", False)],
        groups="crm_service.group_manager",
        help="Sent after closing instead of the questionnaire of the satisfaction "
        "rule. The rules still determine whether customers are asked.",
    )

    @api.constrains("survey_id")
    def _check_survey(self):
        self.survey_id.sudo()._check_is_scored()  # style: CRM109 reads kind, question
