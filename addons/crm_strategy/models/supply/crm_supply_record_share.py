from odoo import api, models
from odoo.tools import SQL

#: Of two sources that disagree the one that stands later counts
CONFIDENCES = ("low", "medium", "high")


class CrmSupplyRecord(models.Model):
    """The share of supply: our deliveries of a customer's total demand.

    Worked out per company, customer, category and reference unit for the twelve
    months up to a day:

    - *others*: of each supplier, by the source with the most confidence (of equal
      ones, the one learned last), what it says per day of its periods, times the days
      of the window;
    - *stated*: the total demand, worked out likewise from the records without a
      supplier;
    - *own*: what was delivered in these months, whenever it was ordered, less what
      came back for a refund; what is delivered without a transfer (services, imported
      orders) counts on the day of its order;
    - *demand*: what is stated, but no less than own and others together.

    Quantities are in the reference unit of their unit (kg for g and t), so only
    what can be compared is. See tools/supply_share.py for the formulas.
    """

    _inherit = "crm.supply.record"

    @api.model
    def _shares_sql(self, company, as_of=None, customers=None) -> SQL:
        """Return one row per customer, category and reference unit.

        Columns: customer_id, category_id, unit_id, own_quantity, other_quantity,
        stated_quantity (null if nobody said), demand_quantity, supply_share (%),
        supplier_count, date, confidence (of the weakest source), id.

        :param customers: ids of the customers, or a statement of them; None for all
        """
        first, last = self._get_window(company, as_of)
        return SQL(
            """WITH said AS MATERIALIZED (%(said)s), known AS MATERIALIZED (
                   SELECT MIN(id) AS id, customer_id, category_id, unit_id,
                          COALESCE(SUM(quantity) FILTER (WHERE supplier_id IS NOT NULL),
                                   0) AS other_quantity,
                          SUM(quantity) FILTER (WHERE supplier_id IS NULL)
                              AS stated_quantity,
                          COUNT(supplier_id)::int AS supplier_count,
                          MAX(date) AS date, MIN(weight) AS weight
                     FROM said
                 GROUP BY customer_id, category_id, unit_id
               ), own AS (%(own)s), rated AS (
                   SELECT known.*, COALESCE(own.quantity, 0) AS own_quantity,
                          GREATEST(
                              COALESCE(own.quantity, 0) + other_quantity,
                              COALESCE(stated_quantity, 0)) AS demand_quantity
                     FROM known
                LEFT JOIN own USING (customer_id, category_id, unit_id)
               )
               SELECT rated.*, (%(names)s::text[])[weight] AS confidence,
                      (100 * own_quantity / NULLIF(demand_quantity, 0))::float8
                          AS supply_share
                 FROM rated""",
            said=self._said_sql(company, first, last, customers),
            own=self._own_supply_sql(company, first, last),
            names=list(CONFIDENCES),
        )

    @api.model
    def _said_sql(self, company, first, last, customers) -> SQL:
        """Return for each supplier (or none: the total) what the best source says."""
        among = SQL()
        if customers is not None:
            among = SQL("AND r.partner_id IN (%s)", customers)
            if isinstance(customers, list):
                among = SQL("AND r.partner_id = ANY(%s)", customers)
        return SQL(
            """SELECT DISTINCT ON (customer_id, category_id, unit_id, supplier_id) *
                 FROM (SELECT MIN(r.id) AS id, r.partner_id AS customer_id,
                              r.category_id, r.supplier_id, r.source,
                              SPLIT_PART(u.parent_path, '/', 1)::int AS unit_id,
                              SUM(r.quantity::float8 * u.factor * within.days
                                  / (r.date_to - r.date_from + 1))
                                  / SUM(within.days) * (%(last)s::date - %(first)s + 1)
                                  AS quantity,
                              MIN(ARRAY_POSITION(%(names)s, r.confidence::text))
                                  AS weight,
                              MAX(r.date) AS date
                         FROM crm_supply_record r
                         JOIN uom_uom u ON u.id = r.uom_id
                   CROSS JOIN LATERAL (
                              SELECT LEAST(r.date_to, %(last)s)
                                         - GREATEST(r.date_from, %(first)s) + 1 AS days
                              ) within
                        WHERE r.active AND r.company_id = %(company)s
                          AND r.date_from <= %(last)s AND r.date_to >= %(first)s
                          %(among)s
                     GROUP BY r.partner_id, r.category_id, r.supplier_id, r.source,
                              unit_id) s
             ORDER BY customer_id, category_id, unit_id, supplier_id,
                      weight DESC, date DESC, id DESC""",
            first=first,
            last=last,
            names=list(CONFIDENCES),
            company=company.id,
            among=among,
        )

    @api.model
    def _own_supply_sql(self, company, first, last) -> SQL:
        """Return what we delivered of what is ``known`` something about."""
        facts = self.env["crm.sale.fact"]
        orders = facts._orders_sql(company, last, SQL("SELECT customer_id FROM known"))
        start, end = facts._get_utc_bounds(company, first, last)
        return SQL(
            """SELECT known.customer_id, known.category_id, known.unit_id,
                      SUM(d.quantity * u.factor) AS quantity
                 FROM known
                 JOIN (%(orders)s) o USING (customer_id)
                 JOIN sale_order_line l ON l.order_id = o.order_id
                 JOIN product_product p ON p.id = l.product_id
                 JOIN product_template t ON t.id = p.product_tmpl_id
                 JOIN product_category c ON c.id = t.categ_id
                 JOIN product_category top ON top.id = known.category_id
                      AND c.parent_path LIKE top.parent_path || '%%'
           CROSS JOIN LATERAL (%(delivered)s) d
                 JOIN uom_uom u ON u.id = d.uom_id
                      AND SPLIT_PART(u.parent_path, '/', 1)::int = known.unit_id
             GROUP BY known.customer_id, known.category_id, known.unit_id""",
            orders=orders,
            delivered=self._delivered_sql(start, end),
        )

    @api.model
    def _delivered_sql(self, start, end) -> SQL:
        """Return ``quantity, uom_id`` of what was delivered of line ``l`` of ``o``.

        Of the transfers those count that the host counts as delivered; a line without
        any has the delivered quantity alone, which has no day of its own.

        :param start: UTC instant at which the days that count begin
        :param end: UTC instant at which they end
        """
        return SQL(
            """SELECT l.qty_delivered::float8 AS quantity, l.product_uom_id AS uom_id
                WHERE o.date_order >= %(start)s AND l.qty_delivered <> 0
                  AND NOT EXISTS (SELECT FROM stock_move m
                                   WHERE m.sale_line_id = l.id AND m.state = 'done'
                                     AND m.product_id = l.product_id)
            UNION ALL
               SELECT CASE WHEN target.usage = 'customer' THEN m.quantity
                           ELSE -m.quantity END::float8, m.product_uom
                 FROM stock_move m
                 JOIN stock_location source ON source.id = m.location_id
                 JOIN stock_location target ON target.id = m.location_dest_id
                WHERE m.sale_line_id = l.id AND m.state = 'done'
                  AND m.product_id = l.product_id
                  AND m.date >= %(start)s AND m.date < %(end)s
                  AND (source.usage = 'customer') <> (target.usage = 'customer')
                  AND (m.to_refund OR target.usage = 'customer'
                                  AND m.origin_returned_move_id IS NULL)""",
            start=start,
            end=end,
        )
