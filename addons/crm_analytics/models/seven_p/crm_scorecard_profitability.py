from odoo import models


class CrmScorecardProfitability(models.Model):
    """Profitability: what the customer brings in and what he costs."""

    _name = "crm.scorecard.profitability"
    _description = "Profitability of a Customer"
    _inherit = ["crm.scorecard.part"]

    _part = "profitability"
