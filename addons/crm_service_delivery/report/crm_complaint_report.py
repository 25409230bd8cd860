from odoo import fields, models
from odoo.tools import SQL


class CrmComplaintReport(models.Model):
    """Carrier as a dimension of the analysis."""

    _inherit = "crm.complaint.report"

    carrier_id = fields.Many2one("delivery.carrier", readonly=True)

    _depends = {"crm.complaint.line": ["carrier_id"]}

    def _select(self):
        return {**super()._select(), "carrier_id": SQL("l.carrier_id")}
