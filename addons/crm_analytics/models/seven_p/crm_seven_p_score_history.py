from odoo import api, fields, models
from odoo.tools import SQL

from ..scorecard.crm_scorecard_columns import columns
from .crm_seven_p_score_mixin import SCORES
from .seven_p_fields import Points

KEPT = (*SCORES, "points")


class CrmSevenPScoreHistory(models.Model):
    """What the scores were at month ends, kept by change.

    A row holds from the month end ``date_start`` up to, but not including, the month
    end ``date_end`` (empty: it still holds).
    """

    _name = "crm.seven.p.score.history"
    _description = "7 P Score History"
    _inherit = ["crm.scorecard.part", "crm.seven.p.score.mixin"]
    _order = "date_start desc, partner_id"

    date_start = fields.Date("From month end", required=True, readonly=True)
    date_end = fields.Date("Until month end", readonly=True)
    points = Points(readonly=True)

    _partner_uniq = models.Constraint(
        "UNIQUE (partner_id, company_id, date_start)",
        "A customer has one row per company and month end.",
    )
    _open_idx = models.Index("(company_id, partner_id) WHERE date_end IS NULL")
    _dates_idx = models.Index("(company_id, date_start)")

    @api.model
    def _store_month_end(self, company, month_end):
        """Store what the engine worked out as of ``month_end``; return rows added."""
        params = {
            "company": company.id,
            "day": month_end,
            "old": columns(KEPT, "h"),
            "new": columns(KEPT, "s"),
        }
        self.env.cr.execute(
            SQL(
                """UPDATE crm_seven_p_score_history h
                      SET date_end = %(day)s
                    WHERE h.company_id = %(company)s AND h.date_end IS NULL
                      AND NOT EXISTS (
                          SELECT FROM crm_seven_p_scored s
                           WHERE s.customer_id = h.partner_id
                             AND (%(old)s) IS NOT DISTINCT FROM (%(new)s))""",
                **params,
            )
        )
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO crm_seven_p_score_history
                          (partner_id, company_id, date_start, %(names)s)
                   SELECT s.customer_id, %(company)s, %(day)s, %(new)s
                     FROM crm_seven_p_scored s
                    WHERE s.customer_id NOT IN (
                          SELECT h.partner_id FROM crm_seven_p_score_history h
                           WHERE h.company_id = %(company)s AND h.date_end IS NULL)
                RETURNING id""",
                names=columns(KEPT),
                **params,
            )
        )
        # one month end follows another: the planner must know of these rows at once
        self.env.cr.execute(
            SQL("ANALYZE crm_seven_p_score_history (partner_id, date_end)")
        )
        self.invalidate_model()
        return len(rows)

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
