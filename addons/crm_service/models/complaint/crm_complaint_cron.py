import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.complaint_deadline import PROMISES

_logger = logging.getLogger(__name__)
BATCH = 500
RETRY_AFTER = timedelta(hours=1)
ACTIVITY = "mail.mail_activity_data_warning"


class CrmComplaint(models.Model):
    """Warn before a promised time is over, escalate after.

    The agent is warned by an activity; what is late goes to the head of service,
    as an activity and in one mail a run. ``date_check`` is the cursor: what was
    looked at leaves it, what failed comes back in an hour.
    """

    _inherit = "crm.complaint"

    @api.model
    def _cron_check_deadlines(self):
        """Look at each complaint whose next warning or promised time has come."""
        domain = [("date_check", "<=", fields.Datetime.now())]
        cron = self.env["ir.cron"]
        remaining = self.search_count(domain)
        cron._commit_progress(remaining=remaining)
        busy = self.browse()  # somebody works on them now: looked at by the next run
        while due := self.search(
            [*domain, ("id", "not in", busy.ids)], limit=BATCH, order="date_check, id"
        ):
            locked = due.try_lock_for_update(allow_referencing=True)
            busy |= due - locked
            late = locked._check_deadlines_safely()
            late._mail_leaders()
            remaining = max(remaining - len(due), 0)
            if not cron._commit_progress(len(due), remaining=remaining):
                break

    def _check_deadlines_safely(self):
        """Check all; where that fails, one by one, so that one cannot stop the rest."""
        try:
            with self.env.cr.savepoint():
                return self._check_deadlines()
        except Exception:
            _logger.exception("Deadlines of %s complaints: one by one", len(self))
        late = self.browse()
        for complaint in self:
            late += complaint._check_deadline_safely()
        return late

    def _check_deadline_safely(self):
        try:
            with self.env.cr.savepoint():
                return self._check_deadlines()
        except Exception:
            _logger.exception("Deadlines of complaint %s", self.id)
            self.invalidate_recordset()
            self._look_again_later()
            return self.browse()

    def _look_again_later(self):
        """Leave the queue for an hour, by SQL: the record itself may be the trouble."""
        if self:
            self.env.execute_query(
                SQL(
                    "UPDATE crm_complaint SET date_check = %s WHERE id IN %s"
                    " RETURNING id",
                    fields.Datetime.now() + RETRY_AFTER,
                    tuple(self.ids),
                )
            )
            self.invalidate_recordset(["date_check"])

    def _check_deadlines(self):
        """Judge the promises; warn and escalate what is new. Return what is late."""
        before = {
            complaint: {name: complaint[f"{name}_state"] for name in PROMISES}
            for complaint in self
        }
        self._judge_promises()
        fresh = {"warned": self.browse(), "late": self.browse()}
        for complaint in self:
            for name in PROMISES:
                state = complaint[f"{name}_state"]
                if state in fresh and state != before[complaint][name]:
                    fresh[state] |= complaint
        (fresh["warned"] - fresh["late"])._plan_alarm("warned")
        fresh["late"]._plan_alarm("late")
        self.flush_recordset()
        return fresh["late"]

    @api.model
    def _cron_work_off_each(self, domain, order, limit, work, fail):
        """Do ``work`` for what is due, each complaint for itself.

        :param work: function of one complaint; what it did leaves the domain
        :param fail: function of a complaint and the error that makes it leave as well
        """
        complaints = self.search(domain, limit=limit, order=order)
        complaints = complaints.try_lock_for_update(allow_referencing=True)
        for complaint in complaints:
            complaint._work_safely(work, fail)
        if complaints:
            self.env["ir.cron"]._commit_progress(
                len(complaints), remaining=self.search_count(domain)
            )

    def _work_safely(self, work, fail):
        try:
            with self.env.cr.savepoint():
                work(self)
        except OperationalError:
            raise  # the database asks to try the whole again
        except Exception as error:  # one broken complaint must not stop the others
            _logger.warning("Complaint %s: failed", self.id, exc_info=True)
            self.env.invalidate_all()
            fail(self, error)

    def _plan_alarm(self, state):
        """Give an activity to the agent (warned) or to the head of service (late)."""
        if not self:
            return
        activity_type = self.env.ref(ACTIVITY)
        labels = {
            "warned": self.env._("Promised time about to expire"),
            "late": self.env._("Promised time exceeded"),
        }
        activities = self.env["mail.activity"].with_context(
            mail_activity_quick_update=True
        )
        model_id = self.env["ir.model"]._get_id(self._name)
        vals_list = []
        for complaint in self:
            leader = complaint.team_id.leader_id
            agent = complaint.user_id
            user = (agent or leader) if state == "warned" else (leader or agent)
            if not user.active:
                continue
            vals_list.append(
                {
                    "activity_type_id": activity_type.id,
                    "automated": True,
                    "date_deadline": complaint._get_contact_today(),
                    "res_model_id": model_id,
                    "res_id": complaint.id,
                    "summary": labels[state],
                    "user_id": user.id,
                }
            )
        activities.create(vals_list)

    def _mail_leaders(self):
        """Send each head of service one list of what has become late."""
        template = self.env.ref(
            "crm_service.mail_template_complaint_late", raise_if_not_found=False
        )
        if not template:
            return
        for leader, complaints in self.grouped(lambda c: c.team_id.leader_id).items():
            if leader.active and leader.email:
                template.with_context(complaints=complaints).send_mail(leader.id)
