from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..complaint.crm_complaint import INTERNAL
from .crm_service_team import WAIT_END_DAYS, WAIT_REMINDER_DAYS

SILENT = "crm_service.mail_activity_type_silent"
BATCH = 100
RETRY_AFTER = timedelta(hours=12)
NOT_WAITING = {"is_wait_reminded": False, "is_wait_asked": False, "wait_retry": False}


class CrmComplaint(models.Model):
    """A pause for the customer has a reminder and an end.

    ======================= ==============================================
    days of the team        what happens, once a pause
    ======================= ==============================================
    to the reminder (3)     the customer is reminded by e-mail
    to the decision (10)    the agent decides: go on, or cancel it
    ======================= ==============================================

    Days count from the beginning of the pause; zero: never. What was done leaves
    the domain of the background job, so that a second run does nothing. A pause that
    is found when it is due to end already is not reminded of any more.
    """

    _inherit = "crm.complaint"

    is_wait_reminded = fields.Boolean(
        "Customer Reminded", readonly=True, copy=False, groups=INTERNAL
    )
    is_wait_asked = fields.Boolean(
        "Decision on the Pause Requested", readonly=True, copy=False, groups=INTERNAL
    )
    wait_retry = fields.Datetime(
        readonly=True,
        copy=False,
        groups=INTERNAL,
        help="Technical field: when the scheduled action tries again after an error.",
    )

    _waiting_idx = models.Index("(waiting_since) WHERE is_waiting")

    # --- CRUD

    def _check_system_fields(self, names):
        result = super()._check_system_fields(names)
        if not self.env.su and NOT_WAITING.keys() & set(names):
            raise AccessError(
                self.env._(
                    "Reminders of a pause are sent automatically. Use the buttons of "
                    "the complaint to begin and end it."
                )
            )
        return result

    # --- END OF A PAUSE

    def action_resume(self):
        """Nobody has to decide any more whether to go on."""
        result = super().action_resume()
        self._end_silence()
        return result

    def _prepare_resume_vals(self, now):
        return {**super()._prepare_resume_vals(now), **NOT_WAITING}

    def _end_activities(self):
        result = super()._end_activities()
        self._end_silence()
        return result

    def _end_silence(self):
        for complaint in self.sudo():  # style: CRM109 the agent's own to-do
            complaint._get_open_calls(SILENT).unlink()

    # --- CRON

    @api.model
    def _cron_follow_up_waiting(self):
        """Remind customers who have to answer; ask the agent where that was in vain."""
        self._cron_work_off_each(
            self._get_waiting_todo_domain(),
            "waiting_since, id",
            BATCH,
            lambda complaint: complaint._follow_up_pause(),
            lambda complaint, _error: complaint.write(
                {"wait_retry": fields.Datetime.now() + RETRY_AFTER}
            ),
        )

    @api.model
    def _get_waiting_todo_domain(self):
        """Return the domain of pauses of which something is due now."""
        teams = self.env["crm.service.team"].sudo()  # style: CRM109 their days only
        teams = teams.with_context(active_test=False).search([])
        due = Domain("team_id", "=", False) & self._get_silent_domain(
            WAIT_REMINDER_DAYS, WAIT_END_DAYS
        )
        days = teams.grouped(lambda t: (t.wait_reminder_days, t.wait_end_days))
        for (reminder, end), own in days.items():
            due |= Domain("team_id", "in", own.ids) & self._get_silent_domain(
                reminder, end
            )
        now = fields.Datetime.now()
        tried = Domain("wait_retry", "=", False) | Domain("wait_retry", "<=", now)
        return Domain("is_waiting", "=", True) & tried & due

    @api.model
    def _get_silent_domain(self, reminder, end):
        """Return the domain of pauses longer than these days, as far as not done."""
        now = fields.Datetime.now()
        due = Domain.FALSE
        for days, name in ((reminder, "is_wait_reminded"), (end, "is_wait_asked")):
            if days:
                long = Domain("waiting_since", "<=", now - timedelta(days=days))
                due |= Domain(name, "=", False) & long
        return due

    def _follow_up_pause(self):
        end = self.team_id.wait_end_days if self.team_id else WAIT_END_DAYS
        passed = fields.Datetime.now() - self.waiting_since
        if end and passed >= timedelta(days=end):
            self._ask_whether_to_go_on()
        else:
            self._remind_customer()

    def _remind_customer(self):
        """Write to the customer that we wait for him."""
        self.is_wait_reminded = True
        self._write_to_customer("crm_service.mail_template_complaint_waiting")

    def _ask_whether_to_go_on(self):
        """Let the agent decide what becomes of it."""
        self.write({"is_wait_reminded": True, "is_wait_asked": True})
        user = self.user_id.filtered("active") or self._get_desk_user()
        if not user or self._get_open_calls(SILENT):
            return
        since = fields.Datetime.context_timestamp(
            self.with_context(tz=user.tz), self.waiting_since
        )
        self.activity_schedule(
            SILENT,
            self._get_contact_today(),
            summary=self.env._("The customer does not answer"),
            note=self.env._(
                "We have been waiting for the customer since %(day)s. Press “Customer "
                "Answered” to go on with what is known, call the customer, or cancel "
                "the complaint and give the reason.",
                day=fields.Date.to_string(since.date()),
            ),
            user_id=user.id,
        )
