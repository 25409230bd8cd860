from odoo import fields, models


class ResCompany(models.Model):
    """Whether visitors may check in where they are."""

    _inherit = "res.company"

    is_visit_checkin = fields.Boolean(
        "Check-In at Visits",
        groups="crm_strategy.group_user,crm_service.group_agent",
        help="Visitors can record where a visit took place. Each of them is asked for "
        "consent first.",
    )
