from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.measure_trend import MeasureResult


class CrmMeasure(models.Model):
    """The measures of the customer lifecycle, on its dated transitions.

    Their past reaches back as far as the transitions do; periods before the first
    one have no figure.
    """

    _inherit = "crm.measure"

    # --- STATES AT THE END OF A PERIOD

    def _measure_lifecycle_loyal(self, company, periods):
        """Loyal customers at the end of the period."""
        return self._count_in_state(company, periods, "loyal")

    def _measure_lifecycle_lapsed(self, company, periods):
        """Lapsed customers at the end of the period."""
        return self._count_in_state(company, periods, "lapsed")

    def _count_in_state(self, company, periods, state):
        """Return the customers in ``state`` at each period's end, one statement."""
        facts = self.env["crm.sale.fact"]
        query = SQL(
            """SELECT p.date_from, COUNT(t.id),
                      p.date_to >= (SELECT MIN(%(first)s)
                                      FROM crm_lifecycle_transition
                                     WHERE company_id = %(company)s)
                 FROM (%(periods)s) p
            LEFT JOIN crm_lifecycle_transition t
                   ON t.company_id = %(company)s AND t.state = %(state)s
                  AND t.date_start < %(end)s
                  AND (t.date_end IS NULL OR t.date_end >= %(end)s)
             GROUP BY p.date_from, p.date_to""",
            first=facts._local_day_sql(SQL("date_start"), company),
            company=company.id,
            periods=self._periods_sql(periods),
            state=state,
            end=facts._end_of_day_sql(SQL("p.date_to"), company),
        )
        return {
            start: MeasureResult(float(count) if is_known else None)
            for start, count, is_known in self.env.execute_query(query)
        }

    # --- WHAT MOVED IN A PERIOD

    def _measure_lifecycle_conversion(self, company, periods):
        """Of those who had not bought yet, those who began to in the period."""
        facts = self.env["crm.sale.fact"]
        query = SQL(
            """SELECT p.date_from,
                      COUNT(DISTINCT t.partner_id) FILTER (
                          WHERE t.next_state IN ('buying', 'loyal')
                            AND t.date_end < %(end)s),
                      COUNT(DISTINCT t.partner_id)
                 FROM (%(periods)s) p
            LEFT JOIN crm_lifecycle_transition t
                   ON t.company_id = %(company)s
                  AND t.state IN ('prospect', 'interested')
                  AND t.date_start < %(end)s
                  AND (t.date_end IS NULL OR t.date_end >= %(begin)s)
             GROUP BY p.date_from""",
            company=company.id,
            periods=self._periods_sql(periods),
            begin=facts._end_of_day_sql(SQL("(p.date_from - 1)"), company),
            end=facts._end_of_day_sql(SQL("p.date_to"), company),
        )
        return {
            start: MeasureResult.ratio(bought, all_of_them)
            for start, bought, all_of_them in self.env.execute_query(query)
        }

    def _measure_lifecycle_days_to_buy(self, company, periods):
        """Median days from the first enquiry to the first order, by its period."""
        facts = self.env["crm.sale.fact"]
        query = SQL(
            """SELECT p.date_from,
                      PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY t.days_previous)
                 FROM (%(periods)s) p
            LEFT JOIN crm_lifecycle_transition t
                   ON t.company_id = %(company)s AND t.state = 'buying'
                  AND t.previous_state = 'interested'
                  AND t.date_start >= %(begin)s AND t.date_start < %(end)s
             GROUP BY p.date_from""",
            company=company.id,
            periods=self._periods_sql(periods),
            begin=facts._end_of_day_sql(SQL("(p.date_from - 1)"), company),
            end=facts._end_of_day_sql(SQL("p.date_to"), company),
        )
        return {
            start: MeasureResult(days) for start, days in self.env.execute_query(query)
        }

    # --- DRILL-DOWN

    def _drill_lifecycle_loyal(self, company, _date_from, date_to):
        """The stays of the customers who are loyal at the end of the day."""
        return self._open_in_state(company, date_to, "loyal")

    def _drill_lifecycle_lapsed(self, company, _date_from, date_to):
        """The stays of the customers who have lapsed at the end of the day."""
        return self._open_in_state(company, date_to, "lapsed")

    def _open_in_state(self, company, day, state):
        end = self.env["crm.sale.fact"]._get_utc_bounds(company, day, day)[1]
        return self._open_transitions(
            Domain("company_id", "=", company.id)
            & Domain("state", "=", state)
            & Domain("date_start", "<", end)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", end))
        )

    def _drill_lifecycle_conversion(self, company, date_from, date_to):
        """The first purchases of the days: the numerator of the rate."""
        return self._open_first_purchases(
            company, date_from, date_to, ["prospect", "interested"]
        )

    def _drill_lifecycle_days_to_buy(self, company, date_from, date_to):
        """The steps from interested to buying whose days are compared."""
        return self._open_first_purchases(company, date_from, date_to, ["interested"])

    def _open_first_purchases(self, company, date_from, date_to, origins):
        begin, end = self.env["crm.sale.fact"]._get_utc_bounds(
            company, date_from, date_to
        )
        return self._open_transitions(
            Domain("company_id", "=", company.id)
            & Domain("state", "in", ["buying", "loyal"])
            & Domain("previous_state", "in", origins)
            & Domain("date_start", ">=", begin)
            & Domain("date_start", "<", end)
        )

    def _open_transitions(self, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_lifecycle_transition_action"
        )
        return {**action, "domain": list(domain), "context": {"create": False}}
