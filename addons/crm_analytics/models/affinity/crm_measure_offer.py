from odoo import models
from odoo.tools import SQL

from odoo.addons.crm_strategy.tools.measure_trend import MeasureResult


class CrmMeasure(models.Model):
    """How often customers buy what was proposed to them, and others without it."""

    _inherit = "crm.measure"

    def _measure_offer_hit_rate(self, company, periods):
        """Offers proposed in the period that were bought while they stood."""
        return self._query_offer_hits(
            company, periods, SQL("SUM(h.bought_count)"), SQL("SUM(h.proposed_count)")
        )

    def _measure_offer_other_rate(self, company, periods):
        """The same of customers of the same class without the proposal."""
        return self._query_offer_hits(
            company,
            periods,
            SQL("SUM(h.other_bought_count)"),
            SQL("SUM(h.other_count)"),
        )

    def _query_offer_hits(self, company, periods, numerator, denominator):
        self.env["crm.offer.hit"].flush_model()
        query = SQL(
            """SELECT p.date_from, %(numerator)s, %(denominator)s
                 FROM (%(periods)s) p
            LEFT JOIN crm_offer_hit h
                   ON h.company_id = %(company)s
                  AND h.date BETWEEN p.date_from AND p.date_to
             GROUP BY p.date_from""",
            numerator=numerator,
            denominator=denominator,
            periods=self._periods_sql(periods),
            company=company.id,
        )
        return {
            start: MeasureResult.ratio(above or 0, below or 0)
            for start, above, below in self.env.execute_query(query)
        }

    def _drill_offer_hit_rate(self, company, date_from, date_to):
        """The days, products and value classes behind the rate."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_analytics.crm_offer_hit_action"
            ),
            "domain": [
                ("company_id", "=", company.id),
                ("date", ">=", date_from),
                ("date", "<=", date_to),
            ],
            "context": {"create": False},
        }

    def _drill_offer_other_rate(self, company, date_from, date_to):
        """The same rows."""
        return self._drill_offer_hit_rate(company, date_from, date_to)
