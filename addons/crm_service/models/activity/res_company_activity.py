from odoo import fields, models

READERS = "crm_service.group_agent,crm_strategy.group_user"


class ResCompany(models.Model):
    """Which touches are logged by themselves, and how long they count for orders."""

    _inherit = "res.company"

    crm_activity_from_activity = fields.Boolean(
        "Log Scheduled Activities",
        default=True,
        groups=READERS,
        help="A call, meeting or other activity that is marked as done on a "
        "customer, an opportunity or an order becomes a sales activity if its type "
        "belongs to a kind.",
    )
    crm_activity_from_meeting = fields.Boolean(
        "Log Meetings",
        default=True,
        groups=READERS,
        help="A meeting that is linked to a customer, an opportunity or an order "
        "becomes a sales activity once it is over.",
    )
    crm_activity_from_email = fields.Boolean(
        "Log E-mails",
        default=True,
        groups=READERS,
        help="An e-mail that a salesperson sends to a customer from a contact, an "
        "opportunity or an order becomes a sales activity.",
    )
    crm_activity_influence_days = fields.Integer(
        "Days of Influence",
        default=30,
        groups=READERS,
        help="The revenue of an order counts as influenced by the sales activities "
        "done with the customer within this number of days before the order.",
    )

    _crm_activity_influence = models.Constraint(
        "CHECK(crm_activity_influence_days >= 1)",
        "The days of influence must be at least 1.",
    )
