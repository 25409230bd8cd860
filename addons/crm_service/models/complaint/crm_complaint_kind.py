from odoo import fields, models

from .crm_service_team import FOLLOW_UP_FROM

PRIORITIES = [("0", "Normal"), ("1", "High"), ("2", "Very High"), ("3", "Urgent")]
TYPES = [("complaint", "Complaint"), ("opinion", "Opinion")]


class CrmComplaintKind(models.Model):
    """What a complaint is about, and what is asked of whoever makes it."""

    _name = "crm.complaint.kind"
    _description = "Kind of Complaint"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    type = fields.Selection(
        TYPES,
        default="complaint",
        required=True,
        help="An opinion needs an answer, a complaint a remedy.",
    )
    proof = fields.Selection(
        [("none", "Nothing"), ("picture", "A Picture"), ("text", "A Description")],
        "Required Proof",
        default="none",
        required=True,
        help="What has to be there before it is decided.",
    )
    is_lot_required = fields.Boolean(
        "Lots Required", help="Each tracked product needs its lot or serial number."
    )
    priority = fields.Selection(PRIORITIES, default="0", required=True)
    team_id = fields.Many2one(
        "crm.service.team",
        index="btree_not_null",
        help="Handles it, in the company of the team. Empty: the first team.",
    )
    follow_up_days = fields.Integer(
        "Follow-up after (Days)", help="Zero: as the team does."
    )
    follow_up_from = fields.Selection(
        FOLLOW_UP_FROM, "Follow-up Counted From", help="Empty: as the team does."
    )
    color = fields.Integer()
    description = fields.Text(
        translate=True, help="Shown to the customer who chooses a kind."
    )

    _code_unique = models.UniqueIndex(
        "(code)", "Another kind has this code already. Choose another code."
    )
    _days_not_negative = models.Constraint(
        "CHECK(follow_up_days >= 0)", "Days cannot be negative."
    )
