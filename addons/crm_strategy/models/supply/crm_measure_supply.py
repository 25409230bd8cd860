from odoo import models
from odoo.tools import SQL

from ...tools.measure_trend import MeasureResult


class CrmMeasure(models.Model):
    """The measure of what customers get from us, of what they need."""

    _inherit = "crm.measure"

    def _measure_supply_share(self, company, periods):
        """Mean share of supply, of the twelve months up to the end of the period."""
        records = self.env["crm.supply.record"]
        records.flush_model()
        parts = [
            SQL(
                """SELECT %s::date AS date_from, SUM(supply_share) / 100 AS shares,
                          COUNT(supply_share) AS known
                     FROM (%s) s""",
                period.date_from,
                records._shares_sql(company, period.date_to),
            )
            for period in periods
        ]
        rows = self.env.execute_query(SQL(" UNION ALL ").join(parts))
        return {
            start: MeasureResult.ratio(shares, known) for start, shares, known in rows
        }

    def _drill_supply_share(self, company, date_from, date_to):
        """Open the records about the twelve months up to the end of the period."""
        first, last = self.env["crm.supply.record"]._get_window(company, date_to)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_supply_record_action"
        )
        action["domain"] = [
            ("company_id", "=", company.id),
            ("date_from", "<=", last),
            ("date_to", ">=", first),
        ]
        return action
