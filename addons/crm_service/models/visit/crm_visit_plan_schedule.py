import logging

from psycopg2 import OperationalError

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

_logger = logging.getLogger(__name__)

BATCH = 100  # visits put into calendars in one go
#: Nobody is written to when many visits are put into calendars
QUIET = {
    "tracking_disable": True,
    "mail_notrack": True,
    "no_mail_to_attendees": True,
    "dont_notify": True,
}


class CrmVisitPlan(models.Model):
    """Proposals become planned visits in the calendars of their people.

    Many of them, and the generation of big plans, are left to a job; whoever started
    it goes on working. A job that fails says so on the plan and can be started again.
    """

    _inherit = "crm.visit.plan"

    def action_schedule(self):
        """Put all proposals of these plans into calendars."""
        return self._schedule_people(self.person_ids.user_id)

    def _schedule_people(self, users):
        """Put the proposals of ``users`` into their calendars, many by a job."""
        self.check_access("write")
        for plan in self:
            if plan.state not in ("generated", "active"):
                raise UserError(
                    self.env._(
                        "“%s” has no visits to schedule. Generate them first.",
                        plan.name,
                    )
                )
        is_big = False
        for plan in self:
            visits = plan._get_to_schedule(users, BATCH + 1)
            if len(visits) > BATCH:
                plan._start_job("schedule", users)
                is_big = True
            else:
                plan._schedule(visits)
        return self._notify_job() if is_big else True

    def _get_to_schedule(self, users, limit):
        """Return the next proposals of ``users``, from today on."""
        self.ensure_one()
        begin = self.env["crm.sale.fact"]._get_day_start(
            self.env["crm.sale.fact"]._get_today(self.company_id), self.company_id
        )
        return self.env["crm.sales.activity"].search(
            Domain("plan_id", "=", self.id)
            & Domain("state", "=", "proposed")
            & Domain("user_id", "in", users.ids)
            & Domain("date_start", ">=", begin),
            order="date_start, id",
            limit=limit,
        )

    def _schedule(self, visits):
        """Plan ``visits``; the plan is active from then on."""
        self.ensure_one()
        if visits:
            visits.with_context(**QUIET).action_plan()
        if self.state == "generated":
            self.sudo()._move("activate")  # style: CRM109 follows from the visits

    # --- JOBS

    def _start_job(self, job, users=None):
        """Leave the work to the scheduled action, as soon as it can."""
        self.write(
            {
                "job": job,
                "job_error": False,
                "job_user_ids": [Command.set(users.ids if users else [])],
            }
        )
        cron = self.env.ref("crm_service.ir_cron_visit_plan")
        cron.sudo()._trigger()  # style: CRM109 start of our own job

    def _notify_job(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "The visits are being prepared in the background. Reload the page "
                    "in a minute to see them."
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _cron_work(self):
        """Do the jobs of plans: one generation, or one batch of visits, at a time.

        A plan that somebody holds just now is left for the next run.
        """
        cron = self.env["ir.cron"]
        todo, held = Domain("job", "!=", False), self.browse()
        while plan := self.search(
            todo & Domain("id", "not in", held.ids), order="id", limit=1
        ):
            if not plan.try_lock_for_update():
                held |= plan
                continue
            plan._work()
            if not cron._commit_progress(1, remaining=self.search_count(todo)):
                break

    def _work(self):
        """Do the next part of the plan's job; keep an error on the plan."""
        self.ensure_one()
        plan = self.with_company(self.company_id)
        try:
            with self.env.cr.savepoint():
                is_over = getattr(plan, f"_work_{self.job}")()
        except OperationalError:
            raise  # the database asks to try the whole again
        except Exception as error:  # the other plans get their turn
            _logger.warning("Visit plan %s failed", self.id, exc_info=True)
            self.write({"job": False, "job_error": str(error) or repr(error)})
            return
        if is_over:
            self.write({"job": False, "job_user_ids": [Command.clear()]})

    def _work_generate(self):
        self._check_generate()
        self._generate()
        return True

    def _work_schedule(self):
        """Plan one batch; return whether it was the last."""
        users = self.job_user_ids or self.person_ids.user_id
        visits = self._get_to_schedule(users, BATCH)
        self._schedule(visits)
        return len(visits) < BATCH
