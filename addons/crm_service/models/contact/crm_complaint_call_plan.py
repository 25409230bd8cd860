from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.tools import plaintext2html

from ...tools.complaint_call import PURPOSES as PURPOSE_OF_STATE
from ...tools.complaint_call import add_days, get_follow_up_day

CALL = "mail.mail_activity_data_call"
UNREACHABLE = "crm_service.mail_activity_type_unreachable"
NOTHING_PLANNED = {
    "date_contact": False,
    "unreachable_count": 0,
    "is_leader_asked": False,
    "is_contact_reminded": False,
    "contact_error": False,
    "contact_retry": False,
}


class CrmComplaint(models.Model):
    """Calls on the list of the agent, and the day of each.

    There is one open call at most: it is planned when the complaint comes to *Inform
    the Customer* or *Follow-Up Call*, moved when nobody answers, and ends when the
    complaint goes on, by whomever.
    """

    _inherit = "crm.complaint"

    def write(self, vals):
        """Another agent or another day takes the open call along."""
        result = super().write(vals)
        if "user_id" in vals or "date_contact" in vals:
            for complaint in self:
                complaint._sync_open_call()
        return result

    # --- DAYS

    def _get_contact_today(self):
        """Return the day that it is now for the people of the company."""
        return self._get_company_day(self.company_id)

    @api.model
    def _get_company_day(self, company):
        zone = self.env["crm.sale.fact"]._get_timezone(company)
        return fields.Date.context_today(self.with_context(tz=zone))

    def _get_day_after(self, start, days):
        """Return the day so many days, or working days, after ``start``."""
        team = self.team_id
        calendar = team.is_follow_up_in_working_days and team._get_calendar(
            self.company_id
        )
        if calendar and days:
            morning = datetime.combine(start + timedelta(days=1), time.min)
            planned = calendar.plan_days(days, morning, compute_leaves=True)
            if planned:
                return planned.date()
        return add_days(start, days)

    def _get_follow_up_day(self):
        """Return when the customer is asked whether all is well."""
        kind, team = self.kind_id, self.team_id
        days = kind.follow_up_days or (team.follow_up_days if team else 3)
        counted = kind.follow_up_from or team.follow_up_from or "shipped"
        start = self._get_shipping_day()
        if counted == "delivered":
            start = self.date_delivered or start
        told = self._get_contact_today()
        due = self._get_day_after(start or told, days)
        return get_follow_up_day(start, told, due)

    # --- PLANNED CALLS

    def _after_move(self, old_state):
        """Plan the call that the new state asks for; end those of the old one."""
        result = super()._after_move(old_state)
        moved = self.with_context(crm_service_move=None)
        for complaint in moved.sudo():  # style: CRM109 follows from the move
            if complaint.state in PURPOSE_OF_STATE:
                complaint._start_calling()
            elif old_state in PURPOSE_OF_STATE:
                complaint._stop_calling()
        return result

    def _start_calling(self):
        self._stop_calling()
        if self.state == "follow_up":
            self._plan_call(self._get_follow_up_day())
        else:
            self._plan_call(self._get_contact_today())

    def _stop_calling(self):
        """Nobody calls any more: open calls go, counting begins anew."""
        (self._get_open_calls() | self._get_open_calls(UNREACHABLE)).unlink()
        self.write(NOTHING_PLANNED)

    def _get_open_calls(self, activity_type=CALL):
        activities = self.sudo().activity_ids  # style: CRM109 whoever has to call
        kind = self.env.ref(activity_type)
        return activities.filtered(
            lambda a: a.active and a.automated and a.activity_type_id == kind
        )

    def _plan_call(self, day):
        """Put the next call on the agent's list: a new one, or the open one moved."""
        self.ensure_one()
        complaint = self.sudo()  # style: CRM109 on the list of the agent
        complaint.write({"date_contact": day, "is_contact_reminded": False})
        if complaint._get_open_calls():
            return
        user = complaint._get_call_user()
        called = complaint.with_context(lang=user.lang)
        called.activity_schedule(
            CALL,
            day,
            summary=called._get_call_summary(),
            note=called._get_call_note(user),
            user_id=user.id,
        )

    def _sync_open_call(self):
        calls = self._get_open_calls()
        if calls and self.date_contact:
            calls.write(
                {
                    "date_deadline": self.date_contact,
                    "user_id": self._get_call_user().id,
                }
            )

    def _get_call_user(self):
        """Return who calls: the agent, else the head of service, else the caller."""
        team = self.team_id.sudo()  # style: CRM109 who leads it
        users = self.user_id | team.leader_id | team.member_ids
        return users.filtered("active")[:1] or self.env.user

    def _get_call_summary(self):
        if self.contact_purpose == "follow_up":
            return self.env._(
                "Follow-up call: is everything all right with %s?", self.name
            )
        return self.env._("Call the customer: result of %s", self.name)

    def _get_call_note(self, user):
        number = self.contact_phone or self.env._("no phone number")
        script = self.with_user(user).sudo()  # style: CRM109 says the agent's name
        return plaintext2html(f"☎ {number}\n\n{script._get_call_script() or ''}")

    def _finish_calls(self, contact):
        """Mark the planned call as done, with what came of it."""
        labels = dict(contact._fields["outcome"]._description_selection(self.env))
        feedback = labels[contact.outcome]
        if contact.note:
            feedback = f"{feedback}: {contact.note}"
        calls = self._get_open_calls() | self._get_open_calls(UNREACHABLE)
        if calls:
            calls.action_feedback(feedback=feedback)
        if self.is_leader_asked:
            self.sudo().is_leader_asked = False  # style: CRM109 somebody called
