import importlib
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

#: what an order line is, beside the window of the rules, for a run
LEFT, KEPT, NEW = 1, 0, 2

LINE_FIELDS = [
    "company_id",
    "display_type",
    "is_downpayment",
    "order_id",
    "product_id",
    "product_uom_qty",
]


class Lines(NamedTuple):
    """Order lines as columns: basket, customer, product, and LEFT, KEPT or NEW.

    Where nobody asks for them, the customers are None.
    """

    basket: object
    customer: object
    product: object
    flag: object

    def where(self, kept):
        if kept.all():
            return self  # millions of lines are not copied for nothing
        return Lines(*(None if c is None else c[kept] for c in self))


class CrmAffinityEngine(models.AbstractModel):
    """Counts what a company sells together and writes the rules, in one transaction.

    What a purchase and a customer are, says ``crm.sale.fact``; orders that were taken
    back as a whole are none. The order lines leave the database as numbers, by binary
    COPY, and are counted by ``tools/affinity.py``.

    ===========  ==================================================================
    full         All orders of the time window, up to the *watermark*: the start of
                 the oldest transaction open when the run began. The counts are kept.
    incremental  Only orders dated between the last watermark and this one: the
                 host dates an order when it is confirmed, so each is counted
                 once. The window keeps its beginning. Counts of former
                 runs and of this one together give the rules that a full run of the
                 same window would give; where they cannot, this becomes a full run.
    ===========  ==================================================================

    Orders cancelled, changed or dated back after they were counted are found by the
    next full run, which says for how many products it had to correct the counts.
    """

    _name = "crm.affinity.engine"
    _description = "Affinity Engine"

    @api.model
    def _refresh(self, policy, run, until=None):
        """Count and write the rules; return the figures of the run."""
        policy._lock_for_refresh()
        self._prepare_transaction()
        until = until or self.env["crm.watermark"]._read()
        if run.mode == "incremental" and not self._can_add(policy, until):
            run.mode = "full"
        figures = None
        if run.mode == "incremental":
            figures = self._count_new(policy, run, until)
        if not figures:
            run.mode = "full"
            figures = self._count_all(policy, run, until)
        policy.write({"watermark": until, "refreshed_at": fields.Datetime.now()})
        return {**figures, "until": until}

    @api.model
    def _kernel(self):
        """Return the module that counts; its libraries are loaded when first used."""
        return importlib.import_module("odoo.addons.crm_analytics.tools.affinity")

    @api.model
    def _prepare_transaction(self):
        facts = self.env["crm.sale.fact"]
        facts._flush_sources()
        self.env["sale.order.line"].flush_model(LINE_FIELDS)
        self.env.flush_all()
        facts._prepare_planner()

    @api.model
    def _can_add(self, policy, until):
        """Tell whether there is something to add to, within a month."""
        return bool(
            policy.watermark
            and policy.watermark <= until
            and not policy.is_stale
            and policy.window_start
            and policy.window_start
            >= fields.Datetime.subtract(policy._get_window_start(), days=31)
        )

    # --- RUNS

    @api.model
    def _count_all(self, policy, run, until):
        """Count the whole window; keep the counts, write the rules."""
        start, former = policy._get_window_start(), policy.window_start
        begin = min(start, former) if former else start
        lines = self._read_lines(
            policy, self._orders_sql(policy, begin, until, start), many=True
        )
        kept = self.env["crm.affinity.count"]
        former_counts = kept._fetch(policy.company_id) if former else {}
        kept._drop(policy.company_id)
        found, corrected = {}, 0
        for level, segment, part in self._get_parts(policy, lines):
            counts = self._count(policy, part.where(part.flag != LEFT))
            found[level, segment] = counts
            known = former_counts.get((level, segment.id))
            if known and not segment and not policy.is_stale:
                corrected += self._count_corrected(policy, part, counts, known)
            kept._store(
                run, level, segment, counts, self._kernel().to_bytes(counts)
            )
        policy.write({"window_start": start, "is_stale": False})
        figures = self._apply(policy, run, found)
        return {
            **figures,
            "line_count": int((lines.flag != LEFT).sum()),
            "corrected_count": corrected,
            "window_start": start,
        }

    @api.model
    def _count_new(self, policy, run, until):
        """Add the orders since the last run; None if only a full run will do."""
        since = policy.watermark
        orders = self._orders_sql(policy, since, until)
        if policy.basket == "customer":
            orders = self._touched_sql(policy, orders, until)
        lines = self._read_lines(policy, orders)
        kernel, kept = self._kernel(), self.env["crm.affinity.count"]
        former = kept._fetch(policy.company_id)
        found = {}
        for level, segment, part in self._get_parts(policy, lines):
            known = former.get((level, segment.id))
            if not known or not known[0][0]:
                return None
            counts = self._count_change(policy, part)
            base, *additions = self._unpack(known)
            total = sum(piece.total for piece in (base, *additions, counts))
            least = kernel.least_count(total, policy.min_count, policy.min_share)
            together = kernel.combine(base, [*additions, counts], least)
            if together is None:
                return None
            found[level, segment] = together
            if len(counts.counts):
                kept._store(run, level, segment, counts, kernel.to_bytes(counts))
        return {
            **self._apply(policy, run, found),
            "line_count": int((lines.flag == NEW).sum()),
            "window_start": policy.window_start,
        }

    @api.model
    def _unpack(self, rows):
        kernel = self._kernel()
        return [kernel.from_bytes(data, total) for _base, total, data in rows]

    @api.model
    def _count(self, policy, lines, *, is_complete=False):
        """Return the counts of baskets; of all sets if ``is_complete``."""
        kernel = self._kernel()
        total = kernel.count_baskets(lines.basket)
        least = kernel.least_count(total, policy.min_count, policy.min_share)
        bound = 1 if is_complete else kernel.bound_of(least)
        return kernel.count_sets(
            lines.basket, lines.product, bound, policy.basket_limit
        )

    @api.model
    def _count_change(self, policy, lines):
        """Return what the new lines change; a basket may have been there before."""
        after = self._count(policy, lines, is_complete=True)
        if policy.basket == "order":
            return after
        before = self._count(
            policy, lines.where(lines.flag != NEW), is_complete=True
        )
        return self._kernel().subtract(after, before)

    @api.model
    def _count_corrected(self, policy, lines, counts, known):
        """Return for how many items the kept counts were wrong.

        Expected is what was kept and what came since; found is what was counted now
        and what has left the window. Baskets that are customers cannot be taken apart
        like that, so for them the windows must be the same.
        """
        kernel = self._kernel()
        left = lines.where(lines.flag == LEFT)
        if policy.basket == "customer" and len(left.flag):
            return 0
        if policy.basket == "customer":
            new = self._count_change(policy, lines)
        else:
            new = self._count(policy, lines.where(lines.flag == NEW))
        gone = self._count(policy, left)
        expected = kernel.add(*self._unpack(known), new)
        return kernel.differences(expected, kernel.add(counts, gone))

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

        Of many orders only those that have credit notes are looked at; they are few.
        """
        facts, company = self.env["crm.sale.fact"], policy.company_id
        ids = order_id.tolist() if not many else None
        if many:
            credited = facts._credited_orders_sql(company)
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
