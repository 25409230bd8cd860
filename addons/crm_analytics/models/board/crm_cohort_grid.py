from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...tools import cohort

#: Cohorts and steps that a screen shows
LENGTHS = {"month": 24, "quarter": 12}


class CrmCohortGrid(models.AbstractModel):
    """Retention: cohorts of the first purchase by the periods since."""

    _name = "crm.cohort.grid"
    _description = "Retention Cohorts"
    _inherit = ["crm.matrix", "crm.segment.filter.mixin"]

    _matrix_res_model = "crm.customer.scorecard"
    _matrix_active_test = False

    @api.model
    def _check_matrix_access(self):
        if not self.env["crm.customer.scorecard"].has_access("read"):
            raise AccessError(self._get_reader_error())

    @api.model
    def _get_filters(self):
        return [
            self._get_grain_filter(),
            self._get_segment_filter(),
        ]

    @api.model
    @api.readonly
    def get_matrix(self, params=None):
        """Read the cohorts once for axes and cells."""
        grid = self.with_context(crm_analytics_cohorts={})
        return super(CrmCohortGrid, grid).get_matrix(params)

    @api.model
    def _read(self, values):
        """Return ``{(cohort, step): (customers, revenue)}`` and when worked out.

        Of the cohorts of the last periods; read once for one answer.
        """
        kept = self.env.context.get("crm_analytics_cohorts")
        if kept:
            return kept["rows"], kept["moment"]
        grain = values["grain"]
        rows, moment = self.env["crm.cohort"]._read(
            self.env.company, grain, self._get_segment(values)
        )
        current = self._get_current(grain)
        since = cohort.shift(current, 1 - LENGTHS[grain], grain)
        # what was kept may be of a later day than the one that is looked at
        cells = {
            (start, step): (customers, revenue)
            for start, step, customers, _orders, revenue in rows
            if start >= since and cohort.shift(start, step, grain) <= current
        }
        if kept is not None:
            kept.update(rows=cells, moment=moment)
        return cells, moment

    @api.model
    def _get_axes(self, values):
        grain = values["grain"]
        cells, _moment = self._read(values)
        sizes = {start: value[0] for (start, step), value in cells.items() if not step}
        current = self._get_current(grain)
        ages = [cohort.steps_between(start, current, grain) for start in sizes]
        return (
            [
                {
                    "key": fields.Date.to_string(start),
                    "label": cohort.label(start, grain),
                    "hint": self.env._("%s customers bought first", sizes[start]),
                }
                for start in sorted(sizes)
            ],
            [
                {
                    "key": str(step),
                    "label": f"+{step}" if step else self.env._("First"),
                    "hint": self._get_step_hint(step, grain),
                }
                for step in range(max(ages, default=-1) + 1)
            ],
        )

    @api.model
    def _get_current(self, grain):
        today = self.env["crm.sale.fact"]._get_today(self.env.company)
        return cohort.period_start(today, grain)

    @api.model
    def _get_step_hint(self, step, grain):
        if not step:
            return self.env._("The period of the first purchase")
        if grain == "month":
            return self.env._("%s months after that of the first purchase", step)
        return self.env._("%s quarters after that of the first purchase", step)

    @api.model
    def _get_matrix(self, values):
        cells, moment = self._read(values)
        grain = values["grain"]
        payload = {
            "title": self.env._("Retention Cohorts"),
            "definition": self._get_definition(),
            "row_title": self.env._("First purchase in"),
            "column_title": self.env._("Periods since the first purchase"),
            "measures": self._get_measures(),
        }
        if moment:
            payload["computed_at"] = moment
        if not cells:
            return {**payload, "empty": self._get_empty_state()}
        found = cohort.summarise(cells, grain, self._get_current(grain))
        text = fields.Date.to_string
        return {
            **payload,
            "cells": {
                self._cell_key(text(start), step): figures
                for (start, step), figures in found["cells"].items()
            },
            "row_totals": {text(s): figures for s, figures in found["rows"].items()},
            "column_totals": {str(n): figures for n, figures in found["steps"].items()},
            "total": found["total"],
        }

    @api.model
    def _get_definition(self):
        return self.env._(
            "Customers by the period of their first purchase, and how many of them "
            "bought in each period since. Retention: customers with a purchase in the "
            "period by the customers of the cohort. Revenue kept: revenue of the "
            "period by that of the cohort's first period, less credit notes. The "
            "running period is not over yet. Totals at the bottom are of the cohorts "
            "that are old enough; those on the right are the mean of the periods after "
            "the first. Archived customers count."
        )

    @api.model
    def _get_measures(self):
        return [
            {"key": "retention", "label": self.env._("Retention"), "type": "percent"},
            {"key": "customers", "label": self.env._("Customers"), "type": "integer"},
            {"key": "kept", "label": self.env._("Revenue kept"), "type": "percent"},
            {
                "key": "revenue",
                "label": self.env._("Revenue"),
                "type": "monetary",
                "currency_id": self.env.company.currency_id.id,
            },
        ]

    @api.model
    def _get_empty_state(self):
        return {
            "title": self.env._("No cohorts yet"),
            "text": self.env._(
                "Cohorts come from confirmed sales orders and are worked out with each "
                "full refresh of the scorecards. Refresh the scores, or choose another "
                "segment."
            ),
            "action": "crm_analytics.crm_customer_scorecard_action",
            "action_label": self.env._("Open the scorecards"),
        }

    @api.model
    def _get_cell_records(self, values, row_key, column_key, measure):
        if measure not in ("kept", "revenue"):
            return super()._get_cell_records(values, row_key, column_key, measure)
        domain = self._get_revenue_domain(values, row_key, column_key)
        return "crm.sale.movement", domain

    @api.model
    def _get_wanted(self, values, row_key):
        """Return the first days of the cohorts of a row, of all rows if None."""
        starts, _steps = self._get_axes(values)
        return [
            fields.Date.to_date(start["key"])
            for start in starts
            if row_key in (None, start["key"])
        ]

    @api.model
    def _get_revenue_domain(self, values, row_key, column_key):
        """Return the purchases and refunds that make up the revenue of a cell."""
        grain = values["grain"]
        movements, company = self.env["crm.sale.movement"], self.env.company
        found = Domain.FALSE
        for start in self._get_wanted(values, row_key):
            begin, last = start, self._get_current(grain)
            if column_key is not None:
                begin = last = cohort.shift(start, int(column_key), grain)
            end = cohort.period_end(last, grain)
            span = f"{start}|{cohort.period_end(start, grain)}"
            moved = Domain(movements._get_period_domain(company, begin, end))
            found |= moved & Domain("first_purchase_period", "=", span)
        segment = self._get_segment(values)
        if segment:
            found &= Domain("customer_id.segment_ids", "in", segment.ids)
        return found

    @api.model
    def _get_cell_domain(self, values, row_key, column_key):
        grain = values["grain"]
        cells = Domain.FALSE
        for start in self._get_wanted(values, row_key):
            first = Domain("first_order_date", ">=", start) & Domain(
                "first_order_date", "<=", cohort.period_end(start, grain)
            )
            if column_key not in (None, "0"):
                begin = cohort.shift(start, int(column_key), grain)
                end = cohort.period_end(begin, grain)
                first &= Domain("purchase_period", "=", f"{begin}|{end}")
            cells |= first
        domain = Domain("company_id", "=", self.env.company.id) & cells
        segment = self._get_segment(values)
        if segment:
            domain &= Domain("partner_id.segment_ids", "in", segment.ids)
        return domain
