from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.tools.measure_trend import MeasureResult


class CrmMeasure(models.Model):
    """What the company's customers leave, and how they pay; see the scorecards."""

    _inherit = "crm.measure"

    # --- CONTRIBUTION

    def _measure_contribution(self, company, periods):
        """Gross margin less cost to serve, both of the period."""
        return {
            start: MeasureResult(float(margin - cost))
            for start, margin, cost in self._query_profit(company, periods)
        }

    def _measure_value_creation(self, company, periods):
        """Gross margin by cost to serve, both of the period."""
        return {
            start: MeasureResult.ratio(margin, cost)
            if cost > 0
            else MeasureResult(None)
            for start, margin, cost in self._query_profit(company, periods)
        }

    def _drill_contribution(self, company, date_from, date_to):
        """The margins of the days: purchases, less what was taken back.

        The costs beside them are in the analyses of deliveries, complaints and
        activities.
        """
        return {
            **self._get_movement_action(company, date_from, date_to),
            "name": self.env._("Gross Margin: Purchases and Refunds"),
        }

    def _drill_value_creation(self, company, date_from, date_to):
        """The same margins, which are divided by the costs."""
        return self._drill_contribution(company, date_from, date_to)

    def _query_profit(self, company, periods):
        """Return rows of a period's start, its gross margin and its cost to serve."""
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """WITH period_day AS (%(days)s)
                   SELECT d.date_from, COALESCE(SUM(e.margin), 0),
                          COALESCE(SUM(e.cost), 0)
                     FROM period_day d
                LEFT JOIN (SELECT day, SUM(margin) AS margin, SUM(cost) AS cost
                             FROM (%(events)s) event GROUP BY day) e ON e.day = d.day
                 GROUP BY d.date_from""",
                days=self._period_days_sql(periods),
                events=self._profit_events_sql(company, periods),
            )
        )

    def _profit_events_sql(self, company, periods) -> SQL:
        """Return ``day, margin, cost``; what the margin bears costs nothing twice."""
        facts = self.env["crm.sale.fact"]
        sources = self.env["crm.scorecard.source"]
        window = self.env["crm.scorecard.part.engine"]._get_window(
            company, periods[-1].date_to
        )
        first = periods[0].date_from
        window = window._replace(
            start=first, start_instant=facts._get_day_start(first, company)
        )
        orders = SQL("(%s)", sources._order_sql(company, window, None))
        costs = [
            self._cost_events_sql(
                cost, sources._cost_sql(cost, company, window, None, orders), periods
            )
            for cost in sources._get_costs()
        ]
        return SQL(
            """SELECT day, margin, 0 AS cost FROM %(orders)s o
            UNION ALL
               SELECT day, -margin, 0 FROM (%(refunds)s) r WHERE day >= %(first)s
            UNION ALL
               %(costs)s""",
            orders=orders,
            refunds=facts._refund_movements_sql(company, window.as_of),
            first=first,
            costs=SQL(" UNION ALL ").join(costs),
        )

    def _cost_events_sql(self, cost, rows, periods) -> SQL:
        """Return ``day, margin, cost`` of the rows of a source of costs."""
        in_periods = SQL()
        if cost.along:
            in_periods = SQL(
                """JOIN (%s) p ON c.day BETWEEN p.date_from AND p.date_to
                    AND %s BETWEEN p.date_from AND p.date_to""",
                self._periods_sql(periods),
                SQL.identifier("c", cost.along),
            )
        return SQL(
            "SELECT c.day, 0, %s * c.cost FROM (%s) c %s", cost.sign, rows, in_periods
        )

    # --- PAYMENTS

    def _measure_days_to_pay(self, company, periods):
        """Days between invoice and payment, by amount, of the period's payments."""
        sources = self.env["crm.scorecard.source"]
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT p.date_from, SUM(r.amount * r.days), SUM(r.amount)
                     FROM (%(periods)s) p
                LEFT JOIN (%(payments)s) r ON r.day BETWEEN p.date_from AND p.date_to
                 GROUP BY p.date_from""",
                periods=self._periods_sql(periods),
                payments=sources._payments_sql(
                    company,
                    periods[0].date_from,
                    periods[-1].date_to,
                    sources._partners(None),
                ),
            )
        )
        return {
            start: MeasureResult.ratio(above or 0, below or 0)
            for start, above, below in rows
        }

    def _records_days_to_pay(self, company, date_from, date_to):
        sources = self.env["crm.scorecard.source"]
        return SQL(
            "SELECT move_id FROM (%s) paid",
            sources._payments_sql(company, date_from, date_to, sources._partners(None)),
        )

    def _drill_days_to_pay(self, company, date_from, date_to):
        """The invoices that payments of the days were matched with."""
        if not self.env["account.move"].has_access("read"):
            raise UserError(
                self.env._(
                    "The invoices behind this figure are for sales and accounting."
                )
            )
        return self._prepare_drill_action("account.move", company, date_from, date_to)

    # --- QUALITY

    def _measure_quality_customers(self, company, periods):
        """Customers of class A or B who leave something; as it is, kept from now on."""
        today = self.env["crm.sale.fact"]._get_today(company)
        running = [p for p in periods if p.date_from <= today <= p.date_to]
        if not running:
            return {}
        rows = self.env["crm.scorecard.profitability"]
        pair = rows._count_quality(Domain("company_id", "=", company.id))
        return {period.date_from: MeasureResult.ratio(*pair) for period in running}

    def _drill_quality_customers(self, company, _date_from, _date_to):
        """The customers of the numerator, as they are now."""
        domain = self.env["crm.scorecard.profitability"]._get_quality_domain()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.crm_seven_p_report_action"
        )
        return {
            **action,
            "domain": list(domain & Domain("company_id", "=", company.id)),
            "context": {"create": False, "active_test": False},
        }
