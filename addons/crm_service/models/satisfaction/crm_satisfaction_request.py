from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CrmSatisfactionRequest(models.Model):
    """One customer asked once: the questionnaire, what it is about, what became of it.

    ==========  ============================================================
    state       means
    ==========  ============================================================
    planned     waits for its day, or for the complaint to be closed again
    sent        the e-mail with the personal link is in the mail queue
    reminded    the one reminder too
    answered    by the link; the score is kept
    expired     the link is no longer valid
    suppressed  not asked, see the reason
    ==========  ============================================================

    ``date_next`` is when the job looks at it again. Nobody but the customer sees
    the link: who has it answers in his name.
    """

    _name = "crm.satisfaction.request"
    _description = "Satisfaction Request"
    _inherit = ["crm.satisfaction.context.mixin", "crm.document.flow.mixin"]
    _order = "date_planned desc, id desc"
    _rec_name = "partner_id"

    rule_id = fields.Many2one(
        "crm.satisfaction.rule",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    score_kind = fields.Selection(
        related="survey_id.crm_score_kind", related_sudo=True, string="Kind of Score"
    )
    key = fields.Char(required=True, readonly=True, groups="base.group_system")

    commercial_partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="cascade"
    )
    email = fields.Char("Sent to", readonly=True)

    # What became of it
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("sent", "Sent"),
            ("reminded", "Reminded"),
            ("answered", "Answered"),
            ("expired", "Expired"),
            ("suppressed", "Not Asked"),
        ],
        default="planned",
        required=True,
        readonly=True,
    )
    reason = fields.Selection(
        [
            ("archived", "The contact is archived"),
            ("opted_out", "The contact does not want questionnaires"),
            ("no_email", "The contact has no valid e-mail address"),
            ("blacklisted", "The e-mail address is blacklisted"),
            ("cap", "Asked recently"),
            ("closed", "The questionnaire or the rule is archived"),
            ("cancelled", "Cancelled by hand"),
            ("deleted", "The answer was deleted"),
            ("failed", "The e-mail could not be created"),
        ],
        "Reason Not Asked",
        readonly=True,
    )
    date_planned = fields.Date("Planned for", required=True, readonly=True)
    date_sent = fields.Datetime("Sent On", readonly=True)
    date_reminded = fields.Datetime("Reminded On", readonly=True)
    date_answered = fields.Datetime("Answered On", readonly=True)
    date_expiry = fields.Datetime("Valid until", readonly=True)
    date_next = fields.Datetime("Next Check On", readonly=True)
    attempts = fields.Integer(readonly=True)
    error = fields.Text("Failure", readonly=True)
    user_input_id = fields.Many2one(
        "survey.user_input",
        "Answer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="survey.group_survey_user",
    )
    access_token = fields.Char(readonly=True, groups="base.group_system", copy=False)
    score_ids = fields.One2many("crm.satisfaction.score", "request_id")

    _key_uniq = models.UniqueIndex(
        "(rule_id, key)",
        "This rule has already planned a questionnaire for this event.",
    )
    _token_uniq = models.UniqueIndex(
        "(access_token) WHERE access_token IS NOT NULL",
        "The link of a questionnaire must be unique.",
    )
    _due_idx = models.Index("(date_next, id) WHERE date_next IS NOT NULL")
    _customer_idx = models.Index("(commercial_partner_id, date_sent)")

    @api.depends("partner_id", "survey_id")
    def _compute_display_name(self):
        for request in self:
            request.display_name = self.env._(
                "%(survey)s: %(customer)s",
                survey=request.survey_id.sudo().title,  # style: CRM109 its name only
                customer=request.partner_id.display_name,
            )

    # --- ACTIONS

    def action_cancel(self):
        """Do not ask these customers."""
        self._get_planned()._suppress("cancelled")

    def action_send_now(self):
        """Ask today instead of on the planned day; the limits stay in force."""
        now = fields.Datetime.now()
        self._get_planned().write({"date_next": now})
        cron = self.env.ref("crm_service.ir_cron_satisfaction_send")
        cron.sudo()._trigger()  # style: CRM109 wakes a fixed job, no data

    def _get_planned(self):
        """Return these requests for a manager's change, if all are still planned."""
        self.check_access("read")
        if not self.env.user.has_group("crm_service.group_manager"):
            raise AccessError(
                self.env._(
                    "Only managers of customer service can change planned "
                    "questionnaires."
                )
            )
        if any(request.state != "planned" for request in self):
            raise UserError(
                self.env._(
                    "Some of the selected questionnaires are no longer planned. "
                    "Select only planned ones."
                )
            )
        return self.sudo()  # style: CRM109 a manager may, nobody writes the fields

    def _suppress(self, reason):
        """End these requests: the customer is not asked, or his answer is gone."""
        self.write(
            {
                "state": "suppressed",
                "reason": reason,
                "date_next": False,
                "error": False,
            }
        )
