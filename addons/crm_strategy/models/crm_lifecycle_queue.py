from odoo import api, fields, models
from odoo.tools import SQL


class CrmLifecycleQueue(models.Model):
    """Customers to look at again although nothing of theirs tells it by a write date.

    Filled where a purchase or lead leaves a customer: the former customer of a moved
    or deleted document, the former company of a moved contact, the remaining partner
    of a merge. Rows are only added here, so nobody waits for a refresh.
    """

    _name = "crm.lifecycle.queue"
    _description = "Lifecycle Queue"

    partner_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )

    @api.model
    def _push(self, partners):
        """Queue the customers of ``partners`` in every company that has a policy."""
        ids = partners.commercial_partner_id.ids
        if not ids:
            return
        self.env.execute_query(
            SQL(
                """INSERT INTO crm_lifecycle_queue (partner_id, company_id)
                   SELECT p.id, c.company_id
                     FROM UNNEST(%s) AS p(id), crm_lifecycle_policy c
                RETURNING id""",
                ids,
            )
        )
