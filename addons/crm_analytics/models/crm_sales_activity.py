from odoo import models


class CrmSalesActivity(models.Model):
    """An activity that leaves its customer changes his scorecard."""

    _name = "crm.sales.activity"
    _inherit = ["crm.sales.activity", "crm.scorecard.leave.mixin"]
