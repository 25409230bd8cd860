from odoo import api, models
from odoo.tools import SQL


class CrmSaleFact(models.AbstractModel):
    """What posted credit notes took back from orders."""

    _inherit = "crm.sale.fact"

    @api.model
    def _refund_movements_sql(self, company, until=None, credited=None) -> SQL:
        """Return what was taken back from each order, day by day.

        One row per order and day on which a credit note, or an invoice of an
        order that has credit notes, was dated: ``customer_id, order_id, day,
        is_credit, revenue, margin``. The figures are the change of the refund on
        that day: negative where a later invoice corrects a credit note. Adding
        them up to any day gives the refund as it stood on that day, whatever came
        later, so a period that is over keeps its figure. Arguments as in
        :meth:`_refunds_sql`.
        """
        # these alone: to read all orders for the sake of a few would take long
        looked_at = SQL("SELECT order_id FROM credited")
        return SQL(
            """WITH credited AS MATERIALIZED (%(credited)s), running AS (
                   SELECT order_id, day, is_credit,
                          SUM(credited) OVER upto AS credited,
                          SUM(invoiced) OVER upto AS invoiced
                     FROM (%(billed)s) billed
                   WINDOW upto AS (PARTITION BY order_id ORDER BY day)
               ), taken AS (
                   SELECT f.*, r.day, r.is_credit, o.amount_untaxed,
                          GREATEST(0, LEAST(
                              r.credited - GREATEST(0, r.invoiced - o.amount_untaxed),
                              o.amount_untaxed
                          )) AS amount
                     FROM (%(orders)s) f
                     JOIN running r ON r.order_id = f.order_id
                     JOIN sale_order o ON o.id = f.order_id
                    WHERE o.amount_untaxed > 0
               ), stepped AS (
                   SELECT *, amount - COALESCE(LAG(amount) OVER (
                              PARTITION BY order_id ORDER BY day), 0) AS step
                     FROM taken
               )
               SELECT customer_id, order_id, day, is_credit,
                      revenue * step / amount_untaxed AS revenue,
                      margin * step / amount_untaxed AS margin
                 FROM stepped""",
            credited=credited or self._credited_orders_sql(company, until),
            billed=self._billed_sql(company, until, looked_at),
            orders=self._orders_sql(company, until, among=looked_at),
        )

    @api.model
    def _billed_sql(self, company, until, credited) -> SQL:
        """Return what was invoiced and credited per day, of orders once credited.

        Columns: ``order_id, day, is_credit, credited, invoiced``; untaxed, in the
        currency of the order. Order by order: joined, all invoiced lines would be
        read for the few that were credited.
        """
        return SQL(
            """SELECT c.order_id, b.*
                 FROM (%(credited)s) c
           CROSS JOIN LATERAL (
                      SELECT m.invoice_date AS day,
                             BOOL_OR(m.move_type = 'out_refund') AS is_credit,
                             SUM(CASE WHEN m.move_type = 'out_refund'
                                      THEN ml.amount_currency ELSE 0 END) AS credited,
                             SUM(CASE WHEN m.move_type = 'out_invoice'
                                      THEN -ml.amount_currency ELSE 0 END) AS invoiced
                        FROM sale_order_line l
                        JOIN sale_order_line_invoice_rel r ON r.order_line_id = l.id
                        JOIN account_move_line ml ON ml.id = r.invoice_line_id
                        JOIN account_move m ON m.id = ml.move_id
                       WHERE l.order_id = c.order_id AND m.state = 'posted'
                         AND m.move_type IN ('out_invoice', 'out_refund') %(dated)s
                    GROUP BY m.invoice_date) b""",
            credited=credited,
            dated=SQL("AND m.invoice_date <= %s", until) if until else SQL(),
        )

    @api.model
    def _credited_orders_sql(self, company, until=None) -> SQL:
        """Return ``order_id`` of the orders that posted credit notes belong to."""
        return SQL(
            """SELECT DISTINCT l.order_id
                 FROM account_move m
           CROSS JOIN LATERAL (
                      SELECT r.order_line_id
                        FROM account_move_line ml
                        JOIN sale_order_line_invoice_rel r
                          ON r.invoice_line_id = ml.id
                       WHERE ml.move_id = m.id
                      OFFSET 0) x
                 JOIN sale_order_line l ON l.id = x.order_line_id
                WHERE m.move_type = 'out_refund' AND m.state = 'posted'
                  AND m.company_id = %s %s""",
            company.id,
            SQL("AND m.invoice_date <= %s", until) if until else SQL(),
        )

    @api.model
    def _refunds_sql(self, company, until=None, credited=None, moved=None) -> SQL:
        """Return one row per order of which posted credit notes took something back.

        Columns: ``customer_id, order_id, day, revenue, margin``; revenue and
        margin are what is to be subtracted, in the company's currency; ``day`` is
        that of the last credit note.

        :param until: last day that counts of orders, invoices and credit notes
        :param credited: statement giving the ``order_id`` of the orders to look at, all
            of which need not have credit notes; default: those that have
        :param moved: relation of :meth:`_refund_movements_sql`, where it is at hand
        """
        moved = moved or SQL(
            "(%s)", self._refund_movements_sql(company, until, credited)
        )
        return SQL(
            """SELECT customer_id, order_id,
                      MAX(day) FILTER (WHERE is_credit) AS day,
                      SUM(revenue) AS revenue,
                      SUM(margin) AS margin
                 FROM %s movement
             GROUP BY customer_id, order_id
               HAVING SUM(revenue) > 0""",
            moved,
        )
