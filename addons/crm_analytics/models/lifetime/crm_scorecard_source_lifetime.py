from odoo import api, models
from odoo.tools import SQL

from ...tools.seven_p import Source


class CrmScorecardSource(models.AbstractModel):
    """Expected orders and worth of a customer, from the current lifetime model."""

    _inherit = "crm.scorecard.source"

    @api.model
    def _get_sources(self):
        return [
            *super()._get_sources(),
            Source(
                key="lifetime",
                part="prospecting",
                label=self.env._("Lifetime model"),
                columns=(
                    "expected_orders",
                    "expected_revenue",
                    "lifetime_value",
                    "probability_alive",
                    "model_id",
                ),
                method="_lifetime_sql",
                is_dated=False,
            ),
        ]

    @api.model
    def _lifetime_sql(self, company, window, customers) -> SQL:
        """Return what the current model expects; the first refresh fits it."""
        policy = self.env["crm.rfm.policy"]._ensure(company)
        model = self.env["crm.lifetime.model"]._get_current(company)
        if not model and customers is None:
            model = model._fit_first(policy, window.as_of)
        if not model:
            return SQL(
                """SELECT NULL::int AS customer_id, NULL::float8 AS expected_orders,
                          NULL::numeric AS expected_revenue,
                          NULL::numeric AS lifetime_value,
                          NULL::float8 AS probability_alive, NULL::int AS model_id
                    WHERE false"""
            )
        return SQL(
            """SELECT customer_id,
                      ROUND(expected_orders::numeric, 4) AS expected_orders,
                      ROUND(expected_revenue::numeric, %(digits)s) AS expected_revenue,
                      ROUND(lifetime_value::numeric, %(digits)s) AS lifetime_value,
                      ROUND(NULLIF(probability_alive, 'NaN')::numeric, 3)
                          AS probability_alive,
                      %(model)s::int AS model_id
                 FROM (%(predictions)s) p""",
            digits=company.currency_id.decimal_places,
            model=model.id,
            predictions=model._predict(
                policy, window.as_of, self._cards_sql(company, window), customers
            ),
        )
