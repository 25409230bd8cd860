from odoo import api, fields, models
from odoo.tools import SQL

#: Days after which somebody whose order is due is not late any more, but silent.
GRACE_DAYS = 60


class CrmCareRule(models.Model):
    """The day on which a customer should order again, by the scorecard."""

    _inherit = "crm.care.rule"

    kind = fields.Selection(
        selection_add=[("cycle", "Next Order Due")], ondelete={"cycle": "cascade"}
    )

    @api.model
    def _get_following_kinds(self):
        return super()._get_following_kinds() | {"cycle"}

    def _get_grace_days(self):
        if self.kind == "cycle":
            return GRACE_DAYS
        return super()._get_grace_days()

    def _cycle_occasions_sql(self, first, last) -> SQL:
        """Last order plus the mean interval, of customers with two purchase days."""
        return SQL(
            """SELECT 'cycle,' || s.partner_id || ',' || s.next_order_date AS key,
                      s.partner_id AS customer_id, s.partner_id AS contact_id,
                      s.next_order_date AS day
                 FROM crm_customer_scorecard s
                WHERE s.company_id = %(company)s AND s.active
                  AND s.next_order_date BETWEEN %(first)s AND %(last)s""",
            company=self.company_id.id,
            first=first,
            last=last,
        )
