import importlib

from odoo import api, models
from odoo.tools import SQL

from ...tools.affinity_lines import KEPT, LEFT, NEW, Lines


class CrmAffinityEngine(models.AbstractModel):
    """The order lines of a run, out of the database as numbers."""

    _inherit = "crm.affinity.engine"

    # --- ORDER LINES

    @api.model
    def _orders_sql(self, policy, since, until, start=None) -> SQL:
        """Return ``order_id, customer_id, flag`` of purchases from since to until.

        :param start: beginning of the window, if orders before it are read as well
        """
        facts = self.env["crm.sale.fact"]
        return SQL(
            """SELECT f.order_id, f.customer_id,
                      CASE WHEN f.date_order < %(start)s THEN %(left)s
                           WHEN f.date_order >= %(mark)s THEN %(new)s
                           ELSE %(kept)s END AS flag
                 FROM (%(orders)s) f
                WHERE f.date_order >= %(since)s AND f.date_order < %(until)s""",
            start=start or since,
            mark=policy.watermark or until,
            left=LEFT,
            new=NEW,
            kept=KEPT,
            orders=facts._orders_sql(policy.company_id),
            since=since,
            until=until,
        )

    @api.model
    def _touched_sql(self, policy, orders, until) -> SQL:
        """Return all orders in the window of the customers of ``orders``."""
        everything = self._orders_sql(policy, policy.window_start, until)
        return SQL(
            """SELECT e.* FROM (%s) e
                WHERE e.customer_id IN (SELECT n.customer_id FROM (%s) n)""",
            everything,
            orders,
        )

    @api.model
    def _read_lines(self, policy, orders, *, many=False):
        """Return the :class:`Lines` of ``orders`` without those taken back.

        Of many orders, all lines are read at once and matched here: the database
        would take longer to join them.
        """
        numpy = importlib.import_module("numpy")
        order_id, customer, flag = self._read_orders(orders)
        gone = self._find_taken_back(policy, order_id, many=many)
        if gone:
            kept = ~numpy.isin(order_id, gone)
            order_id, customer, flag = (c[kept] for c in (order_id, customer, flag))
        if not len(order_id):
            return Lines(order_id, customer, order_id, flag)
        scope = SQL("l.order_id = ANY(%s)", order_id.tolist())
        if many:
            scope = SQL(
                "l.company_id = %s AND l.order_id BETWEEN %s AND %s",
                policy.company_id.id,
                int(order_id.min()),
                int(order_id.max()),
            )
        row, product = self._fetch_pairs(self._lines_sql(scope))
        row = self._places(order_id)[row - order_id.min()]
        is_wanted = row >= 0
        if not is_wanted.all():
            row, product = row[is_wanted], product[is_wanted]
        basket = order_id if policy.basket == "order" else customer
        needs_customers = policy.segment_ids or policy.basket == "customer"
        return Lines(
            basket[row],
            customer[row] if needs_customers else None,
            product,
            flag[row],
        )

    @api.model
    def _read_orders(self, orders):
        """Return the columns of ``orders``; customer and flag travel as one."""
        numpy = importlib.import_module("numpy")
        order_id, rest = self._fetch_pairs(
            SQL(
                "SELECT (order_id::int8 << 32) | (customer_id << 2) | flag FROM (%s) o",
                orders,
            )
        )
        return order_id, rest >> 2, (rest & 3).astype(numpy.int8)

    @api.model
    def _places(self, ids):
        """Return the place of each id, from the smallest on; -1 where there is none."""
        numpy = importlib.import_module("numpy")
        places = numpy.full(int(ids.max() - ids.min()) + 1, -1, numpy.int32)
        places[ids - ids.min()] = numpy.arange(len(ids), dtype=numpy.int32)
        return places

    @api.model
    def _lines_sql(self, scope) -> SQL:
        """Return order and product, as one number, of the lines that sell something."""
        return SQL(
            """SELECT (l.order_id::int8 << 32) | l.product_id FROM sale_order_line l
                WHERE %s AND l.display_type IS NULL AND l.product_id IS NOT NULL
                  AND l.product_uom_qty > 0 AND l.is_downpayment IS NOT TRUE""",
            scope,
        )

    @api.model
    def _fetch_pairs(self, statement):
        """Return two columns that the statement gives as one number."""
        numpy = importlib.import_module("numpy")
        pgcopy = importlib.import_module("odoo.addons.crm_analytics.tools.pgcopy")
        text = self.env.cr.mogrify(statement).decode()
        [pairs] = pgcopy.fetch(self.env.cr, text, ["i8"])
        return (pairs >> 32).astype(numpy.int32), pairs.astype(numpy.int32)

    @api.model
    def _find_taken_back(self, policy, order_id, *, many):
        """Return the ids of those orders that credit notes took back as a whole.

        Only those that have credit notes are looked at; they are few.
        """
        facts, company = self.env["crm.sale.fact"], policy.company_id
        credited = facts._credited_orders_sql(company)
        if not many:
            # order by order: joined, all invoiced lines would be read for a few
            credited = SQL(
                """SELECT o.id
                     FROM UNNEST(%s::int[]) o(id)
                    WHERE (SELECT TRUE
                             FROM sale_order_line l
                             JOIN sale_order_line_invoice_rel r
                               ON r.order_line_id = l.id
                             JOIN account_move_line ml ON ml.id = r.invoice_line_id
                             JOIN account_move m ON m.id = ml.move_id
                            WHERE l.order_id = o.id AND m.state = 'posted'
                              AND m.move_type = 'out_refund'
                            LIMIT 1)""",
                order_id.tolist(),
            )
        ids = [row[0] for row in self.env.execute_query(credited)]
        if not ids:
            return []
        rows = self.env.execute_query(
            SQL(
                """SELECT r.order_id FROM (%(refunds)s) r
                     JOIN sale_order o ON o.id = r.order_id
                    WHERE r.revenue * COALESCE(NULLIF(o.currency_rate, 0), 1)
                          >= o.amount_untaxed - 0.005""",
                refunds=facts._refunds_sql(
                    company, credited=SQL("SELECT UNNEST(%s) AS order_id", ids)
                ),
            )
        )
        return [order_id for [order_id] in rows]

    # --- ITEMS AND CUSTOMERS

    @api.model
    def _get_parts(self, policy, lines):
        """Yield level, segment and its lines, with items in the place of products."""
        numpy = importlib.import_module("numpy")
        customers = self._fetch_segment_customers(policy)
        for level in policy._get_levels():
            items = self._get_items(policy, level)
            item = items[numpy.minimum(lines.product, len(items) - 1)]
            part = lines._replace(product=item).where(item > 0)
            for segment in policy._get_groups():
                if segment:
                    inside = numpy.isin(part.customer, customers.get(segment.id, []))
                    yield level, segment, part.where(inside)
                else:
                    yield level, segment, part

    @api.model
    def _get_items(self, policy, level):
        """Return an array: the item of each product id, 0 for those left out."""
        numpy = importlib.import_module("numpy")
        self.env["product.product"].flush_model(["product_tmpl_id"])
        self.env["product.template"].flush_model(["categ_id", "type"])
        column = {"product": SQL("t.id"), "category": SQL("t.categ_id")}[level]
        left_out = self.env["product.category"].search(
            [("id", "child_of", policy.excluded_categ_ids.ids)]
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT p.id, %(item)s
                     FROM product_product p
                     JOIN product_template t ON t.id = p.product_tmpl_id
                    WHERE %(item)s IS NOT NULL
                      AND NOT t.id = ANY(%(products)s)
                      AND NOT COALESCE(t.categ_id = ANY(%(categories)s), FALSE)
                      AND (t.type <> 'service' OR NOT %(is_without)s)""",
                item=column,
                products=policy.excluded_product_ids.ids,
                categories=left_out.ids,
                is_without=policy.is_without_services,
            )
        )
        known = numpy.array(rows, numpy.int32).reshape(-1, 2)
        # one more than there are, for products that are not here
        items = numpy.zeros(int(known[:, 0].max(initial=0)) + 2, numpy.int32)
        items[known[:, 0]] = known[:, 1]
        return items

    @api.model
    def _fetch_segment_customers(self, policy):
        """Return ``{segment id: [customer id]}`` of those who are in it now."""
        if not policy.segment_ids:
            return {}
        self.env["crm.segment.membership"].flush_model()
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT segment_id, ARRAY_AGG(partner_id)
                         FROM crm_segment_membership
                        WHERE date_end IS NULL AND segment_id = ANY(%s)
                          AND (company_id IS NULL OR company_id = %s)
                     GROUP BY segment_id""",
                    policy.segment_ids.ids,
                    policy.company_id.id,
                )
            )
        )
