from odoo import api, models
from odoo.tools import SQL


class CrmLifecycleQueue(models.Model):
    """Customers whose lifecycle state is to be looked at again."""

    _name = "crm.lifecycle.queue"
    _description = "Lifecycle Queue"
    _inherit = ["crm.refresh.queue.mixin"]

    @api.model
    def _companies_sql(self) -> SQL:
        """Return the companies that have a policy."""
        return SQL("SELECT company_id FROM crm_lifecycle_policy")
