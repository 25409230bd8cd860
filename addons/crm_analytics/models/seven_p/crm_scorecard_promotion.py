from odoo import models


class CrmScorecardPromotion(models.Model):
    """Promotion: what reaches the customer and what comes of it."""

    _name = "crm.scorecard.promotion"
    _description = "Promotion of a Customer"
    _inherit = ["crm.scorecard.part"]

    _part = "promotion"
