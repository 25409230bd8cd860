from odoo import fields, models


class CrmServiceTeamCopy(models.Model):
    """A leader who is told of complaints from an amount on."""

    _name = "crm.service.team.copy"
    _description = "Leader in Copy"
    _order = "team_id, amount_min, id"
    _rec_name = "user_id"

    team_id = fields.Many2one(
        "crm.service.team", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="team_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        "Leader",
        required=True,
        ondelete="cascade",
        index=True,
        domain=[("share", "=", False)],
    )
    amount_min = fields.Monetary(
        "From Amount",
        help="Notified of complaints about goods worth at least this amount.",
    )

    _user_unique = models.UniqueIndex(
        "(team_id, user_id)",
        "This leader is already in copy. Change the amount on the existing line.",
    )
    _amount_not_negative = models.Constraint(
        "CHECK(amount_min >= 0)", "The amount cannot be negative."
    )
