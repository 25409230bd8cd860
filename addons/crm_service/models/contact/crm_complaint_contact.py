from odoo import fields, models

PURPOSES = [("result", "Communicate Result"), ("follow_up", "Follow-Up Call")]
OUTCOMES = [
    ("told", "Informed"),
    ("received", "Received and Satisfied"),
    ("not_received", "Not Received or Not Satisfied"),
    ("unreachable", "Not Reached"),
    ("asked_back", "Wants a Callback"),
]


class CrmComplaintContact(models.Model):
    """A call to a customer who complained: when, by whom, and what he said.

    Rows are written by :meth:`crm.complaint.log_call` only, which moves the
    complaint as well; nobody edits what was said.
    """

    _name = "crm.complaint.contact"
    _description = "Complaint Call"
    _order = "date desc, id desc"
    _rec_name = "complaint_id"

    complaint_id = fields.Many2one(
        "crm.complaint", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="complaint_id.company_id", store=True)
    team_id = fields.Many2one(related="complaint_id.team_id", store=True)
    kind_id = fields.Many2one(related="complaint_id.kind_id", store=True)
    partner_id = fields.Many2one(
        related="complaint_id.commercial_partner_id",
        string="Customer",
        store=True,
        index=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Called By",
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
        ondelete="set null",
    )
    date = fields.Datetime(
        "Called On", required=True, readonly=True, default=fields.Datetime.now
    )
    purpose = fields.Selection(PURPOSES, required=True, readonly=True)
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True)
    phone = fields.Char(readonly=True)
    note = fields.Text(readonly=True)
    duration = fields.Float(
        "Minutes", readonly=True, help="The duration of the call in minutes."
    )
    next_date = fields.Date("Next Call", readonly=True)

    _duration_not_negative = models.Constraint(
        "CHECK(duration >= 0)", "The duration of a call cannot be negative."
    )
    _team_date = models.Index("(team_id, date)")
