from odoo import api, models
from odoo.tools import SQL


class CrmServicePanel(models.AbstractModel):
    """The statements behind the customer's panel, each for all customers at once."""

    _inherit = "crm.service.panel"

    @api.model
    def _scope_sql(self, customers) -> SQL:
        """Return the common table expression ``scope``: partners of ``customers``."""
        facts = self.env["crm.sale.fact"]
        ids = SQL("SELECT UNNEST(%s)", customers.ids)
        return SQL("scope AS MATERIALIZED %s", facts._partners_sql(ids))

    @api.model
    def _fetch_figures(self, customers, company, today):
        """Return purchases less refunds, and what is owed, by customer id.

        Money in the company's currency, rounded.
        """
        facts = self.env["crm.sale.fact"]
        facts._flush_sources()
        partners = SQL("scope")
        credited = SQL("SELECT order_id FROM purchase")
        statement = SQL(
            """WITH %(scope)s, purchase AS MATERIALIZED (%(orders)s), refund AS (
                   SELECT customer_id, SUM(revenue) AS revenue, SUM(margin) AS margin
                     FROM (%(refunds)s) r GROUP BY customer_id
               ), bought AS (
                   SELECT customer_id, COUNT(*) AS order_count,
                          %(first)s AS first_order, %(last)s AS last_order,
                          SUM(revenue) AS revenue, SUM(margin) AS margin
                     FROM purchase GROUP BY customer_id
               ), owed AS (%(owed)s)
               SELECT customer_id, COALESCE(b.order_count, 0) AS order_count,
                      b.first_order, b.last_order,
                      ROUND(COALESCE(b.revenue, 0)::numeric
                            - COALESCE(r.revenue, 0)::numeric,
                            %(digits)s)::float8 AS amount,
                      ROUND(COALESCE(b.margin, 0)::numeric
                            - COALESCE(r.margin, 0)::numeric,
                            %(digits)s)::float8 AS margin,
                      COALESCE(o.invoice_count, 0) AS invoice_count,
                      COALESCE(o.due, 0)::float8 AS due,
                      COALESCE(o.overdue, 0)::float8 AS overdue
                 FROM bought b FULL JOIN owed o USING (customer_id)
            LEFT JOIN refund r USING (customer_id)""",
            scope=self._scope_sql(customers),
            orders=facts._orders_sql(company, partners=partners),
            refunds=facts._refunds_sql(company, credited=credited),
            owed=self._owed_sql(company, today),
            first=facts._local_day_sql(SQL("MIN(date_order)"), company),
            last=facts._local_day_sql(SQL("MAX(date_order)"), company),
            digits=company.currency_id.decimal_places,
        )
        rows = self.env.execute_query_dict(statement)
        return {row["customer_id"]: row for row in rows}

    @api.model
    def _owed_sql(self, company, today) -> SQL:
        """Return ``customer_id, invoice_count, due, overdue``, within ``scope``.

        What is overdue counts by the due date of each instalment; a credit note
        lowers what is due and is never overdue itself.
        """
        self.env["account.move.line"].flush_model(
            ["amount_residual", "date_maturity", "display_type", "move_id"]
        )
        facts = self.env["crm.sale.fact"]
        return SQL(
            """SELECT i.customer_id, COUNT(DISTINCT l.move_id) AS invoice_count,
                      SUM(l.amount_residual) AS due,
                      SUM(l.amount_residual) FILTER (
                          WHERE l.amount_residual > 0
                            AND l.date_maturity < %(today)s) AS overdue
                 FROM (%(invoices)s) i
                 JOIN account_move_line l ON l.move_id = i.move_id
                WHERE l.display_type = 'payment_term' AND l.amount_residual != 0
             GROUP BY i.customer_id""",
            invoices=facts._invoices_sql(company, partners=SQL("scope")),
            today=today,
        )

    @api.model
    def _fetch_standings(self, customers, company):
        """Return ``segment_id`` of the value class and lifecycle ``state`` by id."""
        self.env["crm.segment.membership"].flush_model()
        self.env["crm.lifecycle.transition"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT c.id,
                          (SELECT m.segment_id FROM crm_segment_membership m
                            WHERE m.partner_id = c.id AND m.date_end IS NULL
                              AND m.segmentation_id = (%(scheme)s)
                            ORDER BY m.id LIMIT 1) AS segment_id,
                          (SELECT t.state FROM crm_lifecycle_transition t
                            WHERE t.partner_id = c.id AND t.date_end IS NULL
                              AND t.company_id = %(company)s
                            ORDER BY t.id LIMIT 1) AS state
                     FROM UNNEST(%(ids)s) c(id)""",
                scheme=company._get_value_scheme_sql(),
                company=company.id,
                ids=customers.ids,
            )
        )
        return {row["id"]: row for row in rows}

    @api.model
    def _fetch_open_orders(self, customers, company):
        """Return the orders not delivered in full that the reader may read.

        Open is what the host's delivery status calls so, as long as goods are left to
        be delivered: an order that waits for returned goods is none. Promised is the
        delivery date of the order; without one, when the host expects it by the lead
        times. How much is delivered goes by the value of the lines.
        """
        facts = self.env["crm.sale.fact"]
        orders = self.env["sale.order"]
        orders.flush_model(["delivery_status", "commitment_date", "picking_policy"])
        self.env["sale.order.line"].flush_model(
            ["qty_delivered", "product_uom_qty", "price_subtotal", "customer_lead"]
        )
        readable = orders._search(
            [("company_id", "=", company.id), ("delivery_status", "!=", "full")]
        )
        return self.env.execute_query_dict(
            SQL(
                """WITH %(scope)s
                   SELECT f.customer_id, o.id, o.name, l.ordered, l.delivered,
                          o.commitment_date IS NOT NULL AS is_promised,
                          %(promised)s AS promised
                     FROM (%(orders)s) f
                     JOIN sale_order o ON o.id = f.order_id
               CROSS JOIN LATERAL (%(lines)s) l
                    WHERE o.delivery_status IN ('pending', 'started', 'partial')
                      AND l.is_open AND o.id IN %(readable)s
                 ORDER BY promised, o.id""",
                scope=self._scope_sql(customers),
                orders=facts._orders_sql(company, partners=SQL("scope")),
                promised=facts._local_day_sql(self._promised_sql(), company),
                lines=self._order_lines_sql(),
                readable=readable.subselect(),
            )
        )

    @api.model
    def _promised_sql(self) -> SQL:
        """Return when order ``o``, with its lines ``l``, was promised, in UTC.

        ``l`` is what :meth:`_order_lines_sql` gives.
        """
        return SQL(
            """COALESCE(o.commitment_date, CASE o.picking_policy
                   WHEN 'one' THEN l.latest ELSE l.earliest END)"""
        )

    @api.model
    def _order_lines_sql(self) -> SQL:
        """Return the one row of what order ``o`` has ordered and delivered."""
        return SQL(
            """SELECT SUM(v.weight * s.product_uom_qty) AS ordered,
                      SUM(v.weight * GREATEST(0, LEAST(
                          s.qty_delivered, s.product_uom_qty))) AS delivered,
                      BOOL_OR(s.qty_delivered < s.product_uom_qty) AS is_open,
                      MIN(o.date_order + s.customer_lead * INTERVAL '1 day')
                          AS earliest,
                      MAX(o.date_order + s.customer_lead * INTERVAL '1 day') AS latest
                 FROM sale_order_line s
           CROSS JOIN LATERAL (SELECT CASE WHEN o.amount_untaxed > 0
                                           THEN s.price_subtotal / s.product_uom_qty
                                           ELSE 1 END AS weight) v
                WHERE s.order_id = o.id AND s.product_uom_qty > 0
                  AND s.qty_delivered_method = 'stock_move'"""
        )

    @api.model
    def _fetch_open_invoices(self, customers, company):
        """Return the invoices and credit notes to be paid that the reader may read."""
        facts = self.env["crm.sale.fact"]
        moves = self.env["account.move"]
        readable = moves._search(
            [("company_id", "=", company.id), ("state", "=", "posted")]
        )
        return self.env.execute_query_dict(
            SQL(
                """WITH %(scope)s
                   SELECT i.customer_id, m.id, m.name,
                          MIN(l.date_maturity) AS due,
                          SUM(l.amount_residual) AS amount
                     FROM (%(invoices)s) i
                     JOIN account_move m ON m.id = i.move_id
                     JOIN account_move_line l ON l.move_id = m.id
                    WHERE l.display_type = 'payment_term' AND l.amount_residual != 0
                      AND m.id IN %(readable)s
                 GROUP BY i.customer_id, m.id, m.name
                 ORDER BY due, m.id""",
                scope=self._scope_sql(customers),
                invoices=facts._invoices_sql(company, partners=SQL("scope")),
                readable=readable.subselect(),
            )
        )

    @api.model
    def _fetch_latest_complaints(self, customers, company, limit):
        """Return (customer id, complaint id, number of all) that the reader may read.

        The latest first, ``limit`` of each customer; the number is of all of them.
        """
        complaints = self.env["crm.complaint"]
        complaints.flush_model(["commercial_partner_id", "date_received"])
        readable = complaints._search(
            [
                ("commercial_partner_id", "in", customers.ids),
                ("company_id", "=", company.id),
            ]
        )
        return self.env.execute_query(
            SQL(
                """SELECT customer_id, id, total
                     FROM (SELECT c.commercial_partner_id AS customer_id, c.id,
                                  COUNT(*) OVER customer AS total,
                                  ROW_NUMBER() OVER (
                                      customer ORDER BY c.date_received DESC, c.id DESC
                                  ) AS place
                             FROM crm_complaint c
                            WHERE c.id IN %s
                           WINDOW customer AS (PARTITION BY c.commercial_partner_id)
                          ) latest
                    WHERE place <= %s
                 ORDER BY customer_id, place""",
                readable.subselect(),
                limit,
            )
        )
