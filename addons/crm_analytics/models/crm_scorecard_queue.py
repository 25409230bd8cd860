from odoo import api, fields, models
from odoo.tools import SQL


class CrmScorecardQueue(models.Model):
    """Customers to score again although no order of theirs tells it by its write date.

    Filled where a purchase leaves a customer: the former customer of a moved order,
    the former company of a moved contact, the remaining partner of a merge.
    """

    _name = "crm.scorecard.queue"
    _description = "Scorecard Queue"

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
                """INSERT INTO crm_scorecard_queue (partner_id, company_id)
                   SELECT p.id, c.id FROM UNNEST(%s) AS p(id), res_company c
                    WHERE c.active
                RETURNING id""",
                ids,
            )
        )
