from odoo import fields, models

from .res_partner import GROUPS


class CrmSalesActivity(models.Model):
    """An activity that leaves its customer changes his scorecard."""

    _name = "crm.sales.activity"
    _inherit = ["crm.sales.activity", "crm.scorecard.leave.mixin"]

    # analysts read what visits found out as salespeople do
    supply_record_ids = fields.One2many(groups=GROUPS)
    observation_ids = fields.One2many(groups=GROUPS)
