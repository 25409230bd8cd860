from odoo import fields, models


class CrmNeed(models.Model):
    """A need that was collected in a visit or another touch."""

    _inherit = "crm.need"

    sales_activity_id = fields.Many2one(
        "crm.sales.activity",
        "Collected In",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="crm_strategy.group_user,crm_service.group_agent",
    )
