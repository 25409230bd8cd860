from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.measure_trend import MeasureResult


class CrmMeasure(models.Model):
    """The measures of sales, on the definitions of ``crm.sale.fact``.

    Each is one statement for all periods. Flows read the orders from the first
    period's first day on; states read all orders once, reduce them to one or two
    days per customer, and count those up to each period's end.
    """

    _inherit = "crm.measure"

    # --- FLOWS

    def _measure_orders(self, company, periods):
        """Purchases of the period."""
        counts = self._query_flow(company, periods, SQL("COUNT(*)"))
        return {
            period.date_from: MeasureResult(float(counts.get(period.date_from, 0)))
            for period in periods
        }

    def _measure_active_customers(self, company, periods):
        """Customers with a purchase in the period."""
        counts = self._query_flow(
            company, periods, SQL("COUNT(DISTINCT purchase.customer_id)")
        )
        return {
            period.date_from: MeasureResult(float(counts.get(period.date_from, 0)))
            for period in periods
        }

    def _measure_average_order_value(self, company, periods):
        """Untaxed amount of the period's purchases by their number."""
        sums = self._query_flow(
            company, periods, SQL("ARRAY[SUM(purchase.revenue), COUNT(*)]")
        )
        return {
            period.date_from: MeasureResult.ratio(*sums.get(period.date_from, (0, 0)))
            for period in periods
        }

    def _measure_revenue(self, company, periods):
        """Untaxed amount of the period's purchases less its refunds."""
        facts = self.env["crm.sale.fact"]
        since, until = periods[0].date_from, periods[-1].date_to
        query = SQL(
            """WITH period_day AS (%(days)s)
               SELECT d.date_from, SUM(m.revenue)
                 FROM (SELECT %(day)s AS day, o.revenue
                         FROM (%(orders)s) o
                    UNION ALL
                       SELECT r.day, -r.revenue
                         FROM (%(refunds)s) r) m
                 JOIN period_day d ON d.day = m.day
             GROUP BY d.date_from""",
            days=self._period_days_sql(periods),
            day=facts._local_day_sql(SQL("o.date_order"), company),
            orders=facts._orders_sql(company, until, since=since),
            refunds=facts._refund_movements_sql(company, until),
        )
        sums = dict(self.env.execute_query(query))
        return {
            period.date_from: MeasureResult(float(sums.get(period.date_from, 0)))
            for period in periods
        }

    def _query_flow(self, company, periods, aggregate):
        """Return {period start: ``aggregate`` over ``purchase``, its purchases}."""
        facts = self.env["crm.sale.fact"]
        since, until = periods[0].date_from, periods[-1].date_to
        query = SQL(
            """WITH period_day AS (%(days)s)
               SELECT d.date_from, %(aggregate)s
                 FROM (%(orders)s) purchase
                 JOIN period_day d ON d.day = %(day)s
             GROUP BY d.date_from""",
            days=self._period_days_sql(periods),
            aggregate=aggregate,
            orders=facts._orders_sql(company, until, since=since),
            day=facts._local_day_sql(SQL("purchase.date_order"), company),
        )
        return dict(self.env.execute_query(query))

    def _period_days_sql(self, periods):
        """Return one row per day of the periods: ``date_from, day``."""
        return SQL(
            """SELECT p.date_from, d::date AS day
                 FROM (%s) p,
                      generate_series(p.date_from::timestamp, p.date_to::timestamp,
                                      INTERVAL '1 day') d""",
            self._periods_sql(periods),
        )

    def _periods_sql(self, periods):
        """Return one row per period: ``date_from, date_to``."""
        rows = [
            SQL("(%s::date, %s::date)", period.date_from, period.date_to)
            for period in periods
        ]
        return SQL(
            "SELECT * FROM (VALUES %s) AS v(date_from, date_to)", SQL(", ").join(rows)
        )

    # --- CUSTOMERS

    def _measure_customers(self, company, periods):
        """Customers with a purchase up to the end of the period."""
        counts = self._query_steps(
            self._first_days_sql(company, periods[-1].date_to),
            periods,
            SQL("COALESCE(SUM(s.customers), 0)"),
        )
        return {start: MeasureResult(float(count)) for start, count in counts}

    def _measure_new_customers(self, company, periods):
        """Customers whose first purchase ever lies in the period."""
        counts = self._query_steps(
            self._first_days_sql(company, periods[-1].date_to),
            periods,
            SQL("COALESCE(SUM(s.customers) FILTER (WHERE s.day >= p.date_from), 0)"),
        )
        return {start: MeasureResult(float(count)) for start, count in counts}

    def _measure_repeat_purchase_rate(self, company, periods):
        """Of the customers up to the end of the period, those with two purchases."""
        counts = self._query_steps(
            self._first_two_days_sql(company, periods[-1].date_to),
            periods,
            SQL(
                """SUM(s.customers) FILTER (WHERE s.number = 2),
                   SUM(s.customers) FILTER (WHERE s.number = 1)"""
            ),
        )
        return {start: MeasureResult.ratio(*pair) for start, *pair in counts}

    def _query_steps(self, steps, periods, aggregates):
        """Return rows of a period's start and ``aggregates`` over the steps until then.

        :param steps: statement giving ``customer_id, day, number`` of purchases
        :param aggregates: of ``s``: the steps of one ``day`` and ``number``, which
            ``customers`` made, all of them up to the end of period ``p``
        """
        return self.env.execute_query(
            SQL(
                """WITH step AS (
                       SELECT day, number, COUNT(*) AS customers
                         FROM (%(steps)s) made GROUP BY day, number
                   )
                   SELECT p.date_from, %(aggregates)s
                     FROM (%(periods)s) p
                LEFT JOIN step s ON s.day <= p.date_to
                 GROUP BY p.date_from""",
                steps=steps,
                aggregates=aggregates,
                periods=self._periods_sql(periods),
            )
        )

    def _first_days_sql(self, company, until):
        """Return the day of each customer's first purchase, its ``number`` being 1."""
        facts = self.env["crm.sale.fact"]
        return SQL(
            """SELECT customer_id, 1 AS number, %s AS day
                 FROM (%s) purchase GROUP BY customer_id""",
            facts._local_day_sql(SQL("MIN(date_order)"), company),
            facts._orders_sql(company, until),
        )

    def _first_two_days_sql(self, company, until):
        """Return the days of each customer's purchases ``number`` 1 and 2."""
        facts = self.env["crm.sale.fact"]
        return SQL(
            """SELECT customer_id, number, %s AS day
                 FROM (SELECT customer_id, date_order,
                              ROW_NUMBER() OVER (PARTITION BY customer_id
                                  ORDER BY date_order, order_id) AS number
                         FROM (%s) purchase) numbered
                WHERE number <= 2""",
            facts._local_day_sql(SQL("date_order"), company),
            facts._orders_sql(company, until),
        )

    # --- DRILL-DOWN: ORDERS

    def _drill_orders(self, company, date_from, date_to):
        """The orders of the days, as the host lists them.

        Who may not read orders, as an analyst, gets the purchases.
        """
        if not self.env["sale.order"].has_access("read"):
            return self._get_movement_action(
                company, date_from, date_to, Domain("kind", "=", "purchase")
            )
        domain = self.env["crm.sale.fact"]._get_purchase_domain(
            company, date_from, date_to
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "view_mode": "list,kanban,form,pivot,graph",
            "views": [[False, "list"], [False, "pivot"], [False, "form"]],
            "domain": list(domain),
            "context": {"create": False},
        }

    def _drill_average_order_value(self, company, date_from, date_to):
        """The orders whose amounts are averaged."""
        return self._drill_orders(company, date_from, date_to)

    def _drill_revenue(self, company, date_from, date_to):
        """The purchases and refunds of the days; their sum is the revenue."""
        return self._get_movement_action(company, date_from, date_to)

    def _get_movement_action(self, company, date_from, date_to, among=Domain.TRUE):
        """Return the window on the purchases and refunds of the days."""
        movements = self.env["crm.sale.movement"]
        domain = movements._get_period_domain(company, date_from, date_to) & among
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_sale_movement_action"
        )
        return {**action, "domain": list(domain)}

    # --- DRILL-DOWN: CUSTOMERS

    def _records_customers(self, company, _date_from, date_to):
        return SQL(
            "SELECT customer_id FROM (%s) f", self._first_days_sql(company, date_to)
        )

    def _records_new_customers(self, company, date_from, date_to):
        return SQL(
            "SELECT customer_id FROM (%s) f WHERE day >= %s",
            self._first_days_sql(company, date_to),
            date_from,
        )

    def _records_active_customers(self, company, date_from, date_to):
        facts = self.env["crm.sale.fact"]
        return SQL(
            "SELECT customer_id FROM (%s) f",
            facts._orders_sql(company, date_to, since=date_from),
        )

    def _records_repeat_purchase_rate(self, company, _date_from, date_to):
        return SQL(
            "SELECT customer_id FROM (%s) s WHERE number = 2",
            self._first_two_days_sql(company, date_to),
        )

    def _drill_customers(self, company, date_from, date_to):
        """The customers, archived ones among them."""
        return self._prepare_drill_action("res.partner", company, date_from, date_to)

    def _drill_new_customers(self, company, date_from, date_to):
        """The customers who began to buy in these days."""
        return self._prepare_drill_action("res.partner", company, date_from, date_to)

    def _drill_active_customers(self, company, date_from, date_to):
        """The customers who bought in these days."""
        return self._prepare_drill_action("res.partner", company, date_from, date_to)

    def _drill_repeat_purchase_rate(self, company, date_from, date_to):
        """The customers who bought again: the numerator of the rate."""
        return self._prepare_drill_action("res.partner", company, date_from, date_to)
