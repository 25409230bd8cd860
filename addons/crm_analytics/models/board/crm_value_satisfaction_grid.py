from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...tools import value_grid
from .crm_value_strategy import BANDS


class CrmValueSatisfactionGrid(models.AbstractModel):
    """Value class by satisfaction, with the strategy of each cell."""

    _name = "crm.value.satisfaction.grid"
    _description = "Value and Satisfaction"
    _inherit = ["crm.matrix", "crm.segment.filter.mixin"]

    _matrix_res_model = "crm.customer.scorecard"

    @api.model
    def _check_matrix_access(self):
        if not self.env["crm.customer.scorecard"].has_access("read"):
            raise AccessError(self._get_reader_error())

    @api.model
    def _get_filters(self):
        return [self._get_segment_filter()]

    @api.model
    def _get_axes(self, values):
        strategies = self.env["crm.value.strategy"]
        labels = dict(
            strategies._fields["satisfaction_band"]._description_selection(self.env)
        )
        hints = {
            "satisfied": self.env._("75 points or more of 100"),
            "neutral": self.env._("50 to 74 points of 100"),
            "unhappy": self.env._("Less than 50 points of 100"),
            "unknown": self.env._("No answer in the last 12 months"),
        }
        return (
            [
                {"key": key, "label": key, "hint": hint}
                for key, hint in self._get_classes()
            ],
            [
                {"key": key, "label": labels[key], "hint": hints[key]}
                for key, _label in BANDS
            ],
        )

    @api.model
    def _get_classes(self):
        """Return the classes, with the parts of revenue that the profit rules say."""
        rules = self.env["crm.profit.policy"]._ensure(self.env.company)
        share_a = rules.percent_a
        share_b = rules.percent_b - rules.percent_a
        share_c = 100 - rules.percent_b
        return [
            ("A", self.env._("Together %s %% of the invoiced revenue", f"{share_a:g}")),
            ("B", self.env._("The next %s %% of the invoiced revenue", f"{share_b:g}")),
            (
                "C",
                self.env._(
                    "The last %s %% of the invoiced revenue, or none", f"{share_c:g}"
                ),
            ),
        ]

    @api.model
    def _get_domain(self, values):
        """Return the customers of the screen; only those with a class have a cell."""
        domain = [("company_id", "=", self.env.company.id)]
        if values["segment"]:
            domain.append(("partner_id.segment_ids", "in", [values["segment"]]))
        return domain

    @api.model
    def _get_matrix(self, values):
        company = self.env.company
        strategies = self.env["crm.value.strategy"]._get_by_cell(company)
        found = {
            (value_class, band): {"count": count, "revenue": float(revenue)}
            for value_class, band, count, revenue in self._read_cells(values)
        }
        cells = {
            self._cell_key(*key): {
                **found.get(key, {"count": 0, "revenue": 0.0}),
                **self._get_strategy(strategies.get(key)),
            }
            for key in found | strategies
        }
        payload = {
            "title": self.env._("Value and Satisfaction"),
            "definition": self.env._(
                "Customers with a scorecard in %(company)s, by the class of their "
                "invoiced revenue and the mean of their answers to our questionnaires "
                "in the last 12 months (CSAT, NPS and CES on a scale from 0 to 100). "
                "The strategy of a cell is shown when you hover; it is edited under "
                "Configuration.",
                company=company.name,
            ),
            "row_title": self.env._("Value"),
            "column_title": self.env._("Satisfaction"),
            "measures": self._get_measures(company),
            "cells": cells,
        }
        refreshed = self.env["crm.rfm.policy"]._ensure(company).refreshed_at
        if refreshed:
            payload["computed_at"] = refreshed
        if not found:
            payload["empty"] = self._get_empty_state()
        return payload

    @api.model
    def _get_strategy(self, strategy):
        """Return what a cell says of its strategy."""
        if not strategy:
            return {}
        return {
            "label": strategy.name,
            "hint": strategy.description or "",
            "color": strategy.color,
        }

    @api.model
    def _get_measures(self, company):
        return [
            {"key": "count", "label": self.env._("Customers"), "type": "integer"},
            {
                "key": "revenue",
                "label": self.env._("Invoiced revenue"),
                "hint": self.env._("Of the last 12 months, less credit notes"),
                "type": "monetary",
                "currency_id": company.currency_id.id,
            },
            {
                "key": "share",
                "label": self.env._("Share of invoiced revenue"),
                "type": "percent",
                "share_of": "revenue",
            },
        ]

    @api.model
    def _read_cells(self, values):
        """Return ``(class, band, customers, revenue)`` as the reader may see them."""
        company = self.env.company
        cards = self.env["crm.customer.scorecard"]
        self.env["crm.screen.read.mixin"]._prepare_planner()
        cards.flush_model(["partner_id", "company_id"])
        names = ["partner_id", "company_id", "abc_class", "invoiced_revenue"]
        self.env["crm.scorecard.profitability"].flush_model(names)
        query = cards._search(self._get_domain(values))
        own = query.subselect(
            *(
                SQL.identifier(query.table, name)
                for name in ("partner_id", "company_id")
            )
        )
        return self.env.execute_query(
            SQL(
                """SELECT f.abc_class, COALESCE(b.band, 'unknown'),
                          COUNT(*)::int, COALESCE(SUM(f.invoiced_revenue), 0)
                     FROM (%(cards)s) c
                     JOIN crm_scorecard_profitability f USING (partner_id, company_id)
                LEFT JOIN (%(bands)s) b ON b.customer_id = c.partner_id
                    WHERE f.abc_class IS NOT NULL
                 GROUP BY 1, 2""",
                cards=own,
                bands=self._bands_sql(company),
            )
        )

    @api.model
    def _bands_sql(self, company) -> SQL:
        """Return ``customer_id, band`` of the customers who answered lately.

        Whoever may not read answers sees none.
        """
        scores = self.env["crm.satisfaction.score"]
        if not scores.has_access("read"):
            return SQL("SELECT NULL::int AS customer_id, NULL AS band WHERE FALSE")
        facts = self.env["crm.sale.fact"]
        policy = self.env["crm.rfm.policy"]._ensure(company)
        today = facts._get_today(company)
        since, _end = facts._get_utc_bounds(
            company, value_grid.year_before(today), today
        )
        scores.flush_model(["score", "date", "commercial_partner_id", "company_id"])
        query = scores._search([("company_id", "=", company.id), ("date", ">=", since)])
        answers = query.subselect(
            *(
                SQL.identifier(query.table, name)
                for name in ("commercial_partner_id", "score")
            )
        )
        cases = [
            SQL("WHEN AVG(score) >= %s THEN %s", bound, band)
            for band, bound in policy._get_satisfaction_bounds()
        ]
        return SQL(
            """SELECT commercial_partner_id AS customer_id,
                      CASE %s ELSE %s END AS band
                 FROM (%s) answer
             GROUP BY commercial_partner_id""",
            SQL(" ").join(cases),
            value_grid.LOWEST,
            answers,
        )

    @api.model
    def _get_empty_state(self):
        return {
            "title": self.env._("No value classes yet"),
            "text": self.env._(
                "Customers get a value class with the first full refresh after they "
                "were invoiced. Refresh the scores, or choose another segment."
            ),
            "action": "crm_analytics.crm_customer_scorecard_action",
            "action_label": self.env._("Open the scorecards"),
        }

    @api.model
    def _get_cell_domain(self, values, row_key, column_key):
        domain = [
            *self._get_domain(values),
            ("value_class", "=", row_key) if row_key else ("value_class", "!=", False),
        ]
        if column_key is not None:
            domain.append(("satisfaction_band", "=", column_key))
        return domain
