from odoo import fields, models


class CrmScorecardProfiling(models.Model):
    """Profiling: who the customer is, and how much is known of him."""

    _name = "crm.scorecard.profiling"
    _description = "Profiling of a Customer"
    _inherit = ["crm.scorecard.part"]

    _part = "profiling"

    completeness = fields.Float(
        "Completeness (%)",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
        help="Share of the master data fields that are filled in; which ones count is"
        " set on the cut points.",
    )
    role_count = fields.Integer(
        "Roles", readonly=True, help="Roles that the customer holds in this company."
    )
    segment_count = fields.Integer(
        "Segments", readonly=True, help="Segments that the customer is in now."
    )
    contact_count = fields.Integer(
        "Contact people", readonly=True, help="Active contacts of the customer."
    )
    source_id = fields.Many2one(
        "utm.source",
        "Found through",
        readonly=True,
        ondelete="set null",
        help="The source of the customer's first lead that names one, else of the "
        "first order.",
    )
    first_contact_date = fields.Date(
        "First contact",
        readonly=True,
        help="The day of the customer's first lead or order.",
    )
