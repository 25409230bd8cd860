from odoo import fields, models

READERS = "crm_service.group_agent,crm_strategy.group_user"


class ResCompany(models.Model):
    """What the analysis of complaints counts with."""

    _inherit = "res.company"

    crm_service_hour_cost = fields.Monetary(
        "Cost of an Hour of Service",
        groups=READERS,
        help="What an hour of work on complaints costs; each step keeps the cost of "
        "the day on which it ended.",
    )
    crm_service_recovery_days = fields.Integer(
        "Days until a Customer Has Come Back",
        default=90,
        groups=READERS,
        help="A customer is won back who buys again within so many days after his "
        "complaint was closed.",
    )
    crm_service_group_minimum = fields.Integer(
        "Smallest Group Shown",
        default=5,
        groups=READERS,
        help="Recovery rates of fewer customers are not shown: they say nothing.",
    )

    _crm_service_analysis = models.Constraint(
        "CHECK(crm_service_hour_cost >= 0 AND crm_service_recovery_days >= 1"
        " AND crm_service_group_minimum >= 1)",
        "The cost of an hour cannot be negative; days and smallest group are at "
        "least 1.",
    )
