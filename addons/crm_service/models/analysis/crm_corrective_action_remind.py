import logging

from odoo import api, fields, models

_logger = logging.getLogger(__name__)
BATCH = 100
#: Days between two reminders of the same action
AGAIN = 7
ACTIVITY = "mail.mail_activity_data_warning"


class CrmCorrectiveAction(models.Model):
    """Remind the owner of what is overdue, once a week."""

    _inherit = "crm.corrective.action"

    @api.model
    def _cron_remind(self):
        """Give each owner an activity; ``date_reminded`` is the cursor."""
        cron = self.env["ir.cron"]
        today = fields.Date.context_today(self)
        domain = [
            ("is_late", "=", True),
            ("user_id", "!=", False),
            "|",
            ("date_reminded", "=", False),
            ("date_reminded", "<=", fields.Date.subtract(today, days=AGAIN)),
        ]
        remaining = self.search_count(domain)
        cron._commit_progress(remaining=remaining)
        while due := self.search(domain, limit=BATCH, order="id"):
            for action in due:
                action._remind_safely(today)
            remaining = max(remaining - len(due), 0)
            if not cron._commit_progress(len(due), remaining=remaining):
                break

    def _remind_safely(self, today):
        """Remind; what fails leaves the queue as well, so that it cannot block it."""
        try:
            with self.env.cr.savepoint():
                self._remind(today)
        except Exception:
            _logger.exception("Reminder of corrective action %s", self.id)
            self.invalidate_recordset()
        self.date_reminded = today

    def _remind(self, today):
        self.activity_unlink([ACTIVITY])
        if self.user_id.active:
            self.activity_schedule(
                ACTIVITY,
                today,
                summary=self.env._("Corrective action is overdue"),
                user_id=self.user_id.id,
            )
