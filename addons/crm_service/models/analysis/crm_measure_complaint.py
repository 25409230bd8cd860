from odoo import models
from odoo.tools import SQL

from odoo.addons.crm_strategy.tools.measure_trend import MeasureResult

PROMISES = ("reply", "decision", "resolution")
JUDGED = ("kept", "broken", "late")


class CrmMeasure(models.Model):
    """The measures of complaints; opinions and cancelled complaints do not count.

    What happened in a period is that of the complaints received in it. Each is one
    statement for all periods.
    """

    _inherit = "crm.measure"

    # --- WHAT CAME IN

    def _measure_complaints(self, company, periods):
        """Complaints received in the period."""
        sums = self._query_complaints(company, periods, SQL("COUNT(c.id), 0"))
        return {start: MeasureResult(float(count)) for start, count, _zero in sums}

    def _measure_complaint_rate(self, company, periods):
        """Complaints received by purchases, both of the period."""
        counts = self._query_flow(company, periods, SQL("COUNT(*)"))
        sums = self._query_complaints(company, periods, SQL("COUNT(c.id), 0"))
        return {
            start: MeasureResult.ratio(count, counts.get(start, 0))
            for start, count, _zero in sums
        }

    def _measure_complaint_reply_hours(self, company, periods):
        """Mean hours until the first reply."""
        return self._measure_hours(company, periods, SQL("c.date_replied"))

    def _measure_complaint_resolution_hours(self, company, periods):
        """Mean hours until the customer was told what had been done."""
        return self._measure_hours(company, periods, SQL("c.date_told"))

    def _measure_hours(self, company, periods, moment):
        hours = SQL(
            "SUM(EXTRACT(EPOCH FROM %s - c.date_received)) / 3600, COUNT(%s)",
            moment,
            moment,
        )
        return self._measure_ratio(self._query_complaints(company, periods, hours))

    def _measure_complaint_promises(self, company, periods):
        """Promised times kept, of those that are kept, late or broken."""
        columns = [SQL.identifier("c", f"{promise}_state") for promise in PROMISES]
        kept, judged = (
            SQL(" + ").join(
                SQL("COUNT(*) FILTER (WHERE %s IN %s)", column, states)
                for column in columns
            )
            for states in (("kept",), JUDGED)
        )
        pair = SQL("%s, %s", kept, judged)
        return self._measure_ratio(self._query_complaints(company, periods, pair))

    def _measure_complaint_cost(self, company, periods):
        """What remedies and work of the complaints received in the period cost."""
        cost = SQL("COALESCE(SUM(c.work_cost + c.cost_remedies), 0), 0")
        sums = self._query_complaints(company, periods, cost)
        return {start: MeasureResult(float(cost)) for start, cost, _zero in sums}

    @staticmethod
    def _measure_ratio(rows):
        return {start: MeasureResult.ratio(*pair) for start, *pair in rows}

    def _query_complaints(self, company, periods, figures):
        """Return rows of a period's start and two figures of its complaints ``c``."""
        end = self.env["crm.sale.fact"]._end_of_day_sql
        query = SQL(
            """SELECT p.date_from, %(figures)s
                 FROM (%(periods)s) p
            LEFT JOIN crm_complaint c
                   ON c.company_id = %(company)s AND c.type = 'complaint'
                  AND c.state <> 'cancelled'
                  AND c.date_received >= %(begin)s AND c.date_received < %(end)s
             GROUP BY p.date_from""",
            figures=figures,
            periods=self._periods_sql(periods),
            company=company.id,
            begin=end(SQL("(p.date_from - 1)"), company),
            end=end(SQL("p.date_to"), company),
        )
        self.env.flush_all()
        return self.env.execute_query(query)

    # --- WHAT IS OPEN AT THE END OF A PERIOD

    def _measure_complaint_open_internal(self, company, periods):
        """Complaints that somebody of ours had to do something for."""
        end = self._period_end_sql(company)
        return self._count_open(
            company,
            periods,
            SQL(
                """(c.date_told IS NULL OR c.date_told >= %(end)s
                    OR c.date_confirmed < %(end)s)""",
                end=end,
            ),
        )

    def _measure_complaint_open_customer(self, company, periods):
        """Complaints that the customer was told of and had not confirmed."""
        end = self._period_end_sql(company)
        return self._count_open(
            company,
            periods,
            SQL(
                """c.date_told < %(end)s
                   AND (c.date_confirmed IS NULL OR c.date_confirmed >= %(end)s)""",
                end=end,
            ),
        )

    def _period_end_sql(self, company) -> SQL:
        facts = self.env["crm.sale.fact"]
        return facts._end_of_day_sql(SQL("p.date_to"), company)

    def _count_open(self, company, periods, condition):
        """Return the complaints not closed at each period's end, under a condition.

        Dates are those of the last round: a complaint that was taken up again counts
        as open since it was received.
        """
        query = SQL(
            """SELECT p.date_from, COUNT(c.id)
                 FROM (%(periods)s) p
            LEFT JOIN crm_complaint c
                   ON c.company_id = %(company)s AND c.state <> 'cancelled'
                  AND c.date_received < %(end)s
                  AND (c.date_closed IS NULL OR c.date_closed >= %(end)s)
                  AND %(condition)s
             GROUP BY p.date_from""",
            periods=self._periods_sql(periods),
            company=company.id,
            end=self._period_end_sql(company),
            condition=condition,
        )
        self.env["crm.complaint"].flush_model()
        return {
            start: MeasureResult(float(count))
            for start, count in self.env.execute_query(query)
        }

    # --- RECOVERY

    def _measure_complaint_recovery(self, company, periods):
        """Of those whose complaint was closed, who bought again; kept figures."""
        query = SQL(
            """SELECT p.date_from, SUM(r.buyer_count), SUM(r.customer_count)
                 FROM (%(periods)s) p
            LEFT JOIN crm_complaint_recovery r
                   ON r.company_id = %(company)s AND r.group_kind = 'complaint'
                  AND r.date >= p.date_from AND r.date <= p.date_to
             GROUP BY p.date_from""",
            periods=self._periods_sql(periods),
            company=company.id,
        )
        self.env["crm.complaint.recovery"].flush_model()
        return self._measure_ratio(self.env.execute_query(query))
