from odoo import models


class CrmScorecardQueue(models.Model):
    """Customers to score again."""

    _name = "crm.scorecard.queue"
    _description = "Scorecard Queue"
    _inherit = ["crm.refresh.queue.mixin"]
