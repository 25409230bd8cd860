from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ...tools.retention import Figures, cost_per, kept_beyond_control, measure


class CrmRetentionProgramme(models.Model):
    """Who is measured, and what they bought before and since.

    Measured are the customers who were in the programme's segments at the end of
    its first day and had bought before that day: who never bought cannot be kept.
    The control are the others of the company (or of the control segments) of whom
    the same is true. Both are stored when the programme starts. Purchases, revenue
    and refunds are those of ``crm.sale.fact``.
    """

    _inherit = "crm.retention.programme"

    # --- WHO

    def _settle_customers(self):
        """Store the customers and the control, in one statement each."""
        self.ensure_one()
        rows = self.env["crm.retention.customer"]
        self.env.flush_all()
        self.env["crm.sale.fact"]._prepare_planner()
        chosen = self._get_chosen_sql()
        self._insert_customers("programme", chosen)
        control = self._get_segment_members_sql(self.control_segment_ids)
        self._insert_customers("control", control if self.control_segment_ids else None)
        rows.invalidate_model()
        self.invalidate_recordset(["customer_ids"])

    def _insert_customers(self, kind, members: SQL | None):
        """Store those of ``members``, or all, who had bought and are not in yet."""
        orders = self.env["crm.sale.fact"]._orders_sql(
            self.company_id, until=self.date_start - timedelta(days=1)
        )
        among = SQL("AND b.customer_id IN (%s)", members) if members else SQL()
        self.env.execute_query(
            SQL(
                """INSERT INTO crm_retention_customer (programme_id, company_id,
                          partner_id, kind, create_uid, create_date, write_uid,
                          write_date)
                   SELECT %(programme)s, %(company)s, b.customer_id, %(kind)s, %(uid)s,
                          NOW() AT TIME ZONE 'UTC', %(uid)s, NOW() AT TIME ZONE 'UTC'
                     FROM (SELECT DISTINCT customer_id FROM (%(orders)s) o) b
                     JOIN res_partner p ON p.id = b.customer_id
                    WHERE p.active %(among)s
              ON CONFLICT (programme_id, partner_id) DO NOTHING
                RETURNING id""",
                programme=self.id,
                company=self.company_id.id,
                kind=kind,
                uid=self.env.uid,
                orders=orders,
                among=among,
            )
        )

    def _get_chosen_sql(self) -> SQL:
        """Return the ids of the customers for whom the programme is."""
        if not self.target_group_id:
            return self._get_segment_members_sql(self.segment_ids)
        partners = self.env["res.partner"].with_context(
            allowed_company_ids=self.company_id.ids
        )
        return partners._search(self.target_group_id._get_domain()).select()

    def _get_segment_members_sql(self, segments) -> SQL:
        """Return the ids of who was in ``segments`` at the end of the first day."""
        facts = self.env["crm.sale.fact"]
        moment = facts._end_of_day_sql(self.date_start, self.company_id)
        return SQL(
            """SELECT partner_id FROM crm_segment_membership
                WHERE segment_id = ANY(%(segments)s) AND date_start < %(moment)s
                  AND (date_end IS NULL OR date_end >= %(moment)s)""",
            segments=segments.ids,
            moment=moment,
        )

    # --- WHAT THEY BOUGHT

    def _measure_before(self):
        """Freeze the purchases of the period before, as long as the programme."""
        self.ensure_one()
        first = self.date_start - timedelta(days=self.days_total)
        self._write_purchases(
            "orders_before",
            "revenue_before",
            first,
            self.date_start - timedelta(days=1),
        )

    def _measure_after(self):
        """Work out the purchases since the start, and the figures of both groups."""
        self.ensure_one()
        self.check_access("write")
        until = min(self._get_today(), self.date_end)
        self._write_purchases("orders_after", "revenue_after", self.date_start, until)
        self._write_outcome()
        figures = {**self._get_figures(), "date_measured": until}
        self.sudo().write(figures)  # style: CRM109 figures are the system's

    def _write_purchases(self, orders_name, revenue_name, first, last):
        """Write orders and net revenue of the days from ``first`` to ``last``."""
        self.env["crm.sale.fact"]._flush_sources()
        self.env["crm.sale.fact"]._prepare_planner()
        rows = self.env["crm.retention.customer"]
        rows.flush_model()
        names = {
            "orders_name": SQL.identifier(orders_name),
            "revenue_name": SQL.identifier(revenue_name),
            "programme": self.id,
        }
        self.env.execute_query(
            SQL(
                """UPDATE crm_retention_customer
                      SET %(orders_name)s = 0, %(revenue_name)s = 0
                    WHERE programme_id = %(programme)s
                RETURNING id""",
                **names,
            )
        )
        # Few or many rows, each buyer finds his own by the unique index
        self.env.execute_query(
            SQL(
                """UPDATE crm_retention_customer c
                      SET %(orders_name)s = b.orders,
                          %(revenue_name)s = ROUND(b.revenue - b.refund, %(digits)s)
                     FROM (%(bought)s) b
                    WHERE c.programme_id = %(programme)s
                      AND c.partner_id = b.customer_id
                RETURNING c.id""",
                digits=self.company_id.currency_id.decimal_places,
                bought=self._bought_sql(first, last),
                **names,
            )
        )
        rows.invalidate_model()

    def _bought_sql(self, first, last) -> SQL:
        """Return ``customer_id, orders, revenue, refund`` of these days."""
        facts = self.env["crm.sale.fact"]
        return SQL(
            """SELECT customer_id, SUM(orders) AS orders, SUM(revenue) AS revenue,
                      SUM(refund) AS refund
                 FROM (SELECT customer_id, 1 AS orders, revenue::numeric AS revenue,
                              0::numeric AS refund
                         FROM (%(orders)s) o
                    UNION ALL
                       SELECT customer_id, 0, 0, revenue::numeric
                         FROM (%(refunds)s) r WHERE day >= %(first)s) movement
             GROUP BY customer_id""",
            orders=facts._orders_sql(self.company_id, until=last, since=first),
            refunds=facts._refund_movements_sql(self.company_id, until=last),
            first=first,
        )

    def _write_outcome(self):
        """Say of each customer what became of him."""
        self.env.execute_query(
            SQL(
                """UPDATE crm_retention_customer SET outcome = CASE
                          WHEN orders_before > 0 AND orders_after > 0 THEN 'kept'
                          WHEN orders_before > 0 THEN 'lapsed'
                          WHEN orders_after > 0 THEN 'won_back'
                          ELSE 'inactive' END
                    WHERE programme_id = %s
                RETURNING id""",
                self.id,
            )
        )
        self.env["crm.retention.customer"].invalidate_model()

    # --- FIGURES

    def _get_figures(self):
        """Return the values of the programme that its customers' rows give."""
        before, after, kept = self._read_figures()
        own, control = "programme", "control"
        kind = self.measure_kind
        return {
            "customer_count": after[own].customers,
            "control_count": after[control].customers,
            "value_before": measure(kind, before[own]),
            "value_after": measure(kind, after[own]),
            "control_before": measure(kind, before[control]),
            "control_after": measure(kind, after[control]),
            "kept_count": kept[own],
            "kept_beyond": kept_beyond_control(
                before[own].buyers, kept[own], before[control].buyers, kept[control]
            ),
            "measure_error": False,
        }

    def _read_figures(self):
        """Return (before, after, kept), each by group, of all rows, seen or not."""
        found = self.env.execute_query(
            SQL(
                """SELECT kind, COUNT(*),
                          COUNT(*) FILTER (WHERE orders_before > 0),
                          COUNT(*) FILTER (WHERE orders_before > 1),
                          COALESCE(SUM(orders_before), 0),
                          COALESCE(SUM(revenue_before), 0),
                          COUNT(*) FILTER (WHERE orders_after > 0),
                          COUNT(*) FILTER (WHERE orders_after > 1),
                          COALESCE(SUM(orders_after), 0),
                          COALESCE(SUM(revenue_after), 0),
                          COUNT(*) FILTER (WHERE outcome = 'kept')
                     FROM crm_retention_customer
                    WHERE programme_id = %s GROUP BY kind""",
                self.id,
            )
        )
        before, after, kept = {}, {}, {}
        for kind in ("programme", "control"):
            before[kind], after[kind], kept[kind] = Figures(), Figures(), 0
        for kind, customers, *counts, kept_count in found:
            before[kind] = self._as_figures(customers, counts[:4])
            after[kind] = self._as_figures(customers, counts[4:])
            kept[kind] = kept_count
        return before, after, kept

    @api.model
    def _as_figures(self, customers, counts):
        buyers, repeaters, orders, revenue = counts
        return Figures(customers, buyers, repeaters, int(orders), float(revenue))

    def _forget_figures(self):
        """Clear the result of a programme that has not started."""
        names = [*self._get_figures(), "date_measured"]
        forgotten = dict.fromkeys(names, False)
        self.sudo().write(forgotten)  # style: CRM109 figures are the system's

    # --- COST

    @api.depends("cost_actual", "kept_beyond")
    def _compute_cost_per_kept(self):
        for programme in self:
            programme.cost_per_kept = cost_per(
                programme.cost_actual, programme.kept_beyond
            )
