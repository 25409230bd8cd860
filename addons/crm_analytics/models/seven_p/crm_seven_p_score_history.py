from odoo import api, models

from .crm_seven_p_score_mixin import SCORES
from .seven_p_fields import Points


class CrmSevenPScoreHistory(models.Model):
    """What the scores were at month ends, kept by change."""

    _name = "crm.seven.p.score.history"
    _description = "7 P Score History"
    _inherit = [
        "crm.scorecard.part",
        "crm.seven.p.score.mixin",
        "crm.scorecard.history.mixin",
    ]
    _order = "date_start desc, partner_id"
    _kept = (*SCORES, "points")
    _scored_table = "crm_seven_p_scored"

    points = Points(readonly=True)

    _partner_uniq = models.Constraint(
        "UNIQUE (partner_id, company_id, date_start)",
        "A customer has one row per company and month end.",
    )
    _open_idx = models.Index("(company_id, partner_id) WHERE date_end IS NULL")
    _dates_idx = models.Index("(company_id, date_start)")

    @api.model
    def _get_at(self, partner, company, day):
        """Return the row of a customer that held on ``day``, or none."""
        return self.search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", company.id),
                ("date_start", "<=", day),
                "|",
                ("date_end", "=", False),
                ("date_end", ">", day),
            ],
            limit=1,
        )

    def _get_known(self, name):
        """Return a score, None where nothing is known or there is no row."""
        value = self[name] if self else False
        return None if value is False else value

    def _get_points(self):
        """Return ``{slot: points}``, None for what is not known."""
        return dict(enumerate(self.points or (), start=1))
