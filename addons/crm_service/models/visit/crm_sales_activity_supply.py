from odoo import fields, models


class CrmSalesActivity(models.Model):
    """What a visit found out about other suppliers."""

    _inherit = "crm.sales.activity"

    supply_record_ids = fields.One2many(
        "crm.supply.record",
        "sales_activity_id",
        "Supply",
        copy=False,
        groups="crm_strategy.group_user",
    )
