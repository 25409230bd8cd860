from odoo import models
from odoo.tools import SQL

from odoo.addons.crm_strategy.tools.measure_trend import MeasureResult


class CrmMeasure(models.Model):
    """How many of the customers of a period were dissatisfied in it.

    Served is who bought, received a delivery, answered a questionnaire or complained
    in the period; dissatisfied of them is who complained or gave a low answer.
    """

    _inherit = "crm.measure"

    def _measure_dissatisfaction_rate(self, company, periods):
        """Customers with a complaint or a low answer by all who were served."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT d.date_from,
                          COUNT(DISTINCT e.customer_id) FILTER (WHERE e.is_bad),
                          COUNT(DISTINCT e.customer_id)
                     FROM (%(days)s) d
                     JOIN (%(events)s) e ON e.day = d.day
                 GROUP BY d.date_from""",
                days=self._period_days_sql(periods),
                events=self._service_events_sql(
                    company, periods[0].date_from, periods[-1].date_to
                ),
            )
        )
        found = {start: MeasureResult.ratio(*pair) for start, *pair in rows}
        nobody = MeasureResult(None)
        return {
            period.date_from: found.get(period.date_from, nobody) for period in periods
        }

    def _service_events_sql(self, company, date_from, date_to) -> SQL:
        """Return ``customer_id, day, is_bad`` of what the customers met these days."""
        facts = self.env["crm.sale.fact"]
        sold = SQL(
            "SELECT customer_id, %s AS day, false AS is_bad FROM (%s) o",
            facts._local_day_sql(SQL("o.date_order"), company),
            facts._orders_sql(company, date_to, since=date_from),
        )
        delivered = SQL(
            "SELECT partner_id, date_delivered, false FROM (%s) d",
            self.env["crm.delivery.report"]._company_sql(
                company, since=date_from, until=date_to
            ),
        )
        bad = self._dissatisfied_sql(company, date_from, date_to)
        return SQL(" UNION ALL ").join((sold, delivered, bad))

    def _dissatisfied_sql(self, company, date_from, date_to) -> SQL:
        """Return the complaints and the answers of these days, low ones as bad."""
        facts = self.env["crm.sale.fact"]
        start, end = facts._get_utc_bounds(company, date_from, date_to)
        return SQL(
            """SELECT commercial_partner_id AS customer_id, %(received)s AS day,
                      true AS is_bad
                 FROM crm_complaint
                WHERE company_id = %(company)s AND type = 'complaint'
                  AND state <> 'cancelled' AND commercial_partner_id IS NOT NULL
                  AND date_received >= %(start)s AND date_received < %(end)s
            UNION ALL
               SELECT commercial_partner_id, %(answered)s, COALESCE(is_low, false)
                 FROM crm_satisfaction_score
                WHERE company_id = %(company)s
                  AND date >= %(start)s AND date < %(end)s""",
            received=facts._local_day_sql(SQL("date_received"), company),
            answered=facts._local_day_sql(SQL("date"), company),
            company=company.id,
            start=start,
            end=end,
        )

    # --- DRILL-DOWN

    def _records_dissatisfaction_rate(self, company, date_from, date_to):
        return SQL(
            "SELECT customer_id FROM (%s) e WHERE is_bad",
            self._dissatisfied_sql(company, date_from, date_to),
        )

    def _drill_dissatisfaction_rate(self, company, date_from, date_to):
        """The customers who complained or gave a low answer."""
        return self._prepare_drill_action("res.partner", company, date_from, date_to)
