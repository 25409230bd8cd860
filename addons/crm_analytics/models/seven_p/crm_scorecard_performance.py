from odoo import models


class CrmScorecardPerformance(models.Model):
    """Performance: how the customer buys and pays, and how we deliver."""

    _name = "crm.scorecard.performance"
    _description = "Performance of a Customer"
    _inherit = ["crm.scorecard.part"]

    _part = "performance"
