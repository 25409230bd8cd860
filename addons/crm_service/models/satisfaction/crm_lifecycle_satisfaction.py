from odoo import api, models
from odoo.tools import SQL

#: How long an answer says something about a customer.
MONTHS = 12


class CrmLifecycleEngine(models.AbstractModel):
    """The satisfaction that the lifecycle policy may ask of loyal customers."""

    _inherit = "crm.lifecycle.engine"

    @api.model
    def _satisfaction_sql(self, company) -> SQL | None:
        """Mean of a customer's scores (0-100) of the last months in this company."""
        self.env["crm.satisfaction.score"].flush_model()
        today = self.env["crm.sale.fact"]._get_today(company)
        return SQL(
            """SELECT commercial_partner_id AS partner_id, AVG(score) AS satisfaction
                 FROM crm_satisfaction_score
                WHERE company_id = %(company)s
                  AND date >= %(today)s::date - make_interval(months => %(months)s)
             GROUP BY commercial_partner_id""",
            company=company.id,
            today=today,
            months=MONTHS,
        )
