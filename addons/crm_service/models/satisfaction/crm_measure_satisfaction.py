from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.tools.measure_trend import MeasureResult

from ...tools.satisfaction import CSAT_SATISFIED, NPS_PASSIVE, NPS_PROMOTER


class CrmMeasure(models.Model):
    """The measures of satisfaction, as ``tools/satisfaction.py`` defines them."""

    _inherit = "crm.measure"

    # --- SCORES

    def _measure_satisfaction_nps(self, company, periods):
        """Share of promoters less share of detractors, in points."""
        points = SQL(
            """100 * (COUNT(*) FILTER (WHERE s.value >= %s)
                      - COUNT(*) FILTER (WHERE s.value < %s))""",
            NPS_PROMOTER,
            NPS_PASSIVE,
        )
        return self._query_scores(company, periods, "nps", points)

    def _measure_satisfaction_csat(self, company, periods):
        """Share of satisfied answers."""
        satisfied = SQL("COUNT(*) FILTER (WHERE s.value >= %s)", CSAT_SATISFIED)
        return self._query_scores(company, periods, "csat", satisfied)

    def _measure_satisfaction_ces(self, company, periods):
        """Mean of the answers."""
        return self._query_scores(company, periods, "ces", SQL("SUM(s.value)"))

    def _query_scores(self, company, periods, kind, numerator):
        """Return {period start: ``numerator`` by the answers}, one statement."""
        return self._query_satisfaction(
            periods,
            numerator,
            SQL("COUNT(s.id)"),
            SQL(
                """crm_satisfaction_score s ON s.company_id = %(company)s
                       AND s.kind = %(kind)s AND %(within)s""",
                company=company.id,
                kind=kind,
                within=self._within_sql(SQL("s.date"), company),
            ),
        )

    # --- ANSWERS

    def _measure_satisfaction_answers(self, company, periods):
        """Of the questionnaires sent in the period, those that were answered."""
        return self._query_satisfaction(
            periods,
            SQL("COUNT(*) FILTER (WHERE s.date_answered IS NOT NULL)"),
            SQL("COUNT(s.id)"),
            SQL(
                """crm_satisfaction_request s ON s.company_id = %(company)s
                       AND %(within)s""",
                company=company.id,
                within=self._within_sql(SQL("s.date_sent"), company),
            ),
        )

    def _query_satisfaction(self, periods, numerator, denominator, source):
        query = SQL(
            """SELECT p.date_from, %(numerator)s, %(denominator)s
                 FROM (%(periods)s) p
            LEFT JOIN %(source)s
             GROUP BY p.date_from""",
            numerator=numerator,
            denominator=denominator,
            periods=self._periods_sql(periods),
            source=source,
        )
        self.env.flush_all()
        return {
            start: MeasureResult.ratio(above, below)
            for start, above, below in self.env.execute_query(query)
        }

    def _within_sql(self, moment, company) -> SQL:
        """Return the condition that a UTC ``moment`` lies in period ``p``."""
        end = self.env["crm.sale.fact"]._end_of_day_sql
        return SQL(
            "%(moment)s >= %(begin)s AND %(moment)s < %(end)s",
            moment=moment,
            begin=end(SQL("(p.date_from - 1)"), company),
            end=end(SQL("p.date_to"), company),
        )

    # --- DRILL-DOWN

    def _drill_satisfaction_nps(self, company, date_from, date_to):
        return self._open_scores("nps", company, date_from, date_to)

    def _drill_satisfaction_csat(self, company, date_from, date_to):
        return self._open_scores("csat", company, date_from, date_to)

    def _drill_satisfaction_ces(self, company, date_from, date_to):
        return self._open_scores("ces", company, date_from, date_to)

    def _drill_satisfaction_answers(self, company, date_from, date_to):
        return self._open_satisfaction(
            "crm_satisfaction_request_action",
            "date_sent",
            company,
            date_from,
            date_to,
        )

    def _open_scores(self, kind, company, date_from, date_to):
        """Open the answers of one kind that were given in these days."""
        return self._open_satisfaction(
            "crm_satisfaction_score_action",
            "date",
            company,
            date_from,
            date_to,
            Domain("kind", "=", kind),
        )

    def _open_satisfaction(
        self, action, field, company, date_from, date_to, domain=Domain.TRUE
    ):
        begin, end = self.env["crm.sale.fact"]._get_utc_bounds(
            company, date_from, date_to
        )
        domain &= Domain("company_id", "=", company.id)
        domain &= Domain(field, ">=", begin) & Domain(field, "<", end)
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(f"crm_service.{action}"),
            "domain": list(domain),
            "context": {"create": False},
        }
