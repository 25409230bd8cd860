from odoo import fields, models

from ...tools.seven_p import PARTS


class CrmScorecardRunPart(models.Model):
    """What one run did for one of the 7 P."""

    _name = "crm.scorecard.run.part"
    _description = "Part of a Scorecard Run"
    _order = "run_id, id"
    _rec_name = "part"

    run_id = fields.Many2one(
        "crm.scorecard.run",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True)
    part = fields.Selection(
        selection=lambda self: self._selection_part(), required=True, readonly=True
    )
    customer_count = fields.Integer("Customers looked at", readonly=True)
    inserted_count = fields.Integer("New", readonly=True)
    updated_count = fields.Integer("Changed", readonly=True)
    deleted_count = fields.Integer("Removed", readonly=True)
    corrected_count = fields.Integer(
        "Corrected",
        readonly=True,
        help="Rows of a full refresh that differed although no change told so. Counted"
        " where the refresh before looked at the same day by the same rules.",
    )
    duration = fields.Float("Duration (s)", digits=(16, 3), readonly=True)

    def _selection_part(self):
        return [
            ("core", self.env._("Orders and RFM")),
            ("prepare", self.env._("Shared steps")),
            *self.env["crm.scorecard.part"]._selection_part(),
            ("score", self.env._("Scores")),
        ]

    def _get_steps(self):
        """Return the steps of a run in their order."""
        return ["core", "prepare", *PARTS, "score"]
