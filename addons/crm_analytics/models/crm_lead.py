from odoo import models


class CrmLead(models.Model):
    """A lead that is moved, merged or deleted changes the scorecard of its customer."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.scorecard.leave.mixin"]
