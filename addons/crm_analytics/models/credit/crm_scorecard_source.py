from odoo import api, models
from odoo.tools import SQL

from ...tools.seven_p import Source


class CrmScorecardSource(models.AbstractModel):
    """Performance: the credit assessments in force."""

    _inherit = "crm.scorecard.source"

    @api.model
    def _get_sources(self):
        return [
            *super()._get_sources(),
            Source(
                "credit",
                "performance",
                self.env._("Credit assessments in force"),
                ("credit_score", "risk_grade", "credit_limit_proposed"),
                "_source_credit",
                changed="_changed_credit",
                is_dated=False,
            ),
        ]

    @api.model
    def _source_credit(self, company, _window, customers) -> SQL:
        return SQL(
            """SELECT partner_id AS customer_id, score AS credit_score, risk_grade,
                      credit_limit_proposed
                 FROM crm_credit_assessment
                WHERE company_id = %s AND state = 'in_force' %s""",
            company.id,
            self._only_sql(customers, SQL("partner_id")),
        )

    @api.model
    def _changed_credit(self, company, since) -> SQL:
        return SQL(
            """SELECT partner_id AS customer_id FROM crm_credit_assessment
                WHERE company_id = %s AND write_date >= %s
                  AND state IN ('in_force', 'superseded')""",
            company.id,
            since,
        )
