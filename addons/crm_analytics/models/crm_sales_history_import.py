from odoo import api, models


class CrmSalesHistoryImport(models.Model):
    _inherit = "crm.sales.history.import"

    @api.model
    def _get_undo_ignored_models(self):
        """Scores follow from the orders, so they stand in nobody's way."""
        return [
            *super()._get_undo_ignored_models(),
            "crm.customer.scorecard",
            "crm.customer.scorecard.history",
            "crm.scorecard.credit",
            "crm.scorecard.queue",
        ]
