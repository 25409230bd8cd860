from odoo import api, models
from odoo.tools import SQL

NO_PRICES = SQL(
    """SELECT NULL::int AS category_id, NULL::int AS unit_id, NULL::float8 AS price
        WHERE false"""
)


class CrmScorecardSource(models.AbstractModel):
    """What customers need of which their demand is known, and what it is worth.

    A category is worth the customer's own mean price of the reference unit, untaxed,
    in the orders of twelve months; that of all customers where he bought none of it.
    What we sold to nobody has no price. A category below another that is known in the
    same unit is part of that one.
    """

    _inherit = "crm.scorecard.source"

    @api.model
    def _prepare_demand(self, company, window, customers):
        """Make ``crm_scorecard_demand``, which share and potential are read from.

        One row per customer, category and reference unit: ``own_quantity`` and
        ``demand_quantity`` of the twelve months, ``date``, ``own_amount`` (what he
        ordered of it, null if nothing) and ``price`` (null if unknown).
        """
        prices = self._get_supply_prices(company, window)
        self.env["crm.scorecard.engine"]._make_table(
            "crm_scorecard_demand",
            SQL(
                """WITH demand AS MATERIALIZED (%(demand)s), own AS (%(own)s)
                   SELECT d.*, own.amount AS own_amount,
                          COALESCE(own.amount / own.quantity, everyone.price) AS price
                     FROM demand d
                LEFT JOIN own USING (customer_id, category_id, unit_id)
                LEFT JOIN (%(everyone)s) everyone USING (category_id, unit_id)""",
                demand=self._demand_sql(company, window, customers),
                own=self._own_orders_sql(company, window),
                everyone=self._known_prices_sql(prices),
            ),
        )

    @api.model
    def _wanting_sql(self, company) -> SQL:
        """Return what each customer needs beyond what he orders of it, priced."""
        return SQL(
            """SELECT customer_id,
                      ROUND(SUM(GREATEST(0, demand_quantity * price
                                            - COALESCE(own_amount, 0)))::numeric, %s)
                          AS amount
                 FROM crm_scorecard_demand
                WHERE price IS NOT NULL
             GROUP BY customer_id""",
            company.currency_id.decimal_places,
        )

    @api.model
    def _demand_sql(self, company, window, customers) -> SQL:
        """Return what each customer needs, without what is part of something else."""
        shares = self.env["crm.supply.record"]._shares_sql(
            company, window.as_of, customers
        )
        return SQL(
            """WITH shares AS MATERIALIZED (
                    SELECT s.customer_id, s.category_id, s.unit_id, s.own_quantity,
                           s.demand_quantity, s.date, c.parent_path
                      FROM (%s) s JOIN product_category c ON c.id = s.category_id)
               SELECT customer_id, category_id, unit_id, own_quantity,
                      demand_quantity, date
                 FROM shares s
                WHERE NOT EXISTS (
                      SELECT FROM shares whole
                       WHERE whole.customer_id = s.customer_id
                         AND whole.unit_id = s.unit_id
                         AND whole.category_id <> s.category_id
                         AND s.parent_path LIKE whole.parent_path || '%%')""",
            shares,
        )

    @api.model
    def _priced_lines_sql(self, orders) -> SQL:
        """Return the lines of ``orders`` that have a price, with category and unit."""
        return SQL(
            """SELECT o.customer_id, c.parent_path,
                      SPLIT_PART(u.parent_path, '/', 1)::int AS unit_id,
                      l.product_uom_qty::float8 * u.factor::float8 AS quantity,
                      l.price_subtotal::float8 / o.rate::float8 AS amount
                 FROM (%s) o
                 JOIN sale_order_line l ON l.order_id = o.order_id
                 JOIN product_product p ON p.id = l.product_id
                 JOIN product_template t ON t.id = p.product_tmpl_id
                 JOIN product_category c ON c.id = t.categ_id
                 JOIN uom_uom u ON u.id = l.product_uom_id
                WHERE l.display_type IS NULL
                  AND l.product_uom_qty > 0 AND l.price_subtotal > 0""",
            orders,
        )

    @api.model
    def _priced_orders_sql(self, company, window, customers) -> SQL:
        """Return the orders of the 12 months with their rate."""
        return self._facts()._orders_sql(
            company,
            until=window.as_of,
            since=window.start,
            customers=customers,
            columns=SQL(
                """, CASE WHEN o.currency_rate IS NULL OR o.currency_rate = 0
                          THEN 1 ELSE o.currency_rate END AS rate"""
            ),
        )

    @api.model
    def _own_orders_sql(self, company, window) -> SQL:
        """Return what each customer of ``demand`` ordered of it, and its amount."""
        orders = self._priced_orders_sql(
            company, window, SQL("SELECT customer_id FROM demand")
        )
        return SQL(
            """SELECT d.customer_id, d.category_id, d.unit_id,
                      SUM(l.amount) AS amount, SUM(l.quantity) AS quantity
                 FROM demand d
                 JOIN product_category top ON top.id = d.category_id
                 JOIN (%s) l
                   ON l.customer_id = d.customer_id AND l.unit_id = d.unit_id
                  AND l.parent_path LIKE top.parent_path || '%%'
             GROUP BY d.customer_id, d.category_id, d.unit_id""",
            self._priced_lines_sql(orders),
        )

    # --- PRICES OF THE COMPANY

    @api.model
    def _get_supply_prices(self, company, window):
        """Return ``{"category:unit": price or None}`` of what is recorded at all.

        The refresh that first meets a category on a day works its price out; until the
        next day it stays, so that an order of one customer moves nobody else.
        """
        policy = self.env["crm.rfm.policy"]._ensure(company)
        is_kept = policy.supply_prices_date == window.as_of
        known = dict(policy.supply_prices or {}) if is_kept or window.is_past else {}
        if window.is_past:
            return known
        recorded = self._read_recorded(company)
        missing = [key for key in recorded if ":".join(map(str, key)) not in known]
        if missing:
            known |= self._read_supply_prices(company, window, missing)
        if missing or (not is_kept and policy.supply_prices):
            policy.write(
                {"supply_prices": known, "supply_prices_date": window.as_of},
            )
        return known

    @api.model
    def _read_recorded(self, company):
        """Return ``(category id, unit id)`` of all supply records of the company."""
        return self.env.execute_query(
            SQL(
                """SELECT DISTINCT r.category_id,
                          SPLIT_PART(u.parent_path, '/', 1)::int
                     FROM crm_supply_record r
                     JOIN uom_uom u ON u.id = r.uom_id
                    WHERE r.active AND r.company_id = %s
                 ORDER BY 1, 2""",
                company.id,
            )
        )

    @api.model
    def _read_supply_prices(self, company, window, keys):
        """Return the prices of these categories and units."""
        orders = self._priced_orders_sql(company, window, None)
        rows = self.env.execute_query(
            SQL(
                """SELECT k.category_id, k.unit_id, SUM(l.amount) / SUM(l.quantity)
                     FROM UNNEST(%(categories)s, %(units)s) AS k (category_id, unit_id)
                     JOIN product_category top ON top.id = k.category_id
                LEFT JOIN (%(lines)s) l
                       ON l.unit_id = k.unit_id
                      AND l.parent_path LIKE top.parent_path || '%%'
                 GROUP BY k.category_id, k.unit_id""",
                categories=[category for category, _unit in keys],
                units=[unit for _category, unit in keys],
                lines=self._priced_lines_sql(orders),
            )
        )
        return {f"{category}:{unit}": price for category, unit, price in rows}

    @api.model
    def _known_prices_sql(self, prices) -> SQL:
        """Return ``category_id, unit_id, price`` of the prices kept."""
        rows = [
            SQL("(%s, %s, %s::float8)", *map(int, key.split(":")), price)
            for key, price in sorted(prices.items())
            if price is not None
        ]
        if not rows:
            return NO_PRICES
        return SQL(
            "SELECT * FROM (VALUES %s) AS known (category_id, unit_id, price)",
            SQL(", ").join(rows),
        )
