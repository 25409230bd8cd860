from odoo import api, fields, models

from ...tools.complaint_deadline import find_time


class CrmComplaintDeadline(models.Model):
    """Service times: how many working hours until reply, decision and resolution."""

    _name = "crm.complaint.deadline"
    _description = "Service Time"
    _order = "sequence, id"
    _check_company_auto = True

    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="Leave empty to apply to all companies.",
    )

    # For which complaints
    kind_id = fields.Many2one(
        "crm.complaint.kind",
        index="btree_not_null",
        ondelete="cascade",
        help="Leave empty to apply to all kinds. Times for a kind take precedence "
        "over all others.",
    )
    segment_id = fields.Many2one(
        "crm.segment",
        "Value Class",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="Limits the times to customers in this segment. Leave empty for all "
        "customers.",
    )
    team_id = fields.Many2one(
        "crm.service.team",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="Leave empty to apply to all teams.",
    )

    # What is promised
    hours_reply = fields.Float("First Reply (Hours)", default=4, aggregator=None)
    hours_decision = fields.Float("Decision (Hours)", default=16, aggregator=None)
    hours_resolution = fields.Float("Resolution (Hours)", default=40, aggregator=None)
    warn_percent = fields.Integer(
        "Warn after (%)",
        default=75,
        required=True,
        aggregator=None,
        help="The agent is warned when this percentage of the time has passed.",
    )

    _hours_not_negative = models.Constraint(
        "CHECK(hours_reply >= 0 AND hours_decision >= 0 AND hours_resolution >= 0)",
        "Hours cannot be negative. Enter 0 if nothing is promised.",
    )
    _warn_percent_valid = models.Constraint(
        "CHECK(warn_percent BETWEEN 1 AND 100)",
        "The warning must come after 1 to 100 % of the time.",
    )

    @api.depends("kind_id", "segment_id", "team_id")
    def _compute_display_name(self):
        for time in self:
            names = time.kind_id.mapped("name")
            names += time.segment_id.mapped("name") + time.team_id.mapped("name")
            time.display_name = ", ".join(names) or self.env._("All complaints")

    @api.model
    def _get_times(self, company):
        """Return the service times of ``company`` as :func:`find_time` takes them."""
        times = self.sudo().search(  # style: CRM109 promises hold for every intake
            [("company_id", "in", [company.id, False])]
        )
        return [
            (time, time.kind_id.id, time.segment_id.id, time.team_id.id)
            for time in times
        ]

    @api.model
    def _find(self, complaint, times):
        """Return the service time of ``complaint``, empty where none holds."""
        segments = set()
        if any(segment for _time, _kind, segment, _team in times):
            customer = complaint.commercial_partner_id.sudo()  # style: CRM109 class
            segments = set(customer.segment_ids.ids)
        found = find_time(
            times, complaint.kind_id.id, complaint.team_id.id or False, segments
        )
        return found or self.browse()
