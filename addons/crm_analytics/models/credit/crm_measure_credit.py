from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.tools.measure_trend import MeasureResult

from ...tools.credit import RISKY


class CrmMeasure(models.Model):
    """How much of what is open stands with risky customers."""

    _inherit = "crm.measure"

    def _measure_exposure_at_risk(self, company, periods):
        """Open amounts of grades D and E by those of all who have a grade.

        As it is now, kept from now on.
        """
        today = self.env["crm.sale.fact"]._get_today(company)
        running = [p for p in periods if p.date_from <= today <= p.date_to]
        if not running:
            return {}
        self.env.flush_all()
        [pair] = self.env.execute_query(
            SQL(
                """SELECT COALESCE(SUM(f.open_amount) FILTER (
                              WHERE a.risk_grade IN %s), 0),
                          COALESCE(SUM(f.open_amount), 0)
                     FROM crm_credit_assessment a
                     JOIN crm_scorecard_performance f
                       ON f.partner_id = a.partner_id AND f.company_id = a.company_id
                    WHERE a.company_id = %s AND a.state = 'in_force'
                      AND f.open_amount > 0""",
                RISKY,
                company.id,
            )
        )
        return {period.date_from: MeasureResult.ratio(*pair) for period in running}

    def _drill_exposure_at_risk(self, company, _date_from, _date_to):
        """The assessments of grades D and E in force, as they are now."""
        domain = (
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "in_force")
            & Domain("risk_grade", "in", RISKY)
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.credit.assessment",
            "view_mode": "list,form",
            "views": [[False, "list"], [False, "form"]],
            "domain": list(domain),
            "context": {"create": False},
        }
