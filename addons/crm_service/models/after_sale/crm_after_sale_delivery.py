from odoo import models
from odoo.tools import SQL

from ...tools.after_sale_states import BY_DELIVERY, PENDING
from .crm_after_sale_plan import NOW


class CrmAfterSaleTemplate(models.Model):
    """What became of the goods of a case, as the host's stock moves tell.

    Delivered is a case on the day, in the company's time zone, of its last move to
    the customer, as soon as nothing is left to be shipped and the customer holds
    something: a backorder that is cancelled ends the wait as well. What is shipped
    again later (more was ordered, goods were exchanged) reopens it until then. When
    all goods have come back, every milestone that is not skipped starts again. An
    order that is cancelled puts its case away, and a new confirmation takes it up.
    """

    _inherit = "crm.after.sale.template"

    def _follow_deliveries(self):
        """Bring the cases up to date whose order or stock moves were written."""
        self._hand_over_milestones()
        rows = self.env.execute_query_dict(
            SQL(
                """WITH held AS (%(held)s)
                   UPDATE crm_after_sale c
                      SET partner_id = h.partner_id, user_id = h.user_id,
                          team_id = h.team_id, date_order = h.date_order,
                          date_promised = h.date_promised,
                          date_delivered = h.date_delivered,
                          days_late = GREATEST(
                              0, COALESCE(h.date_delivered - h.date_promised, 0)),
                          state = h.state, write_date = %(now)s
                     FROM held h
                    WHERE c.id = h.id
                      AND (c.partner_id, c.user_id, c.team_id, c.date_order,
                           c.date_promised, c.date_delivered, c.state)
                          IS DISTINCT FROM
                          (h.partner_id, h.user_id, h.team_id, h.date_order,
                           h.date_promised, h.date_delivered, h.state)
                RETURNING c.id, h.state, h.old_state, h.has_goods, h.was_delivered""",
                held=self._held_sql(),
                now=NOW,
            )
        )
        self._start_again(
            [r["id"] for r in rows if r["was_delivered"] and not r["has_goods"]]
        )
        away = [r["id"] for r in rows if r["state"] == "cancelled"]
        back = [r["id"] for r in rows if r["old_state"] == "cancelled"]
        self._set_milestones_active(away, False)
        self._set_milestones_active(back, True)

    def _hand_over_milestones(self):
        """Let what a salesperson has to do follow the order to another one."""
        self.env.execute_query(
            SQL(
                """UPDATE crm_after_sale_milestone m
                      SET user_id = COALESCE(o.user_id, p.user_id), write_date = %(now)s
                     FROM crm_after_sale c
                     JOIN sale_order o ON o.id = c.order_id
                     JOIN res_partner p ON p.id = c.partner_id
                    WHERE m.after_sale_id = c.id AND c.template_id = %(template)s
                      AND %(since)s AND m.responsible = 'salesperson'
                      AND m.state IN %(pending)s
                      AND m.user_id IS NOT DISTINCT FROM c.user_id
                      AND c.user_id IS DISTINCT FROM COALESCE(o.user_id, p.user_id)
                      AND c.date_order IS NOT NULL
                RETURNING m.id""",
                template=self.id,
                since=self._since_sql(SQL("o.write_date")),
                pending=PENDING,
                now=NOW,
            )
        )

    def _held_sql(self) -> SQL:
        """Return what is to be known of each case that may have changed."""
        facts = self.env["crm.sale.fact"]
        panel = self.env["crm.service.panel"]
        company = self.company_id
        return SQL(
            """SELECT c.id, p.commercial_partner_id AS partner_id,
                      COALESCE(o.user_id, customer.user_id) AS user_id, o.team_id,
                      %(date_order)s AS date_order, %(promised)s AS date_promised,
                      CASE WHEN g.has_goods AND NOT COALESCE(m.is_open, FALSE)
                           THEN %(delivered)s END AS date_delivered,
                      CASE WHEN o.state <> 'sale' THEN 'cancelled'
                           WHEN c.state = 'cancelled' THEN 'waiting'
                           ELSE c.state END AS state,
                      c.state AS old_state, COALESCE(g.has_goods, FALSE) AS has_goods,
                      c.date_delivered IS NOT NULL AS was_delivered
                 FROM crm_after_sale c
                 JOIN sale_order o ON o.id = c.order_id
                 JOIN res_partner p ON p.id = o.partner_id
                 JOIN res_partner customer ON customer.id = p.commercial_partner_id
           CROSS JOIN LATERAL (%(lines)s) l
           CROSS JOIN LATERAL (%(goods)s) g
           CROSS JOIN LATERAL (%(moves)s) m
                WHERE c.template_id = %(template)s AND %(touched)s""",
            date_order=facts._local_day_sql(SQL("o.date_order"), company),
            promised=facts._local_day_sql(panel._promised_sql(), company),
            delivered=facts._local_day_sql(SQL("m.delivered_at"), company),
            lines=panel._order_lines_sql(),
            goods=SQL(
                """SELECT BOOL_OR(s.qty_delivered > 0) AS has_goods
                     FROM crm_after_sale_line_rel r
                     JOIN sale_order_line s ON s.id = r.line_id
                    WHERE r.after_sale_id = c.id"""
            ),
            moves=self._case_moves_sql(),
            template=self.id,
            touched=self._touched_sql(),
        )

    def _case_moves_sql(self) -> SQL:
        """Return whether goods of case ``c`` are on their way, and the last arrival.

        A step inside the warehouse (pick, pack) counts as on their way.
        """
        return SQL(
            """SELECT BOOL_OR(m.state NOT IN ('done', 'cancel')) AS is_open,
                      MAX(m.date) FILTER (
                          WHERE m.state = 'done' AND target.usage = 'customer')
                          AS delivered_at
                 FROM crm_after_sale_line_rel r
                 JOIN stock_move m ON m.sale_line_id = r.line_id
                 JOIN stock_location source ON source.id = m.location_id
                 JOIN stock_location target ON target.id = m.location_dest_id
                WHERE r.after_sale_id = c.id AND source.usage <> 'customer'"""
        )

    def _touched_sql(self) -> SQL:
        """Return the condition that something of case ``c`` changed since last time."""
        if not self.watermark:
            return SQL("TRUE")
        return SQL(
            """c.order_id IN (
                   SELECT o.id FROM sale_order o WHERE o.write_date >= %(watermark)s
                UNION
                   SELECT s.order_id
                     FROM stock_move m
                     JOIN sale_order_line s ON s.id = m.sale_line_id
                    WHERE m.write_date >= %(watermark)s)""",
            watermark=self.watermark,
        )

    def _start_again(self, case_ids):
        """All goods came back: what was done has to be done for the next ones."""
        if case_ids:
            self.env.execute_query(
                SQL(
                    """UPDATE crm_after_sale_milestone
                          SET state = 'waiting', date_due = NULL, date_done = NULL,
                              is_date_fixed = FALSE, write_date = %(now)s
                        WHERE after_sale_id = ANY(%(cases)s) AND state <> 'skipped'
                          AND kind NOT IN %(by_delivery)s
                    RETURNING id""",
                    cases=case_ids,
                    by_delivery=BY_DELIVERY,
                    now=NOW,
                )
            )

    def _set_milestones_active(self, case_ids, active):
        """Put the milestones of cases away, or get them back."""
        if case_ids:
            self.env.execute_query(
                SQL(
                    """UPDATE crm_after_sale_milestone
                          SET active = %(active)s, write_date = %(now)s
                        WHERE after_sale_id = ANY(%(cases)s)
                    RETURNING id""",
                    active=active,
                    cases=case_ids,
                    now=NOW,
                )
            )
