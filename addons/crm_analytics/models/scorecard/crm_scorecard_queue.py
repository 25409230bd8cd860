from odoo import api, models
from odoo.tools import SQL


class CrmScorecardQueue(models.Model):
    """Customers to score again."""

    _name = "crm.scorecard.queue"
    _description = "Scorecard Queue"
    _inherit = ["crm.refresh.queue.mixin"]

    @api.model
    def _push_buyers(self, templates):
        """Queue who ordered these products: they count in other categories now."""
        self.env["sale.order"].flush_model(["partner_id"])
        self.env["sale.order.line"].flush_model(["order_id", "product_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT o.partner_id
                     FROM product_product p
                     JOIN sale_order_line l ON l.product_id = p.id
                     JOIN sale_order o ON o.id = l.order_id
                    WHERE p.product_tmpl_id = ANY(%s)""",
                templates.ids,
            )
        )
        buyers = self.env["res.partner"].browse(row[0] for row in rows)
        self._push(buyers.sudo())  # style: CRM109 whoever they are
