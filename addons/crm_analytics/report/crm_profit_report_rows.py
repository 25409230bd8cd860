from datetime import date

from odoo import models
from odoo.tools import SQL

from .crm_profit_report import AMOUNTS

FIRST_DAY = date(1970, 1, 1)


class CrmProfitReport(models.Model):
    """The statements that the profit analysis is made of, one per kind of row.

    Each keeps the day outside of what is added up, or as one that shares are reckoned
    within, so that the database reads the rows of the asked period only.
    """

    _inherit = "crm.profit.report"

    def _rows(self, company):
        """Return the statements of all rows of ``company``, of the same columns."""
        engine = self.env["crm.scorecard.part.engine"]
        facts = self.env["crm.sale.fact"]
        window = engine._get_window(company, facts._get_today(company))
        window = window._replace(
            start=FIRST_DAY, start_instant=facts._get_day_start(FIRST_DAY, company)
        )
        orders = SQL(
            "(%s)", self.env["crm.scorecard.source"]._order_sql(company, window, None)
        )
        return [
            self._sales_sql(company, orders),
            self._refunds_sql(company, window),
            self._deliveries_sql(company, window),
            self._complaints_sql(company, window),
            self._activities_sql(company, window),
            self._counted_sql(company, window, orders),
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
        values = [
            SQL(
                "%s::numeric AS %s",
                amounts.get(name, SQL("0")),
                SQL.identifier(name),
            )
            for name in AMOUNTS
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

    def _day_sql(self, moment, company) -> SQL:
        """Return the day of a UTC ``moment`` in the time zone of ``company``."""
        return self.env["crm.sale.fact"]._local_day_sql(moment, company)

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

    def _refunds_sql(self, company, window) -> SQL:
        """What was taken back, by the amounts credited per product of the order."""
        share = SQL("COALESCE(w.share, 1)::numeric")
        refunds = self.env["crm.sale.fact"]._refund_movements_sql(company, window.as_of)
        return SQL(
            """%(row)s
                 FROM (%(refunds)s) r
            LEFT JOIN (SELECT order_id, product_tmpl_id, amount / total AS share
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
                                  AND m.state = 'posted' AND m.company_id = %(company)s
                             GROUP BY l.order_id, p.product_tmpl_id) credited
                        WHERE total <> 0) w ON w.order_id = r.order_id
                WHERE r.revenue <> 0""",
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
            company=company.id,
        )

    # --- WHAT IT COST

    def _deliveries_sql(self, company, window) -> SQL:
        """Deliveries, by the amounts of the lines of their orders."""
        return SQL(
            """%(row)s
                 FROM (SELECT d.customer_id, d.picking_id, d.order_id, d.day, d.cost,
                              l.id AS line_id, p.product_tmpl_id,
                              COALESCE(l.price_subtotal / SUM(l.price_subtotal) OVER (
                                  PARTITION BY d.picking_id, d.day, d.customer_id
                              ), 1) AS share
                         FROM (SELECT *, %(day)s AS day
                                 FROM (%(deliveries)s) s) d
                    LEFT JOIN sale_order_line l ON l.order_id = d.order_id
                          AND l.display_type IS NULL AND l.price_subtotal > 0
                    LEFT JOIN product_product p ON p.id = l.product_id) d
                WHERE d.cost <> 0""",
            row=self._row_sql(
                company,
                "delivery",
                SQL("CONCAT_WS('-', d.picking_id, d.line_id)"),
                self._columns(
                    SQL("d.day"),
                    SQL("d.customer_id"),
                    SQL("d.order_id"),
                    SQL("d.product_tmpl_id"),
                ),
                {"delivery_cost": SQL("d.cost * d.share::numeric")},
            ),
            day=self._day_sql(SQL("s.moment"), company),
            deliveries=self.env["crm.scorecard.source"]._shipments_sql(
                company, window, None
            ),
        )

    def _complaints_sql(self, company, window) -> SQL:
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
                "complaint",
                SQL("CONCAT_WS('-', c.id, l.id)"),
                self._columns(
                    self._day_sql(SQL("s.moment"), company),
                    SQL("s.commercial_partner_id"),
                    SQL("NULL::int"),
                    SQL("p.product_tmpl_id"),
                ),
                {"complaint_cost": SQL("s.cost * (%s)::numeric", share)},
            ),
            complaints=self.env["crm.scorecard.source"]._complaints_sql(
                company, window, None
            ),
        )

    def _activities_sql(self, company, window) -> SQL:
        return SQL(
            "%s FROM (%s) a WHERE a.cost <> 0",
            self._row_sql(
                company,
                "activity",
                SQL("a.id"),
                self._columns(
                    self._day_sql(SQL("a.moment"), company),
                    SQL("a.partner_id"),
                    SQL("NULL::int"),
                    SQL("NULL::int"),
                ),
                {"activity_cost": SQL("a.cost")},
            ),
            self.env["crm.scorecard.source"]._touches_sql(company, window, None),
        )

    def _counted_sql(self, company, window, orders) -> SQL:
        """What the margin bears already, by the order lines that bore it."""
        sources = self.env["crm.scorecard.source"]
        return SQL(
            """%(row)s
                 FROM (SELECT customer_id, line_id, day, SUM(cost) AS cost
                         FROM (%(credited)s UNION ALL %(promised)s) c
                     GROUP BY customer_id, line_id, day) c
                 JOIN sale_order_line l ON l.id = c.line_id
            LEFT JOIN product_product p ON p.id = l.product_id""",
            row=self._row_sql(
                company,
                "counted",
                SQL("CONCAT_WS('-', c.line_id, c.day)"),
                self._columns(
                    SQL("c.day"),
                    SQL("c.customer_id"),
                    SQL("l.order_id"),
                    SQL("p.product_tmpl_id"),
                ),
                {"counted_cost": SQL("c.cost")},
            ),
            credited=sources._credited_back_sql(company, window, None),
            promised=sources._promised_sql(orders),
        )
