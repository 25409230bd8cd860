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
                prepare=("_prepare_demand",),
            ),
        ]

    @api.model
    def _persistency_supply_sql(self, company, window, customers) -> SQL:
        """Return our share of what is known that the customer needs.

        Each category weighs what its demand is worth; where none has a price, each
        weighs the same.
        """
        return SQL(
            """SELECT customer_id,
                      COALESCE(100 * SUM(own_quantity * price)
                                   / NULLIF(SUM(demand_quantity * price), 0),
                               AVG(100 * own_quantity / demand_quantity))
                          AS supply_share,
                      MAX(date) AS supply_share_date
                 FROM crm_scorecard_demand
                WHERE demand_quantity > 0
             GROUP BY customer_id"""
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
