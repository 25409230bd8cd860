from odoo import fields, models


class CrmPartnerObservation(models.Model):
    """A value that the report of a visit brought."""

    _inherit = "crm.partner.observation"

    sales_activity_id = fields.Many2one(
        "crm.sales.activity",
        "Visit",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="crm_strategy.group_user,crm_service.group_agent",
    )
