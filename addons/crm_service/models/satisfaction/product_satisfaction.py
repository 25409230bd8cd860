from odoo import models


class ProductTemplate(models.Model):
    """How satisfied those are who complained about or received a product."""

    _name = "product.template"
    _inherit = ["product.template", "crm.satisfaction.mixin"]

    _satisfaction_field = "product_tmpl_ids"


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "crm.satisfaction.mixin"]

    _satisfaction_field = "product_ids"
