from odoo import fields, models


class ProductTemplate(models.Model):
    """What can be sent in place of a product."""

    _inherit = "product.template"

    crm_substitute_ids = fields.Many2many(
        "product.product",
        "crm_product_substitute_rel",
        "product_tmpl_id",
        "product_id",
        string="Substitutes",
        domain="[('product_tmpl_id', '!=', id), ('type', '=', 'consu')]",
        check_company=True,
        groups="crm_service.group_agent",
        help="Products that customer service may send instead of this one. Their "
        "available stock is shown next to it.",
    )
