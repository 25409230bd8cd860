from odoo import api, fields, models
from odoo.exceptions import AccessError

# what was decided on the complaint and approved by finance
DECIDED = {"order_id", "product_id", "product_uom_qty", "product_uom_id"}


class SaleOrderLine(models.Model):
    """Lines that replace complained goods: what was approved is what is sent."""

    _inherit = "sale.order.line"

    crm_remedy_line_id = fields.Many2one(
        "crm.complaint.remedy.line",
        "Replaces",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="crm_service.group_agent",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_replacing(DECIDED.union(*vals_list))
        return lines

    def write(self, vals):
        self._check_replacing(vals)
        return super().write(vals)

    def _check_replacing(self, names):
        """Nobody adds goods without a price to what finance has approved."""
        if self.env.su:
            return
        orders = self.order_id.sudo()  # style: CRM109 whether it is a replacement
        if "crm_remedy_line_id" in names or (
            DECIDED & set(names) and orders.crm_remedy_id
        ):
            raise AccessError(
                self.env._(
                    "Replacement products are decided on the complaint. Change the "
                    "remedy there."
                )
            )
