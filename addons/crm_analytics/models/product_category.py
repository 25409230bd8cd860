from odoo import fields, models

from .res_partner import GROUPS


class ProductCategory(models.Model):
    """Analysts read divisions as salespeople do."""

    _inherit = "product.category"

    crm_division_own_id = fields.Many2one(groups=GROUPS)
    crm_division_id = fields.Many2one(groups=GROUPS)

    def write(self, vals):
        """Queue those of whom anything is known below what moves to another place."""
        if "parent_id" in vals:
            self._queue_scorecards()
        return super().write(vals)

    def _queue_scorecards(self):
        system = self.sudo().with_context(active_test=False)  # style: CRM109 everybody
        products = system.env["product.template"].search(
            [("categ_id", "child_of", self.ids)]
        )
        records = system.env["crm.supply.record"].search(
            [("category_id", "child_of", self.ids)]
        )
        queue = self.env["crm.scorecard.queue"]
        queue._push_buyers(products)
        queue._push(records.partner_id)
