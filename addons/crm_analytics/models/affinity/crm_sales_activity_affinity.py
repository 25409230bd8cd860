from odoo import fields, models


class CrmSalesActivity(models.Model):
    """A call that a rule of what is bought together led to."""

    _inherit = "crm.sales.activity"

    source = fields.Selection(
        selection_add=[("affinity", "Cross-Selling")],
        ondelete={"affinity": "set default"},
    )
    affinity_tmpl_id = fields.Many2one(
        "product.template",
        "Product to Offer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
