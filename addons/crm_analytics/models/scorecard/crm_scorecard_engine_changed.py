from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

# So many changed customers and their orders are told one by one
MANY = 20000


class Changed(NamedTuple):
    """The customers to look at, and what may concern their credit notes."""

    customer_ids: list[int]
    #: customers of whom any order may have a credit note
    credited_ids: list[int]
    #: orders that changed, or whose invoices did, of all customers
    order_ids: list[int]
    #: orders of which a credit note changed
    credit_order_ids: list[int]
    #: whether any has no scorecard yet
    has_new: bool
    is_queued: bool


class CrmScorecardEngine(models.AbstractModel):
    """Step 1: the customers whose figures may have changed.

    Each source gives rows ``(customer_id, order_id, is_credit, is_moved)``: the order
    is given if it alone, or what was billed of it, has changed; ``is_credit`` tells
    that it was a credit note, ``is_moved`` that other orders may have come to the
    customer, from a merged partner or a moved contact.

    By that the orders with credit notes are found without looking at all orders of
    the changed customers: those of a customer whose scorecard shows a refund, who has
    none yet or who was moved, and otherwise only the changed orders. A credit note
    that took nothing back, since it was billed again, counts again only by a change
    of its order or of an invoice of it.
    """

    _inherit = "crm.scorecard.engine"

    @api.model
    def _read_changed(self, policy, as_of):
        """Return the :class:`Changed` customers, or None if they are very many."""
        rows = self.env.execute_query(
            SQL(
                """SELECT s.customer_id,
                          BOOL_OR(s.is_moved) OR c.id IS NULL
                              OR c.refunded_amount <> 0,
                          ARRAY_AGG(s.order_id) FILTER (WHERE s.order_id > 0),
                          ARRAY_AGG(s.order_id) FILTER (WHERE s.is_credit),
                          c.id IS NULL, BOOL_OR(s.is_moved)
                     FROM (%(sources)s) s
                LEFT JOIN crm_customer_scorecard c
                       ON c.partner_id = s.customer_id AND c.company_id = %(company)s
                    WHERE s.customer_id IS NOT NULL
                 GROUP BY s.customer_id, c.id
                    LIMIT %(limit)s""",
                sources=self._changed_sql(
                    policy, as_of, self._has_changed_invoices(policy, as_of)
                ),
                company=policy.company_id.id,
                limit=MANY + 1,
            )
        )
        if len(rows) > MANY:
            return None
        return Changed(
            [row[0] for row in rows],
            [row[0] for row in rows if row[1]],
            [order_id for row in rows for order_id in row[2] or ()],
            [order_id for row in rows for order_id in row[3] or ()],
            any(row[4] for row in rows),
            any(row[5] for row in rows),
        )

    @api.model
    def _has_changed_invoices(self, policy, as_of):
        """Tell whether any invoice changed; the way to its orders is long to plan."""
        if not policy.watermark:
            return True
        [[has_changed]] = self.env.execute_query(
            SQL(
                "SELECT EXISTS (%s)",
                self._moved_sql(policy, as_of, policy.watermark),
            )
        )
        return has_changed

    @api.model
    def _collect_changed(self, policy, as_of):
        """Keep the changed customers in a table, however many they are."""
        customers = SQL(
            """SELECT DISTINCT customer_id FROM (%s) c
                WHERE customer_id IS NOT NULL""",
            self._changed_sql(policy, as_of),
        )
        self._make_table("crm_scorecard_changed", customers)

    @api.model
    def _changed_sql(self, policy, as_of, with_invoices=True) -> SQL:
        """Return the rows of all sources of changed customers.

        Before the first refresh everyone is new.
        """
        since = policy.watermark
        if not since:
            return SQL(
                """SELECT id AS customer_id, NULL::int AS order_id,
                          false AS is_credit, true AS is_moved
                     FROM res_partner"""
            )
        invoices = [self._changed_invoices_sql(policy, as_of, since)]
        return SQL(" UNION ALL ").join(
            [
                self._changed_orders_sql(policy, as_of, since),
                *(invoices if with_invoices else ()),
                SQL(
                    """SELECT UNNEST(ARRAY[id, commercial_partner_id]), NULL::int,
                              false, true
                         FROM res_partner WHERE write_date >= %s""",
                    since,
                ),
                SQL(
                    """SELECT partner_id, NULL::int, false, true
                         FROM crm_scorecard_queue WHERE company_id = %s""",
                    policy.company_id.id,
                ),
            ]
        )

    @api.model
    def _changed_orders_sql(self, policy, as_of, since) -> SQL:
        """Return the customers of orders written, or whose day came, since then."""
        orders = SQL(
            """SELECT p.commercial_partner_id AS customer_id, o.id AS order_id,
                      false AS is_credit, false AS is_moved
                 FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
                WHERE o.company_id = %s""",
            policy.company_id.id,
        )
        written = SQL("%s AND o.write_date >= %s", orders, since)
        if policy.last_as_of == as_of:
            return written
        end = self._facts()._end_of_day_sql
        return SQL(
            """%(written)s UNION ALL %(orders)s AND o.state = 'sale'
                  AND o.date_order >= %(after)s AND o.date_order < %(until)s""",
            written=written,
            orders=orders,
            after=end(policy.last_as_of or as_of, policy.company_id),
            until=end(as_of, policy.company_id),
        )

    @api.model
    def _changed_invoices_sql(self, policy, as_of, since) -> SQL:
        """Return the customers of invoices written, or whose day came, since then.

        These are the invoice's own and those of the orders that it bills, since an
        invoice may go to someone else than the customer of its order.
        """
        return SQL(
            """(WITH moved AS MATERIALIZED (%s)
               SELECT p.commercial_partner_id, NULL::int, false, false
                 FROM moved m JOIN res_partner p ON p.id = m.partner_id
            UNION ALL
               SELECT p.commercial_partner_id, o.id, m.is_credit, false
                 FROM moved m
                 JOIN account_move_line ml ON ml.move_id = m.id
                 JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = ml.id
                 JOIN sale_order_line l ON l.id = r.order_line_id
                 JOIN sale_order o ON o.id = l.order_id
                 JOIN res_partner p ON p.id = o.partner_id)""",
            self._moved_sql(policy, as_of, since),
        )

    @api.model
    def _moved_sql(self, policy, as_of, since) -> SQL:
        """Return the invoices and credit notes written, or whose day came, since."""
        return SQL(
            """SELECT m.id, m.partner_id, m.move_type = 'out_refund' AS is_credit
                 FROM account_move m
                WHERE m.company_id = %s
                  AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                  AND (%s)""",
            policy.company_id.id,
            self._is_invoice_changed_sql(policy, as_of, since),
        )

    @api.model
    def _is_invoice_changed_sql(self, policy, as_of, since) -> SQL:
        written = SQL("m.write_date >= %s", since)
        if policy.last_as_of == as_of:
            return written
        return SQL(
            "%s OR (m.invoice_date > %s AND m.invoice_date <= %s)",
            written,
            policy.last_as_of or as_of,
            as_of,
        )

    @api.model
    def _get_credited_order_ids(self, changed):
        """Return the ids of these customers' orders that have credit notes, if any.

        Few have; a statement that need not look for them is planned much faster.
        """
        listed = self.env["crm.scorecard.credit"]
        ids = changed.credit_order_ids
        if ids:
            listed._store(SQL("SELECT DISTINCT UNNEST(%s) AS order_id", ids))
        if not (changed.order_ids or changed.credited_ids):
            return []
        return listed._find(changed.order_ids, changed.credited_ids)

    @api.model
    def _store_credits(self, company):
        """Let every order with credit notes be known as such."""
        orders = self._facts()._credited_orders_sql(company)
        self.env["crm.scorecard.credit"]._store(orders)

    @api.model
    def _clear_queue(self, company):
        self.env.cr.execute(
            SQL("DELETE FROM crm_scorecard_queue WHERE company_id = %s", company.id)
        )
