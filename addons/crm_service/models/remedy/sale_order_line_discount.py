from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SaleOrderLine(models.Model):
    """A line that gives a promised discount."""

    _inherit = "sale.order.line"

    crm_discount_remedy_id = fields.Many2one(
        "crm.complaint.remedy",
        "Promised Discount",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="crm_strategy.group_user,crm_service.group_agent",
    )

    @api.constrains("price_unit", "product_uom_qty")
    def _check_discount(self):
        """No more is taken off than was promised."""
        lines = self.sudo()  # style: CRM109 whoever writes the line
        for line in lines.filtered("crm_discount_remedy_id"):
            order = line.order_id
            promised = line.crm_discount_remedy_id._get_discount_amount(order)
            given = -line.price_unit * line.product_uom_qty
            if order.currency_id.compare_amounts(given, promised) > 0:
                raise ValidationError(
                    self.env._(
                        "A discount of %(amount)s was promised. To give more, add a "
                        "separate line.",
                        amount=order.currency_id.format(promised),
                    )
                )
