from odoo import models


class CrmSupplyRecord(models.Model):
    """A supply record that leaves its customer changes his scorecard."""

    _name = "crm.supply.record"
    _inherit = ["crm.supply.record", "crm.scorecard.leave.mixin"]
