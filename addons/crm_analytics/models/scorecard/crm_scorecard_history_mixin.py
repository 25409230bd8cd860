from odoo import api, fields, models
from odoo.tools import SQL

from .crm_scorecard_columns import columns


class CrmScorecardHistoryMixin(models.AbstractModel):
    """What a row of a customer was at month ends, kept by change.

    A row holds from the month end ``date_start`` up to, but not including, the month
    end ``date_end`` (empty: it still holds). A month end adds a row for a customer
    only if something differs from his last one, so the table grows with what happens
    and not with time.
    """

    _name = "crm.scorecard.history.mixin"
    _description = "Month-End History"

    #: columns that are kept, and the table in which an engine leaves the new ones
    _kept = ()
    _scored_table = None

    date_start = fields.Date("From month end", required=True, readonly=True)
    date_end = fields.Date("Until month end", readonly=True)

    @api.model
    def _store_month_end(self, company, month_end):
        """Store what the engine worked out as of ``month_end``; return rows added."""
        history = SQL.identifier(self._table)
        params = {
            "history": history,
            "scored": SQL.identifier(self._scored_table),
            "company": company.id,
            "day": month_end,
            "old": columns(self._kept, "h"),
            "new": columns(self._kept, "s"),
        }
        self.env.cr.execute(
            SQL(
                """UPDATE %(history)s h
                      SET date_end = %(day)s
                    WHERE h.company_id = %(company)s AND h.date_end IS NULL
                      AND NOT EXISTS (
                          SELECT FROM %(scored)s s
                           WHERE s.customer_id = h.partner_id
                             AND (%(old)s) IS NOT DISTINCT FROM (%(new)s))""",
                **params,
            )
        )
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO %(history)s
                          (partner_id, company_id, date_start, %(names)s)
                   SELECT s.customer_id, %(company)s, %(day)s, %(new)s
                     FROM %(scored)s s
                    WHERE s.customer_id NOT IN (
                          SELECT h.partner_id FROM %(history)s h
                           WHERE h.company_id = %(company)s AND h.date_end IS NULL)
                RETURNING id""",
                names=columns(self._kept),
                **params,
            )
        )
        # one month end follows another: the planner must know of these rows at once
        self.env.cr.execute(SQL("ANALYZE %s (partner_id, date_end)", history))
        self.invalidate_model()
        return len(rows)
