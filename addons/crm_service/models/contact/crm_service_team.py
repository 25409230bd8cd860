from odoo import fields, models

# days of a pause until the customer is reminded, and until the agent decides
WAIT_REMINDER_DAYS = 3
WAIT_END_DAYS = 10


class CrmServiceTeam(models.Model):
    """When customers are called again, and how long they are waited for."""

    _inherit = "crm.service.team"

    is_follow_up_in_working_days = fields.Boolean(
        "Count Working Days",
        help="The days until the follow-up call and between attempts only count "
        "days on which the team works, according to its working hours and "
        "public holidays.",
    )
    wait_reminder_days = fields.Integer(
        "Remind the Customer after (Days)",
        default=WAIT_REMINDER_DAYS,
        help="A customer whose answer is waited for is reminded by e-mail once, after "
        "this number of days. Zero: never.",
    )
    wait_end_days = fields.Integer(
        "Ask for a Decision on the Pause after (Days)",
        default=WAIT_END_DAYS,
        help="If the customer has not answered after this number of days, the agent "
        "decides whether to go on or to cancel the complaint. Zero: never.",
    )

    _wait_days = models.Constraint(
        "CHECK(wait_reminder_days >= 0 AND wait_end_days >= 0"
        " AND (wait_end_days = 0 OR wait_end_days > wait_reminder_days))",
        "Days cannot be negative, and the customer has to be reminded before the agent "
        "decides on the pause.",
    )
