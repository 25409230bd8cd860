from odoo import fields, models
from odoo.tools import SQL


class CrmSalesActivityReport(models.Model):
    """Which care rule brought an activity about."""

    _inherit = "crm.sales.activity.report"

    care_rule_id = fields.Many2one("crm.care.rule", readonly=True)

    _depends = {"crm.sales.activity": ["care_rule_id"]}

    def _select(self):
        return {**super()._select(), "care_rule_id": SQL("a.care_rule_id")}
