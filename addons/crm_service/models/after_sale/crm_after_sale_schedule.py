from odoo import api, models
from odoo.tools import SQL

from ...tools.after_sale_states import BY_DATE, BY_DELIVERY, PENDING
from .crm_after_sale_plan import NOW


class CrmAfterSaleTemplate(models.Model):
    """The days of milestones, and what is due, late or over by them.

    One statement for all cases of a template, or for the few that somebody has just
    worked on. The rules are those of ``tools/after_sale_states.py``.
    """

    _inherit = "crm.after.sale.template"

    # --- DAYS

    @api.model
    def _schedule(self, company, cases):
        """Work out days and states of the milestones of ``cases``, then theirs.

        What is counted from the previous milestone follows the day on which that was
        done.

        :param cases: statement giving the ids of cases of ``company``
        """
        today = self.env["crm.sale.fact"]._get_today(company)
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """WITH RECURSIVE %(steps)s, %(chain)s, judged AS (%(judged)s)
                   UPDATE crm_after_sale_milestone m
                      SET date_due = j.due, state = j.state, date_done = j.done,
                          write_date = %(now)s
                     FROM judged j
                    WHERE m.id = j.id
                      AND (m.date_due, m.state, m.date_done)
                          IS DISTINCT FROM (j.due, j.state, j.done)
                RETURNING m.id""",
                steps=self._steps_sql(cases),
                chain=self._chain_sql(),
                judged=self._judged_sql(today),
                now=NOW,
            )
        )
        self._schedule_cases(cases)

    def _steps_sql(self, cases) -> SQL:
        """Return the common table ``steps``: milestones numbered within their case.

        Those of cases that are done and unchanged are left out.
        """
        return SQL(
            """steps AS (
                   SELECT m.id, m.after_sale_id, m.kind, m.state, m.date_due,
                          m.date_done, m.is_date_fixed, m.offset_from,
                          COALESCE(m.notice_days, 0) AS notice_days,
                          COALESCE(m.offset_number, 0)
                              * ('1 ' || m.offset_unit)::interval AS gap,
                          c.date_promised, c.date_delivered,
                          ROW_NUMBER() OVER (PARTITION BY m.after_sale_id
                                             ORDER BY m.sequence, m.id) AS number
                     FROM crm_after_sale_milestone m
                     JOIN crm_after_sale c ON c.id = m.after_sale_id
                    WHERE m.active AND c.id IN (%(cases)s)
                      AND (c.state <> 'done' OR c.date_delivered IS NULL OR EXISTS (
                           SELECT FROM crm_after_sale_milestone k
                            WHERE k.after_sale_id = c.id AND k.active
                              AND (k.state IN %(pending)s
                                   OR k.kind IN %(by_delivery)s
                                   AND k.date_done <> c.date_delivered))))""",
            cases=cases,
            pending=PENDING,
            by_delivery=BY_DELIVERY,
        )

    def _chain_sql(self) -> SQL:
        """Return the common table ``chain``: the day of each, one after the other."""
        due = SQL(
            """CASE WHEN s.is_date_fixed THEN s.date_due
                    WHEN s.kind IN %(by_delivery)s THEN s.date_promised
                    WHEN s.state IN ('done', 'skipped') THEN s.date_due
                    WHEN s.date_delivered IS NULL THEN NULL
                    WHEN s.offset_from = 'previous'
                    THEN (COALESCE(p.base, s.date_delivered) + s.gap)::date
                    ELSE (s.date_delivered + s.gap)::date END""",
            by_delivery=BY_DELIVERY,
        )
        row = SQL(
            """SELECT s.*, d.due, COALESCE(
                          CASE WHEN s.kind IN %s THEN s.date_delivered
                               WHEN s.state = 'done' THEN s.date_done END, d.due
                      ) AS base""",
            BY_DELIVERY,
        )
        return SQL(
            """chain AS (
                   %(row)s
                     FROM steps s
               CROSS JOIN (SELECT NULL::date AS base) p
               CROSS JOIN LATERAL (SELECT %(due)s AS due) d
                    WHERE s.number = 1
                UNION ALL
                   %(row)s
                     FROM chain p
                     JOIN steps s ON s.after_sale_id = p.after_sale_id
                                 AND s.number = p.number + 1
               CROSS JOIN LATERAL (SELECT %(due)s AS due) d)""",
            row=row,
            due=due,
        )

    def _judged_sql(self, today) -> SQL:
        """Return the day, state and day done of each milestone of ``chain``."""
        return SQL(
            """SELECT c.id, c.due,
                      CASE WHEN c.kind IN %(by_delivery)s AND c.state <> 'skipped'
                           THEN CASE WHEN c.date_delivered IS NOT NULL THEN 'done'
                                     ELSE d.state END
                           WHEN c.state IN ('done', 'skipped') THEN c.state
                           WHEN c.kind IN %(by_date)s AND c.due < %(today)s THEN 'done'
                           ELSE d.state END AS state,
                      CASE WHEN c.kind IN %(by_delivery)s THEN c.date_delivered
                           WHEN c.kind IN %(by_date)s AND c.due < %(today)s
                                AND c.state NOT IN ('done', 'skipped') THEN c.due
                           ELSE c.date_done END AS done
                 FROM chain c
           CROSS JOIN LATERAL (
                      SELECT CASE WHEN c.due IS NULL
                                    OR %(today)s < c.due - c.notice_days THEN 'waiting'
                                  WHEN %(today)s <= c.due THEN 'due'
                                  ELSE 'late' END AS state) d""",
            by_delivery=BY_DELIVERY,
            by_date=BY_DATE,
            today=today,
        )

    def _schedule_cases(self, cases):
        """Let cases follow their milestones, and note since when one is proposed."""
        self.env.execute_query(
            SQL(
                """UPDATE crm_after_sale c
                      SET state = s.state, date_proposed = s.proposed,
                          is_repurchased = COALESCE(
                              c.date_repurchased >= s.proposed, FALSE),
                          write_date = %(now)s
                     FROM (SELECT k.id,
                                  CASE WHEN k.date_delivered IS NULL THEN 'waiting'
                                       WHEN BOOL_OR(m.state IN %(pending)s)
                                       THEN 'running'
                                       ELSE 'done' END AS state,
                                  MIN(LEAST(m.date_done, m.date_due - m.notice_days))
                                      FILTER (WHERE m.kind = 'repurchase'
                                                AND m.state IN ('due', 'late', 'done'))
                                      AS proposed
                             FROM crm_after_sale k
                        LEFT JOIN crm_after_sale_milestone m
                               ON m.after_sale_id = k.id AND m.active
                            WHERE k.id IN (%(cases)s)
                              AND k.state IN ('waiting', 'running', 'done')
                         GROUP BY k.id) s
                    WHERE c.id = s.id
                      AND (c.state, c.date_proposed, c.is_repurchased)
                          IS DISTINCT FROM
                          (s.state, s.proposed, COALESCE(
                              c.date_repurchased >= s.proposed, FALSE))
                RETURNING c.id""",
                cases=cases,
                pending=PENDING,
                now=NOW,
            )
        )


class CrmAfterSale(models.Model):
    _inherit = "crm.after.sale"

    def _refresh(self):
        """Work out days and states of these cases again, at once."""
        cases = self.sudo()  # style: CRM109 figures, whoever changed one
        templates = cases.env["crm.after.sale.template"]
        for company, group in cases.grouped("company_id").items():
            templates._schedule(company, SQL("SELECT UNNEST(%s)", group.ids))
        self.env["crm.after.sale.milestone"].invalidate_model()
        self.invalidate_recordset()
