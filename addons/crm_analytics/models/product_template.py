from odoo import fields, models

from .res_partner import GROUPS

SHEET_READERS = f"{GROUPS},crm_service.group_agent"


class ProductTemplate(models.Model):
    """Analysts read divisions and the product sheet as salespeople do."""

    _inherit = "product.template"

    crm_division_own_id = fields.Many2one(groups=GROUPS)
    crm_division_id = fields.Many2one(groups=GROUPS)
    crm_sales_argument = fields.Text(groups=SHEET_READERS)

    def write(self, vals):
        """Queue the buyers of what moves to another category."""
        if "categ_id" in vals:
            moved = self.filtered(lambda one: one.categ_id.id != vals["categ_id"])
            if moved:
                self.env["crm.scorecard.queue"]._push_buyers(moved)
        return super().write(vals)
