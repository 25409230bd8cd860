from odoo import fields, models


class CrmServiceTeam(models.Model):
    """When customers are called again."""

    _inherit = "crm.service.team"

    is_follow_up_in_working_days = fields.Boolean(
        "Count Working Days",
        help="Days until the follow-up and between attempts are days on which the "
        "team works, by its working hours and public holidays.",
    )
