from odoo import api, models

from ...tools import rfm


class CrmRfmGrid(models.AbstractModel):
    """Recency by frequency: how many customers, and how much revenue, in each cell."""

    _name = "crm.rfm.grid"
    _description = "RFM Grid"
    _inherit = ["crm.matrix"]

    _matrix_res_model = "crm.customer.scorecard"

    @api.model
    def _check_matrix_access(self):
        self.env["crm.customer.scorecard"].check_access("read")

    @api.model
    def _get_filters(self):
        monetary = [
            (score, self.env._("Monetary score %(score)s", score=score))
            for score in reversed(rfm.SCORES)
        ]
        return [
            {
                "key": "monetary",
                "label": self.env._("Monetary"),
                "type": "selection",
                "default": False,
                "choices": [(False, self.env._("All customers")), *monetary],
            }
        ]

    @api.model
    def _get_domain(self, values):
        domain = [
            ("company_id", "=", self.env.company.id),
            ("rfm_group_id", "!=", False),
        ]
        if values["monetary"]:
            domain.append(("monetary_score", "=", values["monetary"]))
        return domain

    @api.model
    def _get_policy(self):
        return self.env["crm.rfm.policy"]._ensure(self.env.company)

    @api.model
    def _get_axes(self, values):
        cuts = self._get_policy().cut_ids
        axes = []
        for dimension, letter in (("recency", "R"), ("frequency", "F")):
            hints = {c.score: c.bound_text for c in cuts if c.dimension == dimension}
            axes.append(
                [
                    {
                        "key": str(score),
                        "label": f"{letter}{score}",
                        "hint": hints.get(score, ""),
                    }
                    for score in rfm.SCORES
                ]
            )
        return axes[0][::-1], axes[1]

    @api.model
    def _get_matrix(self, values):
        company = self.env.company
        rows = self.env["crm.customer.scorecard"]._read_group(
            self._get_domain(values),
            ["recency_score", "frequency_score", "rfm_group_id"],
            ["__count", "revenue:sum"],
        )
        payload = {
            "title": self.env._("Recency and frequency"),
            "definition": self.env._(
                "Customers with a scorecard in %(company)s, by how recently and how"
                " often they bought. Score 5 is best. Archived customers are left out.",
                company=company.name,
            ),
            "computed_at": self._get_policy().refreshed_at,
            "row_title": self.env._("Recency"),
            "column_title": self.env._("Frequency"),
            "measures": self._get_measures(company),
            "cells": self._get_cells(rows),
            "legend": [
                {"label": group.name, "color": group.color}
                for group in self.env["crm.rfm.group"].search([])
            ],
        }
        if not payload["computed_at"]:
            payload.pop("computed_at")
        if not rows:
            payload["empty"] = self._get_empty_state()
        return payload

    @api.model
    def _get_measures(self, company):
        return [
            {"key": "count", "label": self.env._("Customers"), "type": "integer"},
            {
                "key": "revenue",
                "label": self.env._("Revenue"),
                "type": "monetary",
                "currency_id": company.currency_id.id,
            },
            {
                "key": "share",
                "label": self.env._("Share of customers"),
                "type": "percent",
                "share_of": "count",
            },
        ]

    @api.model
    def _get_cells(self, rows):
        """Sum ``(recency, frequency, group, count, revenue)`` into the cells.

        A cell bears the name and colour of its largest group, as groups may also
        depend on the monetary score.
        """
        cells = {}
        for recency, frequency, group, count, revenue in sorted(
            rows, key=lambda row: -row[3]
        ):
            cell = cells.setdefault(
                self._cell_key(recency, frequency),
                {"count": 0, "revenue": 0, "label": group.name, "color": group.color},
            )
            cell["count"] += count
            cell["revenue"] += revenue
        return cells

    @api.model
    def _get_empty_state(self):
        return {
            "title": self.env._("No scored customers yet"),
            "text": self.env._(
                "Scores come from confirmed sales orders. Open the cut points and"
                " refresh the scores, or choose another filter."
            ),
            "action": "crm_analytics.crm_rfm_policy_action",
            "action_label": self.env._("Open the cut points"),
        }

    @api.model
    def _get_cell_domain(self, values, row_key, column_key):
        domain = self._get_domain(values)
        if row_key is not None:
            domain.append(("recency_score", "=", int(row_key)))
        if column_key is not None:
            domain.append(("frequency_score", "=", int(column_key)))
        return domain
