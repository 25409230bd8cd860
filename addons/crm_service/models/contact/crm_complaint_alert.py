from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.complaint_call import PURPOSES as PURPOSE_OF_STATE
from ..complaint.crm_complaint import INTERNAL
from .crm_complaint_call_plan import CALL, UNREACHABLE

WARNING = "mail.mail_activity_data_warning"
ANSWERED = "crm_service.mail_activity_type_answered"
BATCH = 100


class CrmComplaint(models.Model):
    """Whoever has to know is told: the head of service, and the agent who forgot.

    The background job looks at complaints that wait for a call. Each gets its call
    if somebody has taken it off the list, and one reminder if its day has passed.
    What it has done leaves the domain, so that a second run does nothing.
    """

    _inherit = "crm.complaint"

    is_contact_reminded = fields.Boolean(
        "Agent Reminded", readonly=True, copy=False, groups=INTERNAL
    )
    contact_error = fields.Text(
        "Call Planning Error", readonly=True, copy=False, groups=INTERNAL
    )
    contact_retry = fields.Date(
        readonly=True,
        copy=False,
        groups=INTERNAL,
        help="Technical field: when the scheduled action tries again after an error.",
    )

    # --- THE HEAD OF SERVICE

    def _on_reopened(self):
        """The customer is not content: the head of service learns of it at once."""
        result = super()._on_reopened()
        for complaint in self.sudo():  # style: CRM109 tells the head of service
            leader = complaint._get_contact_leader()
            complaint._get_open_calls(ANSWERED).unlink()
            complaint.activity_schedule(
                WARNING,
                complaint._get_contact_today(),
                summary=self.env._("Reopened: the customer is not satisfied"),
                note=complaint._get_denial(),
                user_id=leader.id,
            )
            complaint._mail_reopened(leader)
        return result

    def _ask_leader(self):
        """Nobody answers: the head of service decides what to do."""
        self.ensure_one()
        complaint = self.sudo()  # style: CRM109 asks the head of service
        calls = complaint._get_open_calls() | complaint._get_open_calls(UNREACHABLE)
        calls.unlink()
        complaint.write({"is_leader_asked": True, "date_contact": False})
        complaint.activity_schedule(
            UNREACHABLE,
            complaint._get_contact_today(),
            summary=self.env._("The customer cannot be reached"),
            note=self.env._(
                "The customer could not be reached in %(count)s calls. Call again "
                "yourself, write to the customer, or continue without an answer and "
                "give the reason.",
                count=complaint.unreachable_count,
            ),
            user_id=complaint._get_contact_leader().id,
        )

    def _get_denial(self):
        """Return what the customer said on the telephone, if he has just denied."""
        last = self.contact_ids[:1]
        return (last.outcome == "not_received" and last.note) or ""

    def _on_customer_wrote(self):
        """Of what is closed and nobody's, the head of service learns, once."""
        result = super()._on_customer_wrote()
        for complaint in self:
            if complaint.is_open or complaint.user_id.active:
                continue
            if complaint._get_open_calls(ANSWERED):
                continue
            user = complaint._get_desk_user()
            if user:
                complaint.activity_schedule(
                    ANSWERED,
                    complaint._get_contact_today(),
                    summary=self.env._("The customer has written about it again"),
                    note=self.env._(
                        "The complaint is closed and has no agent. Read the message, "
                        "answer it, or reopen the complaint."
                    ),
                    user_id=user.id,
                )
        return result

    def _get_desk_user(self):
        """Return who looks after what is nobody's: head, agent, any manager."""
        team, company = self.team_id, self.company_id
        managers = self.env.ref("crm_service.group_manager").all_user_ids
        managers = managers.filtered(
            lambda user: not user.share and company in user.company_ids
        )
        users = (team.leader_id, team.member_ids, managers.sorted("id"))
        active = (found.filtered("active")[:1] for found in users)
        return next(filter(None, active), self.env["res.users"])

    def _get_contact_leader(self):
        """Return the head of the team, else whoever works on the complaint."""
        leader = self.team_id.leader_id.filtered("active")
        return leader or self._get_call_user()

    def _mail_reopened(self, leader):
        template = self.env.ref(
            "crm_service.mail_template_complaint_reopened", raise_if_not_found=False
        )
        users = (leader | self.user_id).filtered("email")
        if not template or not users:
            return
        for user in users:
            template.with_context(
                crm_service_mail_lang=user.lang, crm_service_mail_user=user
            ).send_mail(
                self.id,
                email_layout_xmlid="mail.mail_notification_light",
                email_values={"recipient_ids": user.partner_id.ids, "email_to": False},
            )

    # --- CRON

    @api.model
    def _cron_remind_contacts(self):
        """Give each complaint that waits for a call its call; remind once."""
        self._cron_work_off_each(
            self._get_contact_todo_domain(),
            "date_contact, id",
            BATCH,
            lambda complaint: complaint._remind_once_more(),
            lambda complaint, error: complaint._put_off_call(error),
        )

    @api.model
    def _get_contact_todo_domain(self):
        """Return the domain of complaints of which a call is missing or forgotten.

        Each company has its own day: it begins earlier in Shanghai than in Berlin.
        """
        waiting = Domain("state", "in", list(PURPOSE_OF_STATE))
        waiting &= Domain("is_leader_asked", "=", False)
        companies = self.env["res.company"].sudo()  # style: CRM109 all that there are
        days = companies.search([]).grouped(self._get_company_day)
        return waiting & Domain.OR(
            Domain("company_id", "in", own.ids) & self._get_contact_day_domain(day)
            for day, own in days.items()
        )

    @api.model
    def _get_contact_day_domain(self, today):
        """Return the domain of calls that are missing or forgotten on ``today``."""
        tried = Domain("contact_retry", "=", False)
        tried |= Domain("contact_retry", "<=", today)
        missing = Domain(
            "activity_ids",
            "not any",
            [
                ("automated", "=", True),
                ("activity_type_id", "=", self.env.ref(CALL).id),
            ],
        )
        forgotten = Domain("is_contact_reminded", "=", False)
        forgotten &= Domain("date_contact", "<", today)
        return tried & (missing | forgotten)

    def _remind_once_more(self):
        if self.contact_error:
            self.write({"contact_error": False, "contact_retry": False})
        self._remind_of_call()

    def _put_off_call(self, error):
        """Say what failed, and try again tomorrow."""
        self.write(
            {
                "contact_error": str(error) or type(error).__name__,
                "contact_retry": fields.Date.add(self._get_contact_today(), days=1),
            }
        )

    def _remind_of_call(self):
        today = self._get_contact_today()
        if not self._get_open_calls():
            self._plan_call(max(self.date_contact or today, today))
        elif self.date_contact and self.date_contact < today:
            self.is_contact_reminded = True
            self._notify_forgotten_call()

    def _notify_forgotten_call(self):
        user = self._get_call_user()
        self.message_notify(
            partner_ids=user.partner_id.ids,
            subject=self.env._("Overdue call: %s", self.display_name),
            body=self.env._(
                "The customer was to be called on %(day)s. Call the customer, then "
                "log the answer.",
                day=fields.Date.to_string(self.date_contact),
            ),
        )
