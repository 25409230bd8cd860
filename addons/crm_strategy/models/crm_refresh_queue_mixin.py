from odoo import api, fields, models
from odoo.tools import SQL


class CrmRefreshQueueMixin(models.AbstractModel):
    """Customers to look at again although nothing of theirs tells it by a write date.

    Filled where a purchase or lead leaves a customer: the former customer of a moved
    or deleted document, the former company of a moved contact, the remaining partner
    of a merge. Rows are only added here, so nobody waits for a refresh.
    """

    _name = "crm.refresh.queue.mixin"
    _description = "Queue of a Refresh"

    partner_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )

    @api.model
    def _push(self, partners):
        """Queue the customers of ``partners`` in every company that is refreshed."""
        ids = partners.commercial_partner_id.ids
        if not ids:
            return
        self.env.execute_query(
            SQL(
                """INSERT INTO %s (partner_id, company_id)
                   SELECT p.id, c.company_id
                     FROM UNNEST(%s) AS p(id), (%s) AS c(company_id)
                RETURNING id""",
                SQL.identifier(self._table),
                ids,
                self._companies_sql(),
            )
        )

    @api.model
    def _companies_sql(self) -> SQL:
        """Return the ids of the companies whose customers are refreshed."""
        return SQL("SELECT id FROM res_company WHERE active")
