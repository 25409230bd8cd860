from odoo import api, models
from odoo.tools import SQL


class CrmLifecycleEngine(models.AbstractModel):
    """What other thresholds would bring, without moving anyone."""

    _inherit = "crm.lifecycle.engine"

    @api.model
    def _count_by_state(self, policy, rules):
        """Return ``(present state, state by rules, customers)``; locks stay."""
        self._prepare_transaction()
        today = self.env["crm.sale.fact"]._get_today(policy.company_id)
        return self.env.execute_query(
            SQL(
                """SELECT t.state, CASE WHEN d.partner_id IS NULL THEN NULL
                                        WHEN t.is_locked
                                         AND (t.lock_until IS NULL
                                              OR t.lock_until >= %(today)s)
                                        THEN t.state ELSE d.state END, COUNT(*)
                     FROM (%(decided)s) d
                FULL JOIN (SELECT partner_id, state, is_locked, lock_until
                             FROM crm_lifecycle_transition
                            WHERE company_id = %(company)s AND date_end IS NULL) t
                       ON t.partner_id = d.partner_id
                 GROUP BY 1, 2""",
                decided=self._decided_sql(
                    self._facts_sql(policy, today, False, rules), rules
                ),
                today=today,
                company=policy.company_id.id,
            )
        )
