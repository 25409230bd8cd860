from odoo import fields, models


class CrmSalesActivity(models.Model):
    """The touches that care rules have planned."""

    _inherit = "crm.sales.activity"

    source = fields.Selection(
        selection_add=[("care", "Care Rule")], ondelete={"care": "set default"}
    )
    care_rule_id = fields.Many2one(
        "crm.care.rule",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    care_key = fields.Char(
        readonly=True,
        copy=False,
        exportable=False,
        help="Technical: the occasion, unique per rule.",
    )
    care_script = fields.Text(related="care_rule_id.script", string="Care Script")

    _care_key_unique = models.UniqueIndex(
        "(care_rule_id, care_key) WHERE care_key IS NOT NULL",
        "The care rule has planned an activity for this occasion already.",
    )

    def _cancel_care(self, reason):
        """Take these touches out of the plan of their owners."""
        if self:
            self.action_cancel(reason)
