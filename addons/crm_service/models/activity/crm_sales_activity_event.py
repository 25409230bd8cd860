from odoo import models


class CrmSalesActivity(models.Model):
    """The meeting of a touch in the calendar, both ways."""

    _inherit = "crm.sales.activity"

    def _sync_event(self):
        """Make, update or remove the meetings of these touches, without any mail."""
