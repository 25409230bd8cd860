from odoo import models


class CrmScorecardProspecting(models.Model):
    """Prospecting: what to expect from the customer."""

    _name = "crm.scorecard.prospecting"
    _description = "Prospecting of a Customer"
    _inherit = ["crm.scorecard.part"]

    _part = "prospecting"
