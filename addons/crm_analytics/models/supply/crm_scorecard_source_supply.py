from odoo import api, models
from odoo.tools import SQL

from ...tools.seven_p import Source


class CrmScorecardSource(models.AbstractModel):
    """Persistency: our share of what the customer needs."""

    _inherit = "crm.scorecard.source"

    @api.model
    def _get_sources(self):
        return [
            *super()._get_sources(),
            Source(
                "persistency_supply",
                "persistency",
                self.env._("Supply records"),
                ("supply_share", "supply_share_date"),
                "_persistency_supply_sql",
                changed="_persistency_supply_changed_sql",
            ),
        ]

    @api.model
    def _persistency_supply_sql(self, company, window, customers) -> SQL:
        """Return the mean share of the categories whose demand is known."""
        shares = self.env["crm.supply.record"]._shares_sql(
            company, window.as_of, customers
        )
        return SQL(
            """SELECT customer_id, AVG(supply_share) AS supply_share,
                      MAX(date) AS supply_share_date
                 FROM (%s) s
                WHERE supply_share IS NOT NULL
             GROUP BY customer_id""",
            shares,
        )

    @api.model
    def _persistency_supply_changed_sql(self, company, since) -> SQL:
        """Return whose records were written since."""
        return SQL(
            """SELECT partner_id AS customer_id FROM crm_supply_record
                WHERE company_id = %s AND write_date >= %s""",
            company.id,
            since,
        )
