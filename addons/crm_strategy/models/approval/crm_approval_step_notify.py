import logging

from psycopg2 import OperationalError

from odoo import api, fields, models

_logger = logging.getLogger(__name__)

ACTIVITY_TYPE = "crm_strategy.mail_activity_type_approval"
BATCH = 100


class CrmApprovalStep(models.Model):
    """Activities, mails and reminders of those who are asked."""

    _inherit = "crm.approval.step"

    # --- ACTIVITIES

    def _sync_activities(self):
        """Give each person who may decide an activity, and nobody else.

        Whoever is new gets a mail as well.
        """
        activity_type = self.env.ref(ACTIVITY_TYPE)
        pairs = self.env["crm.approval.deputy"]._get_pairs() if self else []
        steps = self.sudo()  # style: CRM109 activities of colleagues
        steps = steps.with_context(mail_activity_quick_update=True)
        for step in steps:
            deciders = (
                step._get_deciders(pairs)
                if step.state == "pending"
                else step.user_id.browse()
            )
            present = step.activity_ids.filtered(
                lambda activity: activity.activity_type_id == activity_type
            )
            present.filtered(lambda a, d=deciders: a.user_id not in d).unlink()
            new = deciders - present.exists().user_id
            for user in new:
                step.activity_schedule(
                    ACTIVITY_TYPE,
                    date_deadline=step.date_due or fields.Date.context_today(step),
                    summary=step.document_name,
                    user_id=user.id,
                )
            step._mail(new, "crm_strategy.mail_template_approval_request")

    def _close_activities(self):
        """Mark the activity of who decides as done, and drop those of the others."""
        activities = self.activity_ids
        own = activities.filtered(lambda activity: activity.user_id == self.env.user)
        (activities - own).unlink()
        own.action_feedback()

    # --- MAILS

    def _mail(self, users, template_id, **context):
        """Send a template to ``users``, to each in his own language.

        A mail that fails stops nothing: the activity is there, the step says why.
        """
        template = self.env.ref(template_id, raise_if_not_found=False)
        users = users.filtered("email")
        if not template or not users or self.env.context.get("tracking_disable"):
            return
        template = template.sudo()  # style: CRM109 sent by the product
        for user in users:
            self._mail_one(user, template.with_context(**context))

    def _mail_one(self, user, template):
        try:
            with self.env.cr.savepoint():
                template.with_context(
                    crm_strategy_mail_lang=user.lang, crm_strategy_mail_user=user
                ).send_mail(
                    self.id,
                    email_layout_xmlid="mail.mail_notification_light",
                    email_values={
                        "recipient_ids": user.partner_id.ids,
                        "email_to": False,
                    },
                )
        except OperationalError:
            raise  # the database asks to try the whole again
        except Exception as e:  # a broken template must not stop an approval
            _logger.warning("Approval %s: no mail to %s", self.id, user.login)
            _logger.info("Approval %s: no mail", self.id, exc_info=True)
            self.sudo().check_error = self.env._(  # style: CRM109 log of the product
                "%(user)s got no mail: %(error)s. An administrator can repair the "
                "template %(template)s.",
                user=user.name,
                error=str(e).strip().rstrip("."),
                template=template.display_name,
            )

    # --- REMINDERS

    @api.model
    def _cron_follow_up(self):
        """Once a day for each waiting step: ask whoever can decide now; remind."""
        today = fields.Date.context_today(self)
        domain = [
            ("state", "=", "pending"),
            "|",
            ("date_checked", "=", False),
            ("date_checked", "<", today),
        ]
        steps = self.search(domain, limit=BATCH, order="date_checked, id")
        steps = steps.try_lock_for_update(allow_referencing=True)
        for step in steps:
            step._follow_up_safely(today)
        if steps:
            self.env["ir.cron"]._commit_progress(
                len(steps), remaining=self.search_count(domain)
            )

    def _follow_up_safely(self, today):
        """Follow one step up; a step that fails says why and waits for tomorrow."""
        try:
            with self.env.cr.savepoint():
                self.check_error = False
                self._follow_up(today)
                self.date_checked = today
        except OperationalError:
            raise  # the database asks to try the whole again
        except Exception as e:  # one broken document must not stop the others
            _logger.warning("Approval %s cannot be followed up", self.id, exc_info=True)
            self.write({"check_error": str(e), "date_checked": today})

    def _follow_up(self, today):
        document = self._get_document()
        if not document:
            self._finish("void", self.env._("The document was deleted."))
            return
        if not self._get_deciders(self.env["crm.approval.deputy"]._get_pairs()):
            self._resolve_again()
        self._sync_activities()
        if self._is_reminder_due(today):
            self.date_reminded = today
            self._mail(
                self.decider_ids,
                "crm_strategy.mail_template_approval_request",
                crm_strategy_is_reminder=True,
            )

    def _is_reminder_due(self, today):
        days = self.rule_id.reminder_days
        if not days or not self.date_due or self.date_due >= today:
            return False
        return not self.date_reminded or (today - self.date_reminded).days >= days
