from odoo import fields, models

from .seven_p_fields import Points


class CrmSevenPScoreHistory(models.Model):
    """What the scores were at month ends, kept by change.

    A row holds from the month end ``date_start`` up to, but not including, the month
    end ``date_end`` (empty: it still holds).
    """

    _name = "crm.seven.p.score.history"
    _description = "7 P Score History"
    _inherit = ["crm.seven.p.score.mixin"]
    _order = "date_start desc, partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    date_start = fields.Date("From month end", required=True, readonly=True)
    date_end = fields.Date("Until month end", readonly=True)
    points = Points(readonly=True)

    _start_uniq = models.Constraint(
        "UNIQUE (partner_id, company_id, date_start)",
        "A customer has one row per company and month end.",
    )
    _open_idx = models.Index("(company_id, partner_id) WHERE date_end IS NULL")
    _dates_idx = models.Index("(company_id, date_start)")
