from odoo import api, models
from odoo.tools import SQL

from . import crm_next_best_offer_engine as engine


class CrmNextBestOfferEngine(models.AbstractModel):
    """The nightly job: every company, a batch of customers at a time."""

    _inherit = "crm.next.best.offer.engine"

    @api.model
    def _cron_refresh(self):
        """Work out the offers of every company, a batch of customers at a time.

        Each batch is committed for itself: until the end of the job, some customers
        have the offers of tonight, the others those of the night before.
        """
        policies = self.env["crm.affinity.policy"]._ensure(
            self.env["res.company"].search([])
        )
        pieces = {}
        for policy in policies:
            steps = ["start", *self._find_batches(policy), "end"]
            pieces |= {f"{policy.id} {step}": (policy, step) for step in steps}
        self.env["crm.job.pass"]._cron_work_off(
            self._name,
            pieces,
            lambda piece: self.env["crm.affinity.run"]._offer_step(*pieces[piece]),
        )

    @api.model
    def _find_batches(self, policy):
        """Return the numbers of the batches that have customers.

        They are ranges of ids, so that a customer stays in his batch.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT partner_id / %s FROM crm_customer_scorecard
                    WHERE company_id = %s AND active ORDER BY 1""",
                engine.BATCH,
                policy.company_id.id,
            )
        )
        return [number for [number] in rows]

    @api.model
    def _refresh_numbered(self, policy, number):
        """Work out the offers of a batch; return how many customers it has."""
        ids = self._find_customers(policy, number)
        self._prepare(policy)
        self._refresh_batch(policy, ids)
        return len(ids)

    @api.model
    def _finish(self, policy):
        """Close what concerns no batch, once all of them are done."""
        self._prepare(policy)
        self._expire_others(policy)
        self.env["crm.offer.hit"]._refresh(policy)
        policy.offers_at = self.env.cr.now()
