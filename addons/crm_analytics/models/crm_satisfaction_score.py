from odoo import models


class CrmSatisfactionScore(models.Model):
    """An answer that is deleted changes the scorecard of its customer."""

    _name = "crm.satisfaction.score"
    _inherit = ["crm.satisfaction.score", "crm.scorecard.leave.mixin"]

    _scorecard_partner = "commercial_partner_id"
