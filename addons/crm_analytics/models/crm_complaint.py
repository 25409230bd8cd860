from odoo import models


class CrmComplaint(models.Model):
    """A complaint that leaves its customer changes his scorecard."""

    _name = "crm.complaint"
    _inherit = ["crm.complaint", "crm.scorecard.leave.mixin"]

    _scorecard_partner = "commercial_partner_id"

    _changed_idx = models.Index("(write_date)")
