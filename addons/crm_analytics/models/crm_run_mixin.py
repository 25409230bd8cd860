import logging

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class CrmRunMixin(models.AbstractModel):
    """The record of one run of a job for one company: how it went, and why it failed.

    A run at work holds the lock of its company's policy. A model gives ``_work``, which
    does the work and records its figures, and ``_policy_model``. One that tells how far
    it is gives ``_progress`` and ``_get_steps``, and calls :meth:`_tell_progress`.
    """

    _name = "crm.run.mixin"
    _description = "Record of a Run"
    _inherit = ["crm.run.parameter.mixin"]

    _policy_model = None
    #: how connections of runs at work are called
    _progress = None

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(
        [
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("interrupted", "Interrupted"),
        ],
        required=True,
        default="running",
        readonly=True,
    )
    date_start = fields.Datetime(
        "Started", required=True, readonly=True, default=fields.Datetime.now
    )
    duration = fields.Float(
        "Duration (s)", digits=(16, 3), readonly=True, aggregator="avg"
    )
    error = fields.Text(readonly=True)
    user_id = fields.Many2one(
        "res.users", "Started by", readonly=True, default=lambda self: self.env.user
    )

    @api.model
    def _start(self, company, mode):
        return self.sudo().create(  # style: CRM109 whoever may refresh leaves a record
            {"company_id": company.id, "mode": mode}
        )

    def _work(self, *args):
        """Do the work of this run and record its figures and duration."""
        raise NotImplementedError

    def _work_safely(self, *args):
        """Work; on any failure undo it and keep the reason on the run.

        A conflict with another transaction is no failure: the host tries again.
        """
        try:
            with self.env.cr.savepoint():
                self._work(*args)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # the reason is kept for the user
            _logger.exception("A run of %s failed", self._name)
            self.env.invalidate_all()
            self.write({"state": "failed", "error": str(error)})

    @api.model
    def _mark_interrupted(self):
        """Close the runs that a killed process left behind.

        A run at work holds the lock of its company's policy, so a run whose policy can
        be locked is dead.
        """
        running = self.search(self._get_running_domain())
        policies = self.env[self._policy_model]._ensure(running.company_id)
        free = policies.try_lock_for_update().company_id
        running.filtered(lambda run: run.company_id in free).write(
            {
                "state": "interrupted",
                "error": self.env._(
                    "The server stopped during this run. Nothing of it was kept."
                ),
            }
        )

    @api.model
    def _get_running_domain(self):
        """Return the domain of the runs that hold the lock while they work."""
        return [("state", "=", "running")]

    # --- PROGRESS

    @api.model
    def _get_steps(self):
        """Return the names of the steps of the work, in order."""
        raise NotImplementedError

    @api.model
    def _tell_progress(self, company, step):
        """Let other sessions see at which step the work for ``company`` is.

        What this transaction writes nobody sees before its end, and a row that it
        wrote must not be written by another one: so the name of the connection tells,
        which the database shows to everybody at once.
        """
        name = f"{self._progress}/{company.id}/{step}"
        self.env.cr.execute(
            SQL("SELECT set_config('application_name', %s, true)", name)
        )

    @api.model
    def _get_progress(self):
        """Return ``{company id: percent}`` of the runs at work."""
        rows = self.env.execute_query(
            SQL(
                """SELECT application_name FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name LIKE %s""",
                f"{self._progress}/%",
            )
        )
        steps = self._get_steps()
        shares = {}
        for [name] in rows:
            _prefix, company_id, step = name.split("/")
            if step in steps:
                shares[int(company_id)] = 100.0 * steps.index(step) / len(steps)
        return shares

    # --- RETENTION

    @api.autovacuum
    def _gc_runs(self):
        """Forget runs of more than half a year ago."""
        if self._abstract:
            return
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=180)
        self.search([("date_start", "<", limit)], limit=10000).unlink()
