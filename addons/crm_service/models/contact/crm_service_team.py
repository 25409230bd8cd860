from odoo import fields, models


class CrmServiceTeam(models.Model):
    """When customers are called again."""

    _inherit = "crm.service.team"

    is_follow_up_in_working_days = fields.Boolean(
        "Count Working Days",
        help="The days until the follow-up call and between attempts only count "
        "days on which the team works, according to its working hours and "
        "public holidays.",
    )
