import logging

from psycopg2 import OperationalError

from odoo import api, models
from odoo.tools import SQL

from ...tools.after_sale_states import BY_DATE, BY_DELIVERY, PENDING

_logger = logging.getLogger(__name__)

NOW = SQL("(NOW() AT TIME ZONE 'UTC')")


class CrmAfterSaleTemplate(models.Model):
    """Finds the orders to follow up and moves their cases on, set by set.

    Nothing of the host is overridden for it, so nobody waits at a confirmation or a
    delivery: a job looks at the orders and stock moves written since its last run
    (``crm.watermark``). A line of an order belongs to one case for ever, so looking
    twice, another category of the product or another template change nothing. What
    an order or a purchase is, says ``crm.sale.fact``.
    """

    _inherit = "crm.after.sale.template"

    # --- RUN

    @api.model
    def _cron_advance(self):
        """Look at every template; what was not reached goes on at the next run."""
        progress = self.env["ir.cron"]._commit_progress
        templates = self.with_context(active_test=False).search(
            [], order="watermark NULLS FIRST, id"
        )
        remaining = len(templates)
        progress(remaining=remaining)
        for template in templates:
            remaining -= 1
            if template.try_lock_for_update():
                template._advance()
            if not progress(1, remaining=remaining):
                return
        self.env["crm.after.sale.milestone"]._remind(progress)

    def _advance(self):
        """Look at orders and deliveries; a template that fails says why."""
        for template in self.sudo():  # style: CRM109 orders of the whole company
            try:
                with self.env.cr.savepoint():
                    template._advance_one()
            except OperationalError:
                raise  # the database asks to try the whole again
            except Exception as error:  # the other templates get their turn
                _logger.warning(
                    "After-sale template %s failed", template.id, exc_info=True
                )
                template.error = str(error) or type(error).__name__
                continue
            if template.error:
                template.error = False

    def _advance_one(self):
        """Find new orders, then follow deliveries, days and further purchases."""
        self.ensure_one()
        watermark = self.env["crm.watermark"]._read()
        self.env.flush_all()
        if self.active:
            self._insert_cases()
        self._follow_deliveries()
        cases = SQL("SELECT id FROM crm_after_sale WHERE template_id = %s", self.id)
        self._schedule(self.company_id, cases)
        self._follow_purchases()
        self._schedule(self.company_id, cases)
        self.env.invalidate_all()
        super().write({"watermark": watermark})

    def _since_sql(self, column) -> SQL:
        """Return the condition that a row was written since the last run."""
        if not self.watermark:
            return SQL("TRUE")
        return SQL("%s >= %s", column, self.watermark)

    # --- NEW CASES

    def _get_categories(self):
        """Return the categories whose nearest template upwards is this one."""
        self.ensure_one()
        categories = self.env["product.category"]
        covered = categories.search([("id", "child_of", self.categ_id.id)])
        others = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("categ_id", "in", (covered - self.categ_id).ids),
            ]
        )
        if others:
            below = [("id", "child_of", others.categ_id.ids)]
            covered -= categories.search(below)
        return covered

    def _insert_cases(self):
        """Add a case per order with products of the template, and its milestones."""
        found = self._new_lines_sql()
        self.env.execute_query(
            SQL(
                """INSERT INTO crm_after_sale (
                          template_id, company_id, order_id, partner_id, state,
                          days_late, is_repurchased,
                          create_uid, create_date, write_uid, write_date)
                   SELECT %(template)s, %(company)s, f.order_id, MIN(f.customer_id),
                          'waiting', 0, FALSE, %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM (%(found)s) f
                 GROUP BY f.order_id
                 ORDER BY f.order_id
              ON CONFLICT (order_id, template_id) DO NOTHING
                RETURNING id""",
                template=self.id,
                company=self.company_id.id,
                uid=self.env.uid,
                now=NOW,
                found=found,
            )
        )
        self.env.execute_query(
            SQL(
                """INSERT INTO crm_after_sale_line_rel (after_sale_id, line_id)
                   SELECT c.id, f.line_id
                     FROM (%s) f
                     JOIN crm_after_sale c
                       ON c.order_id = f.order_id AND c.template_id = %s
                RETURNING line_id""",
                found,
                self.id,
            )
        )
        without = SQL(
            """c.template_id = %s AND NOT EXISTS (
                   SELECT FROM crm_after_sale_milestone m
                    WHERE m.after_sale_id = c.id)""",
            self.id,
        )
        self._insert_milestones(without)

    def _new_lines_sql(self) -> SQL:
        """Return ``order_id, customer_id, line_id`` of lines without a case.

        Goods that are shipped, of categories of this template, in purchases since
        its first day.
        """
        facts = self.env["crm.sale.fact"]
        return SQL(
            """SELECT f.order_id, f.customer_id, l.id AS line_id
                 FROM (%(orders)s) f
                 JOIN sale_order o ON o.id = f.order_id
                 JOIN sale_order_line l ON l.order_id = o.id
                 JOIN product_product p ON p.id = l.product_id
                 JOIN product_template t ON t.id = p.product_tmpl_id
                WHERE %(since)s AND t.categ_id = ANY(%(categories)s)
                  AND l.qty_delivered_method = 'stock_move'
                  AND l.product_uom_qty > 0
                  AND NOT EXISTS (SELECT FROM crm_after_sale_line_rel r
                                   WHERE r.line_id = l.id)""",
            orders=facts._orders_sql(self.company_id, since=self.date_from),
            since=self._since_sql(SQL("o.write_date")),
            categories=self._get_categories().ids,
        )

    def _insert_milestones(self, condition):
        """Copy the milestones of the template to its cases ``c`` that are meant."""
        self.env.execute_query(
            SQL(
                """INSERT INTO crm_after_sale_milestone (
                          after_sale_id, template_milestone_id, partner_id,
                          company_id, active, sequence, name, kind, script,
                          offset_number, offset_unit, offset_from, notice_days,
                          responsible, user_id, activity_kind_id, state,
                          is_date_fixed, is_automatic,
                          create_uid, create_date, write_uid, write_date)
                   SELECT c.id, t.id, c.partner_id, c.company_id, TRUE, t.sequence,
                          t.name, t.kind, t.script, t.offset_number, t.offset_unit,
                          t.offset_from, t.notice_days, t.responsible,
                          CASE WHEN t.responsible = 'salesperson' THEN owner.id
                               ELSE COALESCE(t.user_id, %(leader)s, owner.id) END,
                          t.activity_kind_id, 'waiting', FALSE, FALSE, %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM crm_after_sale c
                     JOIN sale_order o ON o.id = c.order_id
                     JOIN res_partner p ON p.id = c.partner_id
                LEFT JOIN res_users owner ON owner.id = COALESCE(o.user_id, p.user_id)
                     JOIN crm_after_sale_template_milestone t
                       ON t.template_id = c.template_id
                    WHERE %(condition)s
                 ORDER BY c.id, t.sequence, t.id
                RETURNING id""",
                leader=self._get_service_leader().id or None,
                uid=self.env.uid,
                now=NOW,
                condition=condition,
            )
        )

    def _get_service_leader(self):
        """Return who does what falls to customer service, if anybody leads it."""
        teams = self.env["crm.service.team"].search(
            [
                ("company_id", "in", [self.company_id.id, False]),
                ("leader_id", "!=", False),
            ],
            order="company_id NULLS LAST, sequence, id",
            limit=1,
        )
        return teams.leader_id

    def _renew_milestones(self):
        """Replace what is pending in open cases by the milestones as they are now."""
        self.ensure_one()
        system = self.sudo()  # style: CRM109 cases of all colleagues
        milestones = self.env["crm.after.sale.milestone"].sudo()  # style: CRM109 same
        old = milestones.search(
            [
                ("after_sale_id.template_id", "=", self.id),
                ("after_sale_id.state", "in", ("waiting", "running")),
                ("template_milestone_id", "!=", False),
                ("state", "in", PENDING),
            ]
        )
        old._drop_reminders()
        old.unlink()
        self.env.flush_all()
        system._insert_milestones(
            SQL(
                """c.template_id = %s AND c.state IN ('waiting', 'running')
                   AND NOT EXISTS (SELECT FROM crm_after_sale_milestone m
                                    WHERE m.after_sale_id = c.id
                                      AND m.template_milestone_id = t.id)""",
                self.id,
            )
        )
        cases = SQL("SELECT id FROM crm_after_sale WHERE template_id = %s", self.id)
        system._schedule(self.company_id, cases)
        self.env.invalidate_all()

    # --- DAYS

    @api.model
    def _schedule(self, company, cases):
        """Work out days and states of the milestones of ``cases``, then theirs.

        What is counted from the previous milestone follows the day on which that was
        done. The rules of the states are those of ``tools/after_sale_states.py``.

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
        """Return the common table ``steps``: milestones numbered within their case."""
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
                    WHERE m.active AND c.id IN (%s))""",
            cases,
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
        templates = self.env["crm.after.sale.template"].sudo()  # style: CRM109 figures
        for company, cases in self.sudo().grouped("company_id").items():  # style: CRM109 same
            templates._schedule(company, SQL("SELECT UNNEST(%s)", cases.ids))
        self.env["crm.after.sale.milestone"].invalidate_model()
        self.invalidate_recordset()
