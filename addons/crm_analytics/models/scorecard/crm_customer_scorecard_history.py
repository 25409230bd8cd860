from odoo import models

from .crm_scorecard_columns import HISTORY


class CrmCustomerScorecardHistory(models.Model):
    """What a scorecard was at month ends, kept by change."""

    _name = "crm.customer.scorecard.history"
    _description = "Scorecard History"
    _inherit = ["crm.scorecard.mixin", "crm.scorecard.history.mixin"]
    _order = "date_start desc, partner_id"
    _kept = HISTORY
    _scored_table = "crm_scorecard_scored"

    _start_uniq = models.Constraint(
        "UNIQUE (partner_id, company_id, date_start)",
        "A customer has one history row per company and month end.",
    )
    _open_idx = models.Index("(company_id, partner_id) WHERE date_end IS NULL")
    _dates_idx = models.Index("(company_id, date_start)")
