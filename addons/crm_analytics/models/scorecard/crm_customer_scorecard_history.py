from odoo import api, fields, models
from odoo.tools import SQL

from .crm_scorecard_columns import HISTORY, columns


class CrmCustomerScorecardHistory(models.Model):
    """What a scorecard was at month ends, kept by change.

    A row holds from the month end ``date_start`` up to, but not including, the month
    end ``date_end`` (empty: it still holds). A month end adds a row for a customer
    only if something differs from his last one, so the table grows with what happens
    and not with time.
    """

    _name = "crm.customer.scorecard.history"
    _description = "Scorecard History"
    _inherit = ["crm.scorecard.mixin"]
    _order = "date_start desc, partner_id"

    date_start = fields.Date("From month end", required=True, readonly=True)
    date_end = fields.Date("Until month end", readonly=True)

    _start_uniq = models.Constraint(
        "UNIQUE (partner_id, company_id, date_start)",
        "A customer has one history row per company and month end.",
    )
    _open_idx = models.Index("(company_id, partner_id) WHERE date_end IS NULL")
    _dates_idx = models.Index("(company_id, date_start)")

    @api.model
    def _store_month_end(self, company, month_end):
        """Store what the engine worked out as of ``month_end``; return rows added."""
        params = {
            "company": company.id,
            "day": month_end,
            "old": columns(HISTORY, "h"),
            "new": columns(HISTORY, "s"),
        }
        self.env.cr.execute(
            SQL(
                """UPDATE crm_customer_scorecard_history h
                      SET date_end = %(day)s
                    WHERE h.company_id = %(company)s AND h.date_end IS NULL
                      AND NOT EXISTS (
                          SELECT FROM crm_scorecard_scored s
                           WHERE s.customer_id = h.partner_id
                             AND (%(old)s) IS NOT DISTINCT FROM (%(new)s))""",
                **params,
            )
        )
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO crm_customer_scorecard_history
                          (partner_id, company_id, date_start, %(names)s)
                   SELECT s.customer_id, %(company)s, %(day)s, %(new)s
                     FROM crm_scorecard_scored s
                    WHERE s.customer_id NOT IN (
                          SELECT h.partner_id FROM crm_customer_scorecard_history h
                           WHERE h.company_id = %(company)s AND h.date_end IS NULL)
                RETURNING id""",
                names=columns(HISTORY),
                **params,
            )
        )
        # one month end follows another: the planner must know of these rows at once
        self.env.cr.execute(
            SQL("ANALYZE crm_customer_scorecard_history (partner_id, date_end)")
        )
        self.invalidate_model()
        return len(rows)
