from odoo import fields, models

READERS = "crm_service.group_agent,crm_strategy.group_user"


class ResCompany(models.Model):
    """What the analysis of complaints counts with."""

    _inherit = "res.company"

    crm_service_hour_cost = fields.Monetary(
        "Cost per Hour of Service",
        groups=READERS,
        help="The cost of an hour of work on complaints. Each step keeps the cost "
        "of the day on which it ended.",
    )
    crm_service_recovery_days = fields.Integer(
        "Days to Win a Customer Back",
        default=90,
        groups=READERS,
        help="Customers who buy again within this number of days after their "
        "complaint was closed count as won back.",
    )
    crm_service_group_minimum = fields.Integer(
        "Minimum Group Size",
        default=5,
        groups=READERS,
        help="Recovery rates of smaller groups are not shown because they are not "
        "meaningful.",
    )

    _crm_service_analysis = models.Constraint(
        "CHECK(crm_service_hour_cost >= 0 AND crm_service_recovery_days >= 1"
        " AND crm_service_group_minimum >= 1)",
        "The cost per hour cannot be negative. The days and the minimum group size "
        "must be at least 1.",
    )
