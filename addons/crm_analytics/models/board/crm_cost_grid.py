from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...tools import cohort

LENGTHS = {"month": 13, "quarter": 8}
PHASES = ("win", "keep")


class CrmCostGrid(models.AbstractModel):
    """What it costs to win a customer against what it costs to keep one."""

    _name = "crm.cost.grid"
    _description = "Cost to Win and to Keep"
    _inherit = ["crm.matrix", "crm.segment.filter.mixin"]

    _matrix_res_model = "crm.customer.cost"

    @api.model
    def _check_matrix_access(self):
        if not self.env["crm.customer.cost"].has_access("read"):
            raise AccessError(self._get_reader_error())

    @api.model
    def _get_filters(self):
        return [
            self._get_grain_filter(),
            self._get_segment_filter(),
        ]

    @api.model
    def _get_starts(self, values):
        """Return the first days of the periods shown, the running one last."""
        grain = values["grain"]
        today = self.env["crm.sale.fact"]._get_today(self.env.company)
        current = cohort.period_start(today, grain)
        return [
            cohort.shift(current, -back, grain)
            for back in range(LENGTHS[grain] - 1, -1, -1)
        ]

    @api.model
    def _get_axes(self, values):
        labels = {
            "win": (
                self.env._("To win one"),
                self.env._("Costs up to the first purchase, by new customers"),
            ),
            "keep": (
                self.env._("To keep one"),
                self.env._("Costs after the first purchase, by customers who bought"),
            ),
        }
        return (
            [
                {
                    "key": fields.Date.to_string(start),
                    "label": cohort.label(start, values["grain"]),
                }
                for start in self._get_starts(values)
            ],
            [
                {"key": phase, "label": labels[phase][0], "hint": labels[phase][1]}
                for phase in PHASES
            ],
        )

    @api.model
    def _get_matrix(self, values):
        figures, moment = self._get_figures(values)
        payload = {
            "title": self.env._("Cost to Win and to Keep a Customer"),
            "definition": self._get_definition(),
            "row_title": self.env._("Period"),
            "column_title": self.env._("Cost"),
            "measures": self._get_measures(),
        }
        if moment:
            payload["computed_at"] = moment
        if not any(cost or customers for cost, customers in figures.values()):
            return {**payload, "empty": self._get_empty_state()}
        text = fields.Date.to_string
        return {
            **payload,
            "cells": {
                self._cell_key(text(start), phase): self._get_cell(*pair)
                for (start, phase), pair in figures.items()
                if any(pair)
            },
            "row_totals": {
                text(start): self._get_sum(figures, lambda key, s=start: key[0] == s)
                for start in self._get_starts(values)
            },
            "column_totals": {
                phase: self._get_sum(figures, lambda key, p=phase: key[1] == p)
                for phase in PHASES
            },
            "total": self._get_sum(figures, lambda _key: True),
        }

    @api.model
    def _get_cell(self, cost, customers):
        return {
            "each": cohort.ratio(cost, customers),
            "cost": cost,
            "customers": customers,
        }

    @api.model
    def _get_sum(self, figures, is_meant):
        pairs = [pair for key, pair in figures.items() if is_meant(key)]
        return self._get_cell(sum(p[0] for p in pairs), sum(p[1] for p in pairs))

    @api.model
    def _get_figures(self, values):
        """Return ``{(start, phase): (cost, customers)}`` and when worked out.

        New customers are the cohort of the period; those kept are customers of an
        earlier one who bought in it.
        """
        company, grain = self.env.company, values["grain"]
        starts = self._get_starts(values)
        figures = {(start, phase): [0.0, 0] for start in starts for phase in PHASES}
        rows = self.env["crm.customer.cost"]._read_group(
            self._get_cell_domain(values, None, None),
            [f"date:{grain}", "phase"],
            ["amount:sum"],
        )
        for start, phase, amount in rows:
            figures[start, phase][0] += amount
        rows, moment = self.env["crm.cohort"]._read(
            company, grain, self._get_segment(values)
        )
        for start, step, customers, *_others in rows:
            key = cohort.shift(start, step, grain), "keep" if step else "win"
            if key in figures:
                figures[key][1] += customers
        moment = self._get_refresh_moment() or moment
        return {key: tuple(pair) for key, pair in figures.items()}, moment

    @api.model
    def _get_refresh_moment(self):
        """Return when the costs were worked out: by the last full refresh."""
        kept = self.env["crm.cohort"].sudo()  # style: CRM109 a moment alone
        row = kept.search([("company_id", "=", self.env.company.id)], limit=1)
        return row.date_refresh

    @api.model
    def _get_definition(self):
        return self.env._(
            "To win one: what was spent up to the first purchase on those who became "
            "customers in the period, by their number. To keep one: what was spent in "
            "the period on customers of earlier periods, by the number of those who "
            "bought in it. What was spent on people who have not bought yet is in "
            "neither; it is in the list of costs. %s",
            self.env["crm.customer.cost"]._get_source_text(),
        )

    @api.model
    def _get_measures(self):
        currency_id = self.env.company.currency_id.id
        return [
            {
                "key": "each",
                "label": self.env._("Cost per customer"),
                "type": "monetary",
                "currency_id": currency_id,
            },
            {
                "key": "cost",
                "label": self.env._("Cost"),
                "type": "monetary",
                "currency_id": currency_id,
            },
            {"key": "customers", "label": self.env._("Customers"), "type": "integer"},
        ]

    @api.model
    def _get_empty_state(self):
        return {
            "title": self.env._("No costs and no customers yet"),
            "text": self.env._(
                "Costs come from sales activities that are done and from discounts on "
                "confirmed orders, with each full refresh of the scorecards. Give the "
                "kinds of sales activities a cost, or choose another segment."
            ),
            "action": "crm_analytics.crm_customer_cost_action",
            "action_label": self.env._("Open the costs"),
        }

    @api.model
    def _get_cell_records(self, values, row_key, column_key, measure):
        if measure != "customers":
            return super()._get_cell_records(values, row_key, column_key, measure)
        domain = self._get_buyer_domain(values, row_key, column_key)
        return "crm.customer.scorecard", domain

    @api.model
    def _get_buyer_domain(self, values, row_key, column_key):
        """Return the scorecards of those who bought first, or again, in the periods."""
        found = Domain.FALSE
        for start in self._get_starts(values):
            if row_key not in (None, fields.Date.to_string(start)):
                continue
            end = cohort.period_end(start, values["grain"])
            bought = Domain("purchase_period", "=", f"{start}|{end}")
            if column_key == "win":
                bought = Domain("first_order_date", ">=", start) & Domain(
                    "first_order_date", "<=", end
                )
            elif column_key == "keep":
                bought &= Domain("first_order_date", "<", start)
            found |= bought
        domain = Domain("company_id", "=", self.env.company.id) & found
        segment = self._get_segment(values)
        if segment:
            domain &= Domain("partner_id.segment_ids", "in", segment.ids)
        return domain

    @api.model
    def _get_cell_domain(self, values, row_key, column_key):
        grain = values["grain"]
        starts = self._get_starts(values)
        first, last = starts[0], starts[-1]
        if row_key is not None:
            first = last = fields.Date.to_date(row_key)
        phases = PHASES if column_key is None else [column_key]
        domain = (
            Domain("company_id", "=", self.env.company.id)
            & Domain("date", ">=", first)
            & Domain("date", "<=", cohort.period_end(last, grain))
            & Domain("phase", "in", list(phases))
        )
        segment = self._get_segment(values)
        if segment:
            domain &= Domain("partner_id.segment_ids", "in", segment.ids)
        return domain
