import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

#: a pass that was left so long ago is not gone on with: everything is due again
LONGEST = timedelta(hours=12)


class CrmJobPass(models.Model):
    """How far a job has come that does one piece of work after the other.

    The host calls a job that used up its time again, and the job begins with its first
    piece, which may use up the time once more. So what was done is kept, in the
    transaction of the piece itself, until all of it is done: a later call goes on
    there, also after the server was stopped. The next pass begins with nothing done.

    For work whose records do not tell by themselves what is due.
    """

    _name = "crm.job.pass"
    _description = "Pass of a Job"
    _log_access = False

    name = fields.Char("Job", required=True, readonly=True)
    date_start = fields.Datetime(
        "Started", required=True, readonly=True, default=fields.Datetime.now
    )
    done = fields.Json(readonly=True, help="The pieces of work that are done.")

    _name_uniq = models.UniqueIndex("(name)", "A job has one pass at a time.")

    @api.model
    def _cron_work_off(self, name, pieces, work, in_slices=False):
        """Call ``work(piece)`` for each of ``pieces``, once in a pass; commit each.

        What fails is undone and logged, and counts as done in this pass; what gives
        way to another transaction is tried again by the next call.

        :param name: of the job
        :param pieces: numbers or strings that name the pieces, in order
        :param in_slices: ``work`` does a slice of the piece and returns whether the
            piece has more; each slice is committed
        """
        cron = self.env["ir.cron"]
        job_pass = self.sudo()._open(name)  # style: CRM109 where the job stands
        todo = [piece for piece in pieces if piece not in (job_pass.done or [])]
        if not todo:
            job_pass.unlink()
        left = len(todo)
        cron._commit_progress(remaining=left)
        for piece in todo:
            has_more = True
            while has_more:
                is_done, has_more = job_pass._do(work, piece, in_slices)
                if is_done and not has_more:
                    job_pass._note(piece, todo)
                    left -= 1
                if not cron._commit_progress(int(is_done), remaining=left):
                    return

    @api.model
    def _open(self, name):
        """Return the pass of job ``name`` to go on with, or a new one."""
        found = self.search([("name", "=", name)])
        if found and found.date_start < fields.Datetime.now() - LONGEST:
            found.unlink()
            found = self.browse()
        return found or self.create({"name": name})

    def _do(self, work, piece, in_slices):
        """Do one piece of work; return whether it is done, and whether it has more."""
        has_more = False
        try:
            has_more = bool(work(piece)) and in_slices
            self.env.flush_all()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
            _logger.info("%s, %s gives way: %s", self.name, piece, error)
            self._undo()
            return False, False
        except Exception:  # the others shall have their turn
            self._undo()
            _logger.exception("%s, %s failed", self.name, piece)
            has_more = False
        return True, has_more

    def _undo(self):
        """Forget what this piece did: each one has a transaction of its own."""
        self.env.cr.rollback()

    def _note(self, piece, todo):
        """Keep that ``piece`` is done; the pass ends with the last one."""
        done = [*(self.done or []), piece]
        if set(todo) <= set(done):
            self.unlink()
        else:
            self.done = done
