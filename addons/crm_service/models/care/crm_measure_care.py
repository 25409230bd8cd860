from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.tools.measure_trend import MeasureResult

CARE_COUNT = SQL("COUNT(a.id) FILTER (WHERE a.care_rule_id IS NOT NULL)")


class CrmMeasure(models.Model):
    """How much we do for customers before they ask: what care rules brought about."""

    _inherit = "crm.measure"

    def _measure_care_contacts(self, company, periods):
        """Touches of care rules that were done in the period."""
        sums = self._query_touches(company, periods, SQL("%s, 0", CARE_COUNT))
        return {start: MeasureResult(float(count)) for start, count, _zero in sums}

    def _measure_care_contacts_per_employee(self, company, periods):
        """The same, by the people who had any touch done in the period."""
        pair = SQL("%s, COUNT(DISTINCT a.user_id)", CARE_COUNT)
        return self._measure_ratio(self._query_touches(company, periods, pair))

    # --- DRILL

    def _drill_care_contacts(self, company, date_from, date_to):
        """The touches of care rules done in these days."""
        return self._open_care(company, date_from, date_to)

    def _drill_care_contacts_per_employee(self, company, date_from, date_to):
        """The same, by person."""
        return self._open_care(company, date_from, date_to)

    def _open_care(self, company, date_from, date_to):
        done = self._get_done(company, date_from, date_to)
        action = self._open_touches(done & Domain("care_rule_id", "!=", False))
        action["context"] = {"create": False, "group_by": ["user_id"]}
        return action
