from odoo import fields, models


class ResCompany(models.Model):
    """Whether one person may decide on a remedy and approve it for finance."""

    _inherit = "res.company"

    crm_service_is_own_gate_allowed = fields.Boolean(
        "Approve Own Decisions",
        groups="crm_service.group_agent,crm_strategy.group_user",
        help="Whoever has decided on a remedy may also approve it for finance. Only "
        "for companies in which one person does both.",
    )
