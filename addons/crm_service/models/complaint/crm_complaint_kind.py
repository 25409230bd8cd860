from odoo import api, fields, models

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
        help="An opinion only needs an answer; a complaint needs a remedy.",
    )
    proof = fields.Selection(
        [("none", "Nothing"), ("picture", "A Picture"), ("text", "A Description")],
        "Required Proof",
        default="none",
        required=True,
        help="The proof that is required before a decision.",
    )
    is_lot_required = fields.Boolean(
        "Lot/Serial Number Required",
        help="The lot or serial number of each tracked product is required.",
    )
    is_cause_required = fields.Boolean(
        "Cause Required to Close",
        compute="_compute_is_cause_required",
        store=True,
        readonly=False,
        precompute=True,
        help="A complaint of this kind is closed with its cause.",
    )
    priority = fields.Selection(PRIORITIES, default="0", required=True)
    team_id = fields.Many2one(
        "crm.service.team",
        index="btree_not_null",
        help="The team that handles complaints of this kind, in the company of the "
        "team. Leave empty for the first team.",
    )
    follow_up_days = fields.Integer(
        "Follow-Up after (Days)", help="0 means that the setting of the team applies."
    )
    follow_up_from = fields.Selection(
        FOLLOW_UP_FROM,
        "Follow-Up Counted From",
        help="Leave empty to use the setting of the team.",
    )
    color = fields.Integer()
    description = fields.Text(
        translate=True, help="Shown to customers when they choose a kind."
    )

    _code_unique = models.UniqueIndex(
        "(code)",
        "This code is already used by another kind of complaint. Choose a "
        "different code.",
    )
    _days_not_negative = models.Constraint(
        "CHECK(follow_up_days >= 0)", "Days cannot be negative."
    )

    @api.depends("type")
    def _compute_is_cause_required(self):
        """What has gone wrong has a cause; an opinion need not have one."""
        for kind in self:
            kind.is_cause_required = kind.type == "complaint"
