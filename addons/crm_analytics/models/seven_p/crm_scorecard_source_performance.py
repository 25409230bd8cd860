from odoo import api, models
from odoo.tools import SQL

from ...tools.seven_p import Source

SALES_COUNTS = ("category_count", "team_count", "medium_count", "place_count")


class CrmScorecardSource(models.AbstractModel):
    """Performance: sales by kind, channel, place; payments; deliveries."""

    _inherit = "crm.scorecard.source"

    @api.model
    def _get_sources(self):
        return [
            *super()._get_sources(),
            *self._get_payment_sources(),
            Source(
                "sales",
                "performance",
                self.env._("Orders and their lines"),
                (*SALES_COUNTS, "top_category_id", "top_medium_id"),
                "_source_sales",
                changed="_changed_orders",
                zero=SALES_COUNTS,
                prepare=("_prepare_facts",),
            ),
            Source(
                "deliveries",
                "performance",
                self.env._("Deliveries"),
                ("delivery_count", "on_time_rate", "days_late_mean"),
                "_source_deliveries",
                changed="_changed_deliveries",
                zero=("delivery_count",),
                prepare=("_prepare_delivered",),
            ),
            Source(
                "contracts",
                "performance",
                self.env._("Contract fulfilment"),
                (),
                None,
                lacking=self.env._("Comes with the contracts."),
            ),
        ]

    @api.model
    def _get_payment_sources(self):
        return [
            Source(
                "payments",
                "performance",
                self.env._("Payments matched with invoices"),
                ("paid_amount", "days_to_pay", "late_share"),
                "_source_payments",
                changed="_changed_payments",
                zero=("paid_amount",),
            ),
            Source(
                "receivables",
                "performance",
                self.env._("Open receivables"),
                ("open_amount", "overdue_amount", "days_sales_outstanding"),
                "_source_receivables",
                changed="_changed_receivables",
                zero=("open_amount", "overdue_amount"),
                is_dated=False,
            ),
        ]

    # --- SALES

    @api.model
    def _source_sales(self, _company, _window, _customers) -> SQL:
        """The largest by amount; of equal ones that with the smaller id."""
        return SQL(
            """SELECT o.customer_id, COALESCE(x.category_count, 0) AS category_count,
                      x.top_category_id, o.team_count, o.medium_count,
                      m.top_medium_id, o.place_count
                 FROM crm_seven_p_customer o
            LEFT JOIN crm_seven_p_mix x USING (customer_id)
            LEFT JOIN (SELECT customer_id,
                              -(MAX(ARRAY[mills, -medium_id]))[2]::int AS top_medium_id
                         FROM (SELECT customer_id, medium_id,
                                      SUM((1000 * revenue)::int8)::int8 AS mills
                                 FROM crm_seven_p_order WHERE medium_id IS NOT NULL
                             GROUP BY customer_id, medium_id) s
                     GROUP BY customer_id) m
                USING (customer_id)"""
        )

    # --- PAYMENTS

    @api.model
    def _source_payments(self, company, window, customers) -> SQL:
        return SQL(
            """SELECT customer_id,
                      ROUND(SUM(amount), %(digits)s) AS paid_amount,
                      ROUND(SUM(amount * days) / SUM(amount), 1)::float8
                          AS days_to_pay,
                      ROUND(100 * COALESCE(SUM(amount) FILTER (WHERE is_late), 0)
                            / SUM(amount), 1)::float8 AS late_share
                 FROM (%(payments)s) paid
             GROUP BY customer_id""",
            digits=company.currency_id.decimal_places,
            payments=self._payments_sql(
                company, window.start, window.as_of, self._partners(customers)
            ),
        )

    @api.model
    def _payments_sql(self, company, start, until, partners) -> SQL:
        """Return what was matched with invoices: one row per match.

        Columns: ``customer_id, move_id`` (the invoice), ``day`` (of the payment),
        ``amount`` (with taxes, in the company's currency), ``days`` (since the
        invoice), ``is_late``. Credit notes and what exchange rates make up pay nothing.
        """
        return SQL(
            """SELECT p.commercial_partner_id AS customer_id, c.date AS day, r.amount,
                      i.id AS move_id, GREATEST(0, c.date - i.invoice_date) AS days,
                      c.date > COALESCE(d.date_maturity, i.invoice_date) AS is_late
                 FROM account_partial_reconcile r
                 JOIN account_move_line c ON c.id = r.credit_move_id
                 JOIN account_move cm ON cm.id = c.move_id
                 JOIN account_move_line d ON d.id = r.debit_move_id
                 JOIN account_move i ON i.id = d.move_id
                 JOIN %(partners)s p ON p.id = i.partner_id
                WHERE r.company_id = %(company)s AND i.company_id = %(company)s
                  AND i.move_type IN ('out_invoice', 'out_receipt')
                  AND i.state = 'posted' AND cm.state = 'posted'
                  AND cm.move_type <> 'out_refund' AND r.amount > 0
                  AND NOT EXISTS (SELECT FROM account_partial_reconcile x
                                   WHERE x.exchange_move_id = cm.id)
                  AND c.date BETWEEN %(start)s AND %(until)s""",
            partners=partners,
            company=company.id,
            start=start,
            until=until,
        )

    @api.model
    def _source_receivables(self, company, window, customers) -> SQL:
        """What is open now; ``reconciled IS NOT TRUE`` is what the host's index has."""
        partners = self._partners(customers)
        return SQL(
            """SELECT customer_id,
                      ROUND(SUM(residual), %(digits)s) AS open_amount,
                      ROUND(GREATEST(0, SUM(overdue)), %(digits)s) AS overdue_amount,
                      CASE WHEN SUM(invoiced) > 0 THEN ROUND(
                          GREATEST(0, SUM(residual)) / SUM(invoiced) * %(days)s, 1)
                          ::float8 END AS days_sales_outstanding
                 FROM (SELECT p.commercial_partner_id AS customer_id,
                              l.amount_residual AS residual,
                              CASE WHEN COALESCE(l.date_maturity, l.date) < %(as_of)s
                                   THEN l.amount_residual ELSE 0 END AS overdue,
                              0 AS invoiced
                         FROM account_move_line l
                         JOIN %(partners)s p ON p.id = l.partner_id
                        WHERE l.reconciled IS NOT TRUE AND l.parent_state = 'posted'
                          AND l.company_id = %(company)s
                          AND l.account_id IN (SELECT id FROM account_account
                               WHERE account_type = 'asset_receivable')
                    UNION ALL
                       SELECT p.commercial_partner_id, 0, 0, m.amount_total_signed
                         FROM account_move m
                         JOIN %(partners)s p ON p.id = m.partner_id
                        WHERE m.state = 'posted' AND m.company_id = %(company)s
                          AND m.move_type IN
                              ('out_invoice', 'out_refund', 'out_receipt')
                          AND m.invoice_date BETWEEN %(start)s AND %(as_of)s) ledger
             GROUP BY customer_id""",
            digits=company.currency_id.decimal_places,
            days=(window.as_of - window.start).days + 1,
            partners=partners,
            company=company.id,
            start=window.start,
            as_of=window.as_of,
        )

    # --- DELIVERIES

    @api.model
    def _prepare_delivered(self, company, window, customers):
        """Read the deliveries of the window once, for all who look at them.

        Makes ``crm_scorecard_delivered``, one row per customer.
        """
        partners = None if customers is None else self._partners(customers)
        deliveries = self.env["crm.delivery.report"]._company_sql(
            company, since=window.start, until=window.as_of, partners=partners
        )
        self.env["crm.scorecard.engine"]._make_table(
            "crm_scorecard_delivered",
            SQL(
                """SELECT partner_id AS customer_id, COUNT(*)::int AS delivery_count,
                          COUNT(*) FILTER (WHERE days_late > 0)::int AS late_count,
                          AVG(days_late) FILTER (WHERE days_late > 0)
                              AS days_late_mean
                     FROM (%s) d GROUP BY partner_id""",
                deliveries,
            ),
        )

    @api.model
    def _source_deliveries(self, _company, _window, _customers) -> SQL:
        return SQL(
            """SELECT customer_id, delivery_count,
                      ROUND(100.0 * (delivery_count - late_count) / delivery_count, 1)
                          ::float8 AS on_time_rate,
                      ROUND(days_late_mean, 1)::float8 AS days_late_mean
                 FROM crm_scorecard_delivered"""
        )

    # --- WHO MAY HAVE CHANGED

    @api.model
    def _changed_payments(self, company, since) -> SQL:
        """A match that was undone leaves no trace; the customer is queued then."""
        return SQL(
            """SELECT p.commercial_partner_id AS customer_id
                 FROM account_partial_reconcile r
                 JOIN account_move_line d ON d.id = r.debit_move_id
                 JOIN res_partner p ON p.id = d.partner_id
                WHERE r.create_date >= %s AND r.company_id = %s""",
            since,
            company.id,
        )

    @api.model
    def _changed_receivables(self, company, since) -> SQL:
        return SQL(
            """%s UNION
               SELECT p.commercial_partner_id
                 FROM (SELECT id, company_id FROM account_move
                        WHERE write_date >= %s AND move_type IN
                              ('out_invoice', 'out_refund', 'out_receipt')
                    UNION ALL
                       SELECT id, company_id FROM account_move
                        WHERE write_date >= %s AND move_type = 'entry') m
                 JOIN account_move_line l ON l.move_id = m.id
                 JOIN account_account a ON a.id = l.account_id
                 JOIN res_partner p ON p.id = l.partner_id
                WHERE m.company_id = %s AND a.account_type = 'asset_receivable'""",
            self._changed_payments(company, since),
            since,
            since,
            company.id,
        )
