from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.credit import RISKY

REMINDER = "crm_analytics.mail_activity_type_credit_review"


class CrmCreditAssessment(models.Model):
    """Whose review is due, and who is reminded of it.

    The monthly assessment renews what figures alone say. A person is reminded where
    that is not enough: of risky customers, and of what people decided otherwise.
    """

    _inherit = "crm.credit.assessment"

    is_review_due = fields.Boolean(
        compute="_compute_is_review_due", search="_search_is_review_due"
    )

    @api.depends("state", "date_review", "partner_id.active")
    def _compute_is_review_due(self):
        today = fields.Date.context_today(self)
        for one in self:
            is_open = one.state == "in_force" and one.partner_id.active
            one.is_review_due = (
                is_open and bool(one.date_review) and one.date_review <= today
            )

    def _search_is_review_due(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return [
            ("state", "=", "in_force"),
            ("partner_id.active", "=", True),
            ("date_review", "<=", fields.Date.context_today(self)),
        ]

    # --- REMINDERS

    @api.model
    def _remind_of_reviews(self, policy):
        """Remind those who review of what is due in a company, once of each.

        Of whose responsible cannot see the customer, nobody is reminded: the list of
        the reviews that are due shows it.
        """
        for user, due in self._get_reviews(policy).items():
            seen = due.with_user(user).with_company(policy.company_id)
            for one in seen._filtered_access("read").with_env(self.env):
                one.activity_schedule(
                    REMINDER,
                    date_deadline=one.date_review,
                    summary=self.env._(
                        "Credit review: grade %(grade)s, open %(amount)s",
                        grade=one.risk_grade,
                        amount=one.currency_id.format(one.exposure),
                    ),
                    user_id=user.id,
                )

    @api.model
    def _get_reviews(self, policy):
        """Return ``{user: assessments}`` that a person has to review by now."""
        reminder = self.env.ref(REMINDER)
        reminded = self.search(
            [
                ("company_id", "=", policy.company_id.id),
                ("activity_ids.activity_type_id", "=", reminder.id),
            ]
        )
        due = self.search(
            Domain("company_id", "=", policy.company_id.id)
            & Domain("is_review_due", "in", [True])
            & (
                Domain("risk_grade", "in", RISKY)
                | Domain("override_grade", "!=", False)
                | Domain("is_limit_overridden", "=", True)
            )
            & Domain("id", "not in", reminded.ids)
        )
        if policy.review_user_id:
            return {policy.review_user_id: due} if due else {}
        found = due.grouped("user_id").items()
        return {user: ones for user, ones in found if user.active and not user.share}

    @api.model
    def _drop_reminders(self):
        """Take back the reminders of what is in force no more."""
        everything = self.sudo()  # style: CRM109 of whoever was reminded
        reminder = self.env.ref(REMINDER)
        everything.search(
            [
                ("state", "!=", "in_force"),
                ("activity_ids.activity_type_id", "=", reminder.id),
            ]
        ).activity_unlink([REMINDER])

    # --- CRON

    @api.model
    def _cron_attend(self):
        """Do the assessments that people asked for; remind of reviews that are due."""
        self.env["crm.credit.run"]._cron_do_all_asked()
        for policy in self.env["crm.credit.policy"].search([]):
            self._remind_of_reviews(policy)
