import logging

from odoo import api, models
from odoo.exceptions import LockError

from ...tools.notification import notification
from .crm_segment_refresh import BUSY_ERRORS

_logger = logging.getLogger(__name__)


class CrmSegmentation(models.Model):
    """Buttons and background runs of the refresh.

    The state of a scheme is the queue: what is ``queued`` (or was left
    ``running`` by a killed server) is worked off one scheme per transaction, in
    the order of dependencies. A scheme that fails leaves the queue with its
    error and does not stop the others.
    """

    _inherit = "crm.segmentation"

    # --- ACTIONS

    def action_refresh(self):
        """Refresh one scheme at once, several in the background."""
        self.check_access("write")
        if len(self) > 1:
            return self.action_queue_refresh()
        return self._notify_refreshed(self._refresh())

    def action_queue_refresh(self):
        """Let the background job refresh these schemes."""
        self.check_access("write")
        waiting = self._queue_refresh()
        return notification(
            self.env._(
                "%(count)s schemes are refreshed in the background. Their state and "
                "progress show in this list.",
                count=len(waiting),
            )
        )

    def action_preview(self):
        """Show what a refresh would change, without changing it."""
        self.ensure_one()
        self.check_access("write")
        wizard = self.env["crm.segmentation.preview"]._create_for(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What a Refresh Would Change"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def _notify_refreshed(self, counts):
        total = {
            key: sum(figures[key] for figures in counts.values())
            for key in ("entered", "left", "unchanged")
        }
        return notification(
            self.env._(
                "%(scheme)s: %(entered)s entered, %(left)s left, %(unchanged)s stay.",
                scheme=", ".join(self.mapped("name")),
                **total,
            )
        )

    # --- QUEUE

    def _queue_refresh(self):
        """Put these schemes into the queue and wake the job; return who waits."""
        waiting = self.filtered("active")
        waiting.write(
            {"refresh_state": "queued", "refresh_error": False, "refresh_progress": 0}
        )
        if waiting:
            cron = self.env.ref("crm_strategy.ir_cron_segmentation_refresh")
            cron.sudo()._trigger()  # style: CRM109 wakes a fixed job, no data
        return waiting

    @api.model
    def _cron_queue_refresh(self):
        """Queue every active scheme (nightly)."""
        self.search([("refresh_state", "!=", "running")])._queue_refresh()

    @api.model
    def _cron_refresh(self):
        """Work off the queue; a rerun goes on where the last run stopped."""
        waiting = self.search([("refresh_state", "in", ("queued", "running"))])
        waiting = waiting._in_refresh_order()
        total = len(waiting)
        for done, scheme in enumerate(waiting, start=1):
            scheme = scheme.try_lock_for_update(allow_referencing=True)
            if scheme:
                scheme.refresh_state = "running"
                self.env["ir.cron"]._commit_progress(remaining=total - done + 1)
                scheme._refresh_in_background()
            (waiting[done:]).refresh_progress = 100 * done // total
            left = self.env["ir.cron"]._commit_progress(1, remaining=total - done)
            if not left:
                break

    def _refresh_in_background(self):
        """Refresh one scheme; on error note it on the scheme, keep nothing else."""
        try:
            with self.env.cr.savepoint():
                self._refresh_scheme()
        except BUSY_ERRORS as e:
            _logger.info("Refresh of scheme %s gives way: %s", self.id, e)
            self.refresh_state = "queued"
        except Exception as e:  # whatever it is, the schemes after it get their turn
            if isinstance(e.__cause__, LockError):
                _logger.info("Scheme %s is in use and waits on", self.id)
                self.refresh_state = "queued"
                return
            _logger.info("Refresh of scheme %s failed: %s", self.id, e, exc_info=True)
            self.env.invalidate_all()
            error = str(e) or type(e).__name__
            self.write({"refresh_state": "failed", "refresh_error": error})
