from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.complaint_deadline import OPEN_PROMISES, PROMISES, judge, next_check

# what keeps a promise
DONE_FIELDS = {
    "reply": "date_replied",
    "decision": "date_decided",
    "resolution": "date_told",
}


class CrmComplaint(models.Model):
    """Promised times: counted in working hours, standing still for the customer.

    ========== ===================== ============================================
    promise    kept by               counted from
    ========== ===================== ============================================
    reply      first answer          receipt
    decision   decision              receipt, else when it was opened again
    resolution customer told         receipt, else when it was opened again
    ========== ===================== ============================================

    ``date_check`` says when the background job has to look again, so that it
    finds what is due by one index; see ``crm_complaint_cron.py``.
    """

    _inherit = "crm.complaint"

    @api.depends(
        "is_open",
        *(f"{promise}_state" for promise in PROMISES),
        *(f"deadline_{promise}" for promise in PROMISES),
    )
    def _compute_deadline_next(self):
        for complaint in self:
            complaint.deadline_next = complaint.is_open and min(
                (
                    complaint[f"deadline_{promise}"]
                    for promise in complaint._get_open_promises()
                ),
                default=False,
            )

    def _get_open_promises(self):
        return [name for name in PROMISES if self[f"{name}_state"] in OPEN_PROMISES]

    # --- ACTIONS

    def action_wait(self):
        """The customer has to answer: let the promised times stand still."""
        self.check_access("write")
        now = fields.Datetime.now()
        for complaint in self:
            if not complaint.is_open:
                raise complaint._get_move_error()
            if complaint.is_waiting:
                continue
            complaint._write_by_system(
                {"is_waiting": True, "waiting_since": now, "date_check": False}
            )

    def action_resume(self):
        """The customer has answered: let the promised times go on."""
        self.check_access("write")
        now = fields.Datetime.now()
        for complaint in self.filtered("is_waiting"):
            complaint._write_by_system(complaint._prepare_resume_vals(now))
        self._judge_promises()

    def _prepare_resume_vals(self, now):
        """Return promised times with the working hours that were left at the pause."""
        since = self.waiting_since or now
        team = self.team_id.sudo()  # style: CRM109 working hours of any team
        company = self.company_id
        vals = {
            "is_waiting": False,
            "waiting_since": False,
            "waiting_hours": self.waiting_hours
            + team._count_hours(since, now, company),
        }
        for promise in self._get_open_promises():
            for name in (f"deadline_{promise}", f"warn_{promise}"):
                if self[name] and self[name] > since:
                    left = team._count_hours(since, self[name], company)
                    vals[name] = team._plan_hours(left, now, company)
        return vals

    # --- START

    def _start_clock(self):
        """Promise the times that hold for these new complaints."""
        self._restart_clock(PROMISES, is_new=True)

    def _restart_clock(self, promises=None, is_new=False):
        """Promise anew: what is given, else what is still open.

        What is open counts from receipt, and what was waited is added; what is given
        counts from now. Who was opened again keeps the times he got then.
        """
        times_model = self.env["crm.complaint.deadline"]
        times, plans = {}, {}
        now = fields.Datetime.now()
        for complaint in self.filtered("is_open"):
            company = complaint.company_id
            if company not in times:
                times[company] = times_model._get_times(company)
            time = times_model._find(complaint, times[company])
            is_anew = promises and not is_new
            if complaint.reopen_count and not is_anew:
                continue
            start = now if is_anew else complaint.date_received
            pause = 0.0 if is_anew else complaint.waiting_hours
            vals = {}
            for promise in promises or complaint._get_unkept_promises():
                vals |= complaint._prepare_promise_vals(
                    promise, time, start, pause, plans
                )
            complaint._write_by_system(vals)
        self._judge_promises()

    def _get_unkept_promises(self):
        return [
            promise
            for promise in PROMISES
            if self[f"{promise}_state"] not in ("kept", "broken")
        ]

    def _prepare_promise_vals(self, promise, time, start, pause, plans):
        """Return deadline and warning of one promise.

        :param plans: {(team, company, hours, start): when they are over}, known so
            far; many complaints of one import have the same
        """
        time = time.sudo()  # style: CRM109 promises hold for every intake
        team = self.team_id.sudo()  # style: CRM109 working hours of any team
        hours = time[f"hours_{promise}"]
        vals = {f"deadline_{promise}": False, f"warn_{promise}": False}
        for name, share in (("deadline", 1), ("warn", time.warn_percent / 100)):
            if hours:
                key = (team, self.company_id, hours * share + pause, start)
                if key not in plans:
                    plans[key] = team._plan_hours(key[2], start, self.company_id)
                vals[f"{name}_{promise}"] = plans[key]
        return vals

    # --- JUDGE

    def _judge_promises(self):
        """Say how each promise stands, and when to look again.

        Nobody follows these values in the chatter, so nothing is prepared for that.
        """
        now = fields.Datetime.now()
        judged = defaultdict(list)
        for complaint in self:
            vals = complaint._prepare_judged_vals(now)
            if any(complaint[name] != value for name, value in vals.items()):
                judged[tuple(vals.items())].append(complaint.id)
        silent = self.with_context(tracking_disable=True)
        for vals, ids in judged.items():
            silent.browse(ids)._write_by_system(dict(vals))

    def _prepare_judged_vals(self, now):
        """A promise of a closed complaint that nothing kept was void."""
        vals, promises = {}, []
        for promise in PROMISES:
            state = judge(
                self[f"deadline_{promise}"],
                self[DONE_FIELDS[promise]],
                now,
                self[f"warn_{promise}"],
            )
            known = self[f"{promise}_state"]
            if known in ("kept", "broken") and self[DONE_FIELDS[promise]]:
                state = known
            elif state in OPEN_PROMISES and not self.is_open:
                state = False
            elif self.is_waiting and known in OPEN_PROMISES:
                state = known
            vals[f"{promise}_state"] = state
            deadline = self[f"deadline_{promise}"]
            promises.append((state, self[f"warn_{promise}"], deadline))
        is_running = self.is_open and not self.is_waiting
        vals["date_check"] = (is_running and next_check(promises)) or False
        return vals

    def action_reply(self):
        """The customer has got a first answer, by whatever way."""
        self.check_access("write")
        if replied := self.filtered("date_replied"):
            raise UserError(
                self.env._(
                    "The first reply to “%(name)s” is already recorded.",
                    name=replied[0].display_name,
                )
            )
        self._reply()

    def _reply(self):
        """Keep when the customer got the first answer."""
        fresh = self.filtered(lambda c: not c.date_replied)
        fresh._write_by_system({"date_replied": fields.Datetime.now()})
        fresh._judge_promises()
