from odoo import api, fields, models
from odoo.tools import SQL


class CrmScorecardCredit(models.Model):
    """Orders that have, or once had, a posted credit note.

    Few orders have, and to find them takes a way over the lines of all credit notes or
    over all order lines of a customer. A refresh adds the orders of the credit notes
    written since the last one and looks here for those of the customers at hand. An
    order that has no credit note any more does no harm: nothing is taken back from it.
    """

    _name = "crm.scorecard.credit"
    _description = "Order with Credit Notes"
    _rec_name = "order_id"

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade")

    _order_uniq = models.UniqueIndex("(order_id)", "Each order is listed once.")

    @api.model
    def _store(self, orders: SQL):
        """Add the orders of a statement giving ``order_id``."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_scorecard_credit (order_id)
                   SELECT order_id FROM (%s) AS o
                    WHERE order_id NOT IN (SELECT order_id FROM crm_scorecard_credit)
                       ON CONFLICT DO NOTHING""",
                orders,
            )
        )

    @api.model
    def _find(self, order_ids, customer_ids):
        """Return the ids of the listed orders among these and of these customers."""
        listed = SQL(
            "SELECT order_id FROM crm_scorecard_credit WHERE order_id = ANY(%s)",
            order_ids,
        )
        if customer_ids:
            listed = SQL(
                """%s UNION
                   SELECT c.order_id
                     FROM res_partner p
                     JOIN sale_order o ON o.partner_id = p.id
                     JOIN crm_scorecard_credit c ON c.order_id = o.id
                    WHERE p.commercial_partner_id = ANY(%s)""",
                listed,
                customer_ids,
            )
        return [order_id for [order_id] in self.env.execute_query(listed)]
