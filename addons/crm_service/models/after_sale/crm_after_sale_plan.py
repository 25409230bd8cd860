import logging

from psycopg2 import OperationalError

from odoo import api, models
from odoo.tools import SQL

from ...tools.after_sale_states import PENDING

_logger = logging.getLogger(__name__)

NOW = SQL("(NOW() AT TIME ZONE 'UTC')")
#: the last piece of work of the job, after the templates
REMINDERS = "reminders"


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
        """Look at every template, then remind; a later call goes on where one ended."""
        templates = self.with_context(active_test=False).search(
            [], order="watermark NULLS FIRST, id"
        )

        def work(piece):
            if piece == REMINDERS:
                return self.env["crm.after.sale.milestone"]._remind_batch()
            return self.browse(piece).try_lock_for_update()._advance()

        self.env["crm.job.pass"]._cron_work_off(
            self._name, [*templates.ids, REMINDERS], work, in_slices=True
        )

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
        self.watermark = watermark

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
        self._insert_lines(found)
        without = SQL(
            """c.template_id = %s AND NOT EXISTS (
                   SELECT FROM crm_after_sale_milestone m
                    WHERE m.after_sale_id = c.id)""",
            self.id,
        )
        self._insert_milestones(without)

    def _insert_lines(self, found):
        """Keep which lines belong to which case."""
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

    def _new_lines_sql(self) -> SQL:
        """Return ``order_id, customer_id, line_id`` of lines without a case.

        Goods that are shipped, of categories of this template, in purchases since
        its first day. Orders of a former system have nothing to ship.
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
                  AND EXISTS (SELECT FROM stock_move m WHERE m.sale_line_id = l.id)
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
                          is_date_fixed, is_automatic, is_added,
                          create_uid, create_date, write_uid, write_date)
                   SELECT c.id, t.id, c.partner_id, c.company_id, TRUE, t.sequence,
                          t.name, t.kind, t.script, t.offset_number, t.offset_unit,
                          t.offset_from, t.notice_days, t.responsible,
                          CASE WHEN t.responsible = 'salesperson' THEN owner.id
                               ELSE COALESCE(t.user_id, %(leader)s, owner.id) END,
                          t.activity_kind_id, 'waiting', FALSE, FALSE, FALSE,
                          %(uid)s, %(now)s, %(uid)s, %(now)s
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
                ("is_added", "=", False),
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
