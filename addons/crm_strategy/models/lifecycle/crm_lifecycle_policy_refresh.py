import logging
import time

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class CrmLifecyclePolicy(models.Model):
    """Refresh of the states: at once, or in the background for every company."""

    _inherit = "crm.lifecycle.policy"

    def _refresh(self, mode="incremental", partners=None, watermark=None):
        """Refresh the states of one company; see the engine. Commits nothing."""
        self.ensure_one()
        engine = self.env["crm.lifecycle.engine"]
        engine = engine.sudo()  # style: CRM109 states of all customers, by rule
        return engine._refresh(
            self.sudo(),  # style: CRM109 result of the run, on this policy only
            mode,
            partners,
            watermark,
        )

    def _mark_refreshed(self, watermark, today, counts, *, full):
        """Record how far the states are up to date, and what the run did."""
        now = fields.Datetime.now()
        vals = {
            "watermark": watermark,
            "last_day": today,
            "date_refresh": now,
            "refresh_error": False,
            "moved_count": counts["moved"],
        }
        if full:
            vals.update(
                date_full_refresh=now,
                is_stale=False,
                corrected_count=counts["corrected"],
            )
        self.write(vals)

    # --- CRON

    @api.model
    def _cron_refresh(self, mode="incremental"):
        """Refresh every company that sells; each is committed for itself."""
        self.env.flush_all()
        policies = self._get_refreshable()
        self.env["crm.job.pass"]._cron_work_off(
            f"{self._name} {mode}",
            policies.ids,
            lambda ref: policies.browse(ref)._cron_refresh_in_turn(mode),
        )

    def _cron_refresh_in_turn(self, mode):
        """Refresh, unless somebody else does so right now."""
        if not self.try_lock_for_update(allow_referencing=True):
            return
        # before the commit: the work must see all that is not open any more
        watermark = self.env["crm.watermark"]._read()
        self.env["ir.cron"]._commit_progress()
        self._refresh_safely(mode, watermark)

    @api.model
    def _get_refreshable(self):
        """Return the active policies; a company gets its own when it starts to sell."""
        rows = self.env.execute_query(
            SQL(
                """SELECT c.id FROM res_company c
                    WHERE c.id NOT IN (SELECT company_id FROM crm_lifecycle_policy)
                      AND (EXISTS (SELECT FROM sale_order WHERE company_id = c.id)
                           OR EXISTS (SELECT FROM crm_lead WHERE company_id = c.id))"""
            )
        )
        self._ensure(self.env["res.company"].browse([row[0] for row in rows]))
        return self.search([])

    def _refresh_safely(self, mode, watermark):
        """Refresh; on failure keep the reason on the policy, and nothing else.

        A conflict with another transaction is no failure: the next run tries again.
        """
        started = time.monotonic()
        try:
            with self.env.cr.savepoint():
                self._refresh(mode, watermark=watermark)
                self.refresh_duration = time.monotonic() - started
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as e:
            _logger.info("Lifecycle of company %s gives way: %s", self.company_id.id, e)
            self.env.invalidate_all()
        except Exception as e:  # whatever it is, the other companies get their turn
            _logger.info(
                "Lifecycle of company %s failed: %s",
                self.company_id.id,
                e,
                exc_info=True,
            )
            self.env.invalidate_all()
            self.write({"refresh_error": str(e) or type(e).__name__})
