from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import churn_periods as churn
from ...tools import cohort

LENGTHS = {"month": 13, "quarter": 8}
#: In these states somebody is a customer whom one can lose
KEPT = ("buying", "loyal")


class CrmChurnGrid(models.AbstractModel):
    """How many customers were lost, and won back, in each period."""

    _name = "crm.churn.grid"
    _description = "Lost and Won Back"
    _inherit = ["crm.matrix", "crm.segment.filter.mixin"]

    _matrix_res_model = "crm.lifecycle.transition"
    _matrix_active_test = False

    @api.model
    def _check_matrix_access(self):
        if not self.env["crm.lifecycle.transition"].has_access("read"):
            raise AccessError(self._get_reader_error())

    @api.model
    def _get_filters(self):
        return self.env["crm.cost.grid"]._get_filters()

    @api.model
    def _get_starts(self, values):
        return self.env["crm.cost.grid"]._get_starts(values)

    @api.model
    def _get_axes(self, values):
        return (
            [
                {
                    "key": fields.Date.to_string(start),
                    "label": cohort.label(start, values["grain"]),
                }
                for start in self._get_starts(values)
            ],
            [
                {
                    "key": "lost",
                    "label": self.env._("Lost"),
                    "hint": self.env._("Became lapsed in the period"),
                },
                {
                    "key": "back",
                    "label": self.env._("Won back"),
                    "hint": self.env._(
                        "Bought again in the period after having lapsed"
                    ),
                },
            ],
        )

    @api.model
    def _get_matrix(self, values):
        rows = self._read(values)
        text = fields.Date.to_string
        payload = {
            "title": self.env._("Lost and Won Back"),
            "definition": self._get_definition(),
            "row_title": self.env._("Period"),
            "column_title": self.env._("Customers"),
            "measures": self._get_measures(),
        }
        refreshed = self._get_refresh_moment()
        if refreshed:
            payload["computed_at"] = refreshed
        if not any(any(figures[1:]) for figures in rows):
            return {**payload, "empty": self._get_empty_state()}
        cells, totals = {}, {}
        for start, kept, lapsed, lost, back in rows:
            cells[self._cell_key(text(start), "lost")] = self._get_cell(lost, kept)
            cells[self._cell_key(text(start), "back")] = self._get_cell(back, lapsed)
            # who came back was lost before: a total of both would say nothing
            totals[text(start)] = self._get_cell(lost - back, kept)
        kept, lapsed, lost, back = (
            sum(row[place] for row in rows) for place in range(1, 5)
        )
        return {
            **payload,
            "column_title": self.env._("Total: lost less won back"),
            "cells": cells,
            "row_totals": totals,
            "column_totals": {
                "lost": self._get_cell(lost, kept),
                "back": self._get_cell(back, lapsed),
            },
            "total": self._get_cell(lost - back, kept),
        }

    @api.model
    def _get_measures(self):
        return [
            {
                "key": "rate",
                "label": self.env._("Rate"),
                "hint": self.env._(
                    "A click lists those whom the rate is of: the customers who "
                    "were there when the period began."
                ),
                "type": "percent",
            },
            {"key": "count", "label": self.env._("Customers"), "type": "integer"},
        ]

    @api.model
    def _get_refresh_moment(self):
        """Return when the states were last worked out."""
        policies = self.env["crm.lifecycle.policy"].sudo()  # style: CRM109 a moment
        policy = policies.search([("company_id", "=", self.env.company.id)], limit=1)
        return policy.date_refresh

    @api.model
    def _get_cell(self, count, base):
        return {"count": count, "rate": cohort.ratio(count, base)}

    @api.model
    def _read(self, values):
        """Return ``(start, kept, lapsed, lost, back)`` of each period, as readable.

        ``kept`` and ``lapsed``: customers in these states when the period began.
        """
        facts = self.env["crm.sale.fact"]
        grain = values["grain"]
        starts = self._get_starts(values)
        bounds = [
            facts._get_utc_bounds(
                self.env.company, start, cohort.period_end(start, grain)
            )
            for start in starts
        ]
        edges = [begin for begin, _end in bounds] + [bounds[-1][1]]
        self.env["crm.screen.read.mixin"]._prepare_planner()
        groups = self.env.execute_query(
            SQL(
                """SELECT WIDTH_BUCKET(date_start, %(edges)s::timestamp[]),
                          WIDTH_BUCKET(date_end, %(edges)s::timestamp[]),
                          state, previous_state, COUNT(*)::int
                     FROM (%(stays)s) stay
                 GROUP BY 1, 2, 3, 4""",
                edges=edges,
                stays=self._get_stays_sql(values),
            )
        )
        return [
            (start, *churn.count_period(place, groups, KEPT))
            for place, start in enumerate(starts, 1)
        ]

    @api.model
    def _get_stays_sql(self, values) -> SQL:
        """Return the stays in the company whom the reader may see."""
        stays = self.env["crm.lifecycle.transition"].with_context(active_test=False)
        stays.flush_model()
        domain = Domain("company_id", "=", self.env.company.id)
        segment = self._get_segment(values)
        if segment:
            domain &= Domain("partner_id.segment_ids", "in", segment.ids)
        query = stays._search(domain)
        names = ("state", "previous_state", "date_start", "date_end")
        return query.subselect(*(SQL.identifier(query.table, name) for name in names))

    @api.model
    def _get_definition(self):
        return self.env._(
            "Lost: customers who became lapsed in the period, by those who were buying "
            "or loyal when it began. Won back: customers who bought again in it after "
            "having lapsed, by those who were lapsed when it began. When somebody "
            "counts as lapsed, the rules of the lifecycle say. The total is lost less "
            "won back; that of all periods is the mean rate."
        )

    @api.model
    def _get_empty_state(self):
        return {
            "title": self.env._("Nobody was lost yet"),
            "text": self.env._(
                "Lost customers come from the lifecycle, which is refreshed every day. "
                "Look at its rules, or choose another segment."
            ),
            "action": "crm_strategy.crm_lifecycle_transition_action",
            "action_label": self.env._("Open the lifecycle"),
        }

    @api.model
    def _get_cell_records(self, values, row_key, column_key, measure):
        if measure != "rate":
            return super()._get_cell_records(values, row_key, column_key, measure)
        return self._matrix_res_model, self._get_base_domain(
            values, row_key, column_key
        )

    @api.model
    def _get_base_domain(self, values, row_key, column_key):
        """Return the stays that the rate is of, as they were when the period began."""
        facts = self.env["crm.sale.fact"]
        found = Domain.FALSE
        for start in self._get_starts(values):
            if row_key in (None, fields.Date.to_string(start)):
                begin = facts._get_day_start(start, self.env.company)
                found |= Domain("date_start", "<", begin) & (
                    Domain("date_end", "=", False) | Domain("date_end", ">=", begin)
                )
        states = [churn.LOST] if column_key == "back" else list(KEPT)
        domain = (
            Domain("company_id", "=", self.env.company.id)
            & Domain("state", "in", states)
            & found
        )
        segment = self._get_segment(values)
        if segment:
            domain &= Domain("partner_id.segment_ids", "in", segment.ids)
        return domain

    @api.model
    def _get_cell_domain(self, values, row_key, column_key):
        facts = self.env["crm.sale.fact"]
        starts = self._get_starts(values)
        first, last = starts[0], starts[-1]
        if row_key is not None:
            first = last = fields.Date.to_date(row_key)
        begin, end = facts._get_utc_bounds(
            self.env.company, first, cohort.period_end(last, values["grain"])
        )
        moves = {
            "lost": Domain("state", "=", "lapsed")
            & Domain("previous_state", "in", list(KEPT)),
            "back": Domain("state", "in", list(KEPT))
            & Domain("previous_state", "=", "lapsed"),
        }
        domain = (
            Domain("company_id", "=", self.env.company.id)
            & Domain("date_start", ">=", begin)
            & Domain("date_start", "<", end)
            & (moves[column_key] if column_key else Domain.OR(moves.values()))
        )
        segment = self._get_segment(values)
        if segment:
            domain &= Domain("partner_id.segment_ids", "in", segment.ids)
        return domain
