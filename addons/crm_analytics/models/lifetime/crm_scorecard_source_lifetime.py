from odoo import api, models
from odoo.tools import SQL

from ...tools.seven_p import Source
from ..scorecard.crm_scorecard_columns import exact


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
        digits = company.currency_id.decimal_places
        return SQL(
            """SELECT customer_id, %(orders)s AS expected_orders,
                      %(revenue)s AS expected_revenue, %(worth)s AS lifetime_value,
                      %(alive)s AS probability_alive, %(model)s::int AS model_id
                 FROM (%(predictions)s) p""",
            orders=exact(SQL("expected_orders"), 2),
            revenue=exact(SQL("expected_revenue"), digits),
            worth=exact(SQL("lifetime_value"), digits),
            alive=exact(SQL("NULLIF(probability_alive, 'NaN')"), 3),
            model=model.id,
            predictions=model._predict(
                policy, window.as_of, self._cards_sql(company, window), customers
            ),
        )
