from odoo import api, models
from odoo.tools import SQL

from .crm_profit_mixin import EARNED


class CrmProfitReport(models.Model):
    """The statements that the profit analysis is made of, one per kind of row.

    Each keeps the day outside of what is added up, or as one that shares are reckoned
    within, so that the database reads the rows of the asked period only.
    """

    _inherit = "crm.profit.report"

    @api.model
    def _rows(self, company, window, customers=None):
        """Return the statements of all rows of ``company``, of the same columns.

        :param customers: statement giving their ids, None for all
        """
        sources = self.env["crm.scorecard.source"]
        orders = SQL("(%s)", sources._order_sql(company, window, customers))
        return [
            self._sales_sql(company, orders),
            self._refunds_sql(company, window, customers),
            *(
                getattr(self, cost.shared or "_undivided_sql")(
                    cost,
                    company,
                    sources._cost_sql(cost, company, window, customers, orders),
                )
                for cost in sources._get_costs()
            ),
        ]

    def _row_sql(self, company, kind, key, columns, amounts) -> SQL:
        """Return the SELECT list of a row.

        :param key: expression of the parts of the id, which sales alone have as their
            own: those of others are below zero
        :param columns: of date, partner_id, order_id and product_tmpl_id
        :param amounts: ``{amount: expression}``, 0 where it is left out
        """
        if kind != "sale":
            key = SQL(
                "-(('x' || LEFT(MD5(CONCAT_WS('-', %s, %s)), 13))::bit(52)::bigint)",
                kind,
                key,
            )
        costs = self.env["crm.scorecard.source"]._get_cost_signs()
        values = [
            SQL(
                "%s::numeric AS %s",
                amounts.get(name, SQL("0")),
                SQL.identifier(name),
            )
            for name in (*EARNED, *costs)
        ]
        named = [
            SQL("%s AS %s", value, SQL.identifier(name))
            for name, value in columns.items()
        ]
        return SQL(
            """SELECT %(key)s AS id, %(kind)s AS kind, %(company)s::int AS company_id,
                      %(currency)s::int AS currency_id, %(columns)s""",
            key=key,
            kind=kind,
            company=company.id,
            currency=company.currency_id.id,
            columns=SQL(", ").join([*named, *values]),
        )

    def _columns(self, moment, customer, order, product):
        return {
            "date": moment,
            "partner_id": customer,
            "order_id": order,
            "product_tmpl_id": product,
        }

    # --- WHAT CAME IN

    def _sales_sql(self, company, orders) -> SQL:
        return SQL(
            """%(row)s
                 FROM %(orders)s o
                 JOIN sale_order_line l ON l.order_id = o.order_id
            LEFT JOIN product_product p ON p.id = l.product_id
                WHERE l.display_type IS NULL""",
            row=self._row_sql(
                company,
                "sale",
                SQL("l.id::bigint"),
                self._columns(
                    SQL("o.day"),
                    SQL("o.customer_id"),
                    SQL("o.order_id"),
                    SQL("p.product_tmpl_id"),
                ),
                {
                    "revenue": SQL("l.price_subtotal::numeric / o.rate::numeric"),
                    "gross_margin": SQL(
                        "COALESCE(l.margin, 0)::numeric / o.rate::numeric"
                    ),
                },
            ),
            orders=orders,
        )

    def _credited_shares_sql(self, company) -> SQL:
        """Return ``order_id, product_tmpl_id, share`` of what was credited."""
        return SQL(
            """SELECT order_id, product_tmpl_id, amount / total AS share
             FROM (SELECT l.order_id, p.product_tmpl_id,
                          SUM(ml.amount_currency) AS amount,
                          SUM(SUM(ml.amount_currency)) OVER (
                              PARTITION BY l.order_id) AS total
                     FROM account_move m
                     JOIN account_move_line ml ON ml.move_id = m.id
                     JOIN sale_order_line_invoice_rel s
                       ON s.invoice_line_id = ml.id
                     JOIN sale_order_line l ON l.id = s.order_line_id
                LEFT JOIN product_product p ON p.id = l.product_id
                    WHERE m.move_type = 'out_refund'
                      AND m.state = 'posted' AND m.company_id = %s
                 GROUP BY l.order_id, p.product_tmpl_id) credited
            WHERE total <> 0""",
            company.id,
        )

    def _credited_orders_sql(self, company, window, customers) -> SQL:
        """Return ``order_id`` of the orders with credit notes, billed in the window."""
        return SQL(
            """SELECT c.order_id FROM (%(credited)s) c
                 JOIN sale_order o ON o.id = c.order_id
                 JOIN res_partner p ON p.id = o.partner_id
                WHERE EXISTS (
                      SELECT FROM sale_order_line l
                        JOIN sale_order_line_invoice_rel r ON r.order_line_id = l.id
                        JOIN account_move_line ml ON ml.id = r.invoice_line_id
                        JOIN account_move m ON m.id = ml.move_id
                       WHERE l.order_id = c.order_id
                         AND m.invoice_date BETWEEN %(start)s AND %(as_of)s
                      OFFSET 0) %(of)s""",
            credited=self.env["crm.sale.fact"]._credited_orders_sql(
                company, window.as_of
            ),
            start=window.start,
            as_of=window.as_of,
            of=self.env["crm.scorecard.source"]._only_sql(
                customers, SQL("p.commercial_partner_id")
            ),
        )

    def _refunds_sql(self, company, window, customers) -> SQL:
        """What was taken back, by the amounts credited per product of the order."""
        share = SQL("COALESCE(w.share, 1)::numeric")
        refunds = self.env["crm.sale.fact"]._refund_movements_sql(
            company, window.as_of, self._credited_orders_sql(company, window, customers)
        )
        return SQL(
            """%(row)s
                 FROM (%(refunds)s) r
            LEFT JOIN (%(shares)s) w ON w.order_id = r.order_id
                WHERE r.revenue <> 0 AND r.day >= %(start)s""",
            start=window.start,
            row=self._row_sql(
                company,
                "refund",
                SQL("CONCAT_WS('-', r.order_id, r.day, w.product_tmpl_id)"),
                self._columns(
                    SQL("r.day"),
                    SQL("r.customer_id"),
                    SQL("r.order_id"),
                    SQL("w.product_tmpl_id"),
                ),
                {
                    "revenue": SQL("-r.revenue::numeric * %s", share),
                    "gross_margin": SQL("-r.margin::numeric * %s", share),
                },
            ),
            refunds=refunds,
            shares=self._credited_shares_sql(company),
        )

    # --- WHAT IT COST: each takes a source of costs and the statement of its rows

    def _undivided_sql(self, cost, company, rows) -> SQL:
        """Costs that belong to the customer, not to a product."""
        none = SQL("NULL::int")
        columns = self._columns(SQL("c.day"), SQL("c.customer_id"), none, none)
        return SQL(
            "%s FROM (%s) c WHERE c.cost <> 0",
            self._row_sql(
                company, cost.key, SQL("c.id"), columns, {cost.column: SQL("c.cost")}
            ),
            rows,
        )

    def _deliveries_sql(self, cost, company, rows) -> SQL:
        """Deliveries, by the amounts of the lines of their orders."""
        return SQL(
            """%(row)s
                 FROM (SELECT d.customer_id, d.id, d.order_id, d.day, d.cost,
                              l.id AS line_id, p.product_tmpl_id,
                              COALESCE(l.price_subtotal / SUM(l.price_subtotal) OVER (
                                  PARTITION BY d.id, d.day, d.customer_id
                              ), 1) AS share
                         FROM (%(deliveries)s) d
                    LEFT JOIN sale_order_line l ON l.order_id = d.order_id
                          AND l.display_type IS NULL AND l.price_subtotal > 0
                    LEFT JOIN product_product p ON p.id = l.product_id) d
                WHERE d.cost <> 0""",
            row=self._row_sql(
                company,
                cost.key,
                SQL("CONCAT_WS('-', d.id, d.line_id)"),
                self._columns(
                    SQL("d.day"),
                    SQL("d.customer_id"),
                    SQL("d.order_id"),
                    SQL("d.product_tmpl_id"),
                ),
                {cost.column: SQL("d.cost * d.share::numeric")},
            ),
            deliveries=rows,
        )

    def _complaints_sql(self, cost, company, rows) -> SQL:
        """Complaints, by the value of their lines."""
        share = self.env["crm.complaint.report"]._share_sql()
        return SQL(
            """%(row)s
                 FROM (%(complaints)s) s
                 JOIN crm_complaint c ON c.id = s.id
            LEFT JOIN crm_complaint_line l ON l.complaint_id = c.id
            LEFT JOIN product_product p ON p.id = l.product_id
                WHERE s.cost <> 0""",
            row=self._row_sql(
                company,
                cost.key,
                SQL("CONCAT_WS('-', c.id, l.id)"),
                self._columns(
                    SQL("s.day"),
                    SQL("s.customer_id"),
                    SQL("NULL::int"),
                    SQL("p.product_tmpl_id"),
                ),
                {cost.column: SQL("s.cost * (%s)::numeric", share)},
            ),
            complaints=rows,
        )

    def _counted_sql(self, cost, company, rows) -> SQL:
        """What the margin bears already, by the order lines that bore it."""
        return SQL(
            """%(row)s
                 FROM (SELECT customer_id, id AS line_id, day, SUM(cost) AS cost
                         FROM (%(counted)s) c
                     GROUP BY customer_id, id, day) c
                 JOIN sale_order_line l ON l.id = c.line_id
            LEFT JOIN product_product p ON p.id = l.product_id""",
            row=self._row_sql(
                company,
                cost.key,
                SQL("CONCAT_WS('-', c.line_id, c.day)"),
                self._columns(
                    SQL("c.day"),
                    SQL("c.customer_id"),
                    SQL("l.order_id"),
                    SQL("p.product_tmpl_id"),
                ),
                {cost.column: SQL("c.cost")},
            ),
            counted=rows,
        )
