from odoo import models


class CrmSegmentMembership(models.Model):
    """A membership that is deleted changes the scorecard of its customer."""

    _name = "crm.segment.membership"
    _inherit = ["crm.segment.membership", "crm.scorecard.leave.mixin"]
