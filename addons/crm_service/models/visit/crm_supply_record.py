from odoo import fields, models


class CrmSupplyRecord(models.Model):
    _inherit = "crm.supply.record"

    sales_activity_id = fields.Many2one(
        "crm.sales.activity",
        "Visit",
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        copy=False,
        help="The visit in whose report this was recorded.",
    )
