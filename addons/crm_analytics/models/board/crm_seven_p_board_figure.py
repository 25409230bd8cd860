from odoo import api, fields, models

from odoo.addons.crm_service.tools import page_blocks as blocks

from ...tools.seven_p import PARTS

#: The key figures of each P, in the order of the screen. A column that the part does
#: not have is left out, so another add-on may name its own here by overriding
#: ``_get_figure_columns``.
FIGURES = {
    "profiling": (
        "completeness",
        "role_count",
        "segment_count",
        "contact_count",
        "source_id",
        "first_contact_date",
    ),
    "persistency": (
        "churn_score",
        "churn_reason",
        "churn_reason_2",
        "customer_since",
        "recent_order_count",
        "former_order_count",
        "recent_revenue",
        "former_revenue",
        "revenue_trend",
        "regularity",
        "active_month_count",
        "peak_month",
        "peak_weekday",
        "supply_share",
        "supply_share_date",
    ),
    "profitability": (
        "abc_class",
        "spending_tier",
        "invoiced_revenue",
        "gross_margin",
        "discount_amount",
        "delivery_cost",
        "complaint_cost",
        "activity_cost",
        "contribution",
        "contribution_share",
        "value_creation_rate",
    ),
    "performance": (
        "risk_grade",
        "credit_score",
        "credit_limit_proposed",
        "days_to_pay",
        "days_sales_outstanding",
        "late_share",
        "overdue_amount",
        "delivery_count",
        "on_time_rate",
        "days_late_mean",
        "category_count",
        "top_category_id",
        "place_count",
        "top_team_id",
        "top_medium_id",
    ),
    "prospecting": (
        "lifetime_value",
        "expected_orders",
        "expected_revenue",
        "probability_alive",
        "pipeline_amount",
        "pipeline_weighted",
        "potential_amount",
        "potential_gap",
    ),
    "product": (
        "next_category_id",
        "top_product_id",
        "product_count",
        "mix_concentration",
        "white_space_count",
        "liking_score",
        "complaint_rate",
        "opinion_count",
    ),
    "promotion": (
        "contact_count",
        "response_count",
        "response_rate",
        "conversion_count",
        "discount_share",
        "discount_sensitivity",
        "mailing_open_count",
        "mailing_click_count",
    ),
}


class CrmSevenPBoard(models.AbstractModel):
    """The key figures of each P, each with its unit, meaning and records behind it."""

    _inherit = "crm.seven.p.board"

    @api.model
    def _get_figure_columns(self):
        """Return ``{part: [columns]}`` as far as there are any that one may read."""
        return {
            part: [name for name in FIGURES[part] if self._may_read(part, name)]
            for part in PARTS
        }

    @api.model
    def _may_read(self, part, name):
        model = self._get_part(part)
        field = model._fields.get(name)
        return bool(field) and model._has_field_access(field, "read")

    @api.model
    def _get_part(self, part):
        return self.env["crm.scorecard.part"]._get_part_model(part)

    @api.model
    def _get_figures(self, asked):
        """Return ``{part: figures}`` as ``crm_service.PageFigures`` shows them."""
        if asked.kind == "customer":
            return {
                part: self._get_customer_figures(asked, part, columns)
                for part, columns in self._get_figure_columns().items()
            }
        totals = self._get_totals(asked)
        return {
            part: [
                self._get_total_figure(asked, part, name, *totals[f"{part}.{name}"])
                for name in columns
                if f"{part}.{name}" in totals
            ]
            for part, columns in self._get_figure_columns().items()
        }

    @api.model
    def _get_customer_figures(self, asked, part, columns):
        row = self._get_part(part).search(asked.domain, limit=1)
        if not row:
            return []
        cells = {name: self._get_cell(asked, row, name) for name in columns}
        return [
            self._make_figure(asked, part, name, cell)
            for name, cell in cells.items()
            if cell["value"] is not False
        ]

    @api.model
    def _get_cell(self, asked, row, name):
        """Return the value of a column as the page shows it."""
        field, value = row._fields[name], row[name]
        if field.type == "monetary":
            currency_id = asked.company.currency_id.id
            return blocks.cell(value, "monetary", currency_id=currency_id)
        if field.type == "many2one":
            return blocks.cell(value.sudo().display_name or None)  # style: CRM109 name
        if field.type == "selection":
            labels = dict(field._description_selection(self.env))
            return blocks.cell(labels.get(value))
        if field.type == "boolean":
            return blocks.cell(self.env._("Yes") if value else self.env._("No"))
        if field.type == "date":
            return blocks.cell(fields.Date.to_string(value) or None, "date")
        return self._get_number(field, value)

    @api.model
    def _get_number(self, field, value):
        if value is False or value is None:
            return blocks.cell(None)
        if "(%)" in field.string:
            return blocks.cell(round(value, 1), "percent")
        if field.type == "integer" and float(value).is_integer():
            return blocks.cell(int(value), "integer")
        if field.type in ("integer", "float"):
            return blocks.cell(round(value, 2), "float")
        return blocks.cell(value)

    @api.model
    def _get_total_figure(self, asked, part, name, figure, count):
        """Return what many customers have together, or on average."""
        field = self._get_part(part)._fields[name]
        if field.type != "monetary":
            cell = self._get_number(field, figure)
            return self._make_figure(
                asked, part, name, {**cell, "note": self.env._("on average")}
            )
        currency_id = asked.company.currency_id.id
        mean = blocks.cell(
            figure / count if count else 0, "monetary", currency_id=currency_id
        )
        cell = blocks.cell(figure, "monetary", currency_id=currency_id)
        return self._make_figure(asked, part, name, {**cell, "note": mean})

    @api.model
    def _make_figure(self, asked, part, name, cell):
        field = self._get_part(part)._fields[name]
        label = field._description_string(self.env).replace("(%)", "").strip()
        return blocks.figure(
            name,
            label,
            cell,
            hint=field._description_help(self.env) or label,
            drill=self._get_drill_name(asked, part, name),
        )

    # --- EXPLANATION

    @api.model
    def _show_explanation(self, score, part):
        """Return an explanation as the screen and the print write it."""
        found = score._explain(part)
        day = fields.Date.to_string
        return {
            **{key: found[key] for key in ("label", "score", "previous_score")},
            "previous_date": day(found["previous_date"]) or False,
            "start": day(found["start"]) or False,
            "as_of": day(found["as_of"]) or False,
            "factors": [
                {
                    "name": line["name"],
                    "description": line["description"],
                    "value": score._get_value_text(line),
                    "points": line["points"],
                    "previous_points": line["previous_points"],
                    "weight": line["weight"],
                    "contribution": self._round(line["contribution"]),
                }
                for line in found["factors"]
            ],
            "sources": list(found["sources"]),
            "lacking": [": ".join(filter(None, pair)) for pair in found["lacking"]],
            "text": False,
        }

    @api.model
    def _round(self, number):
        return None if number is None else round(number, 1)

    @api.model
    def _explain_mean(self, asked, part):
        """Return how the score of many customers is made: a mean, by these factors."""
        factors = self.env["crm.scorecard.factor"].search(
            [("company_id", "=", asked.company.id), ("part", "=", part)]
        )
        labels = dict(self.env["crm.scorecard.part"]._selection_part())
        return {
            "label": labels[part],
            "score": None,
            "previous_score": None,
            "previous_date": False,
            "start": False,
            "as_of": fields.Date.to_string(asked.as_of),
            "factors": [
                {
                    "name": factor.name,
                    "description": factor.description or "",
                    "value": "",
                    "points": None,
                    "previous_points": None,
                    "weight": factor.weight,
                    "contribution": None,
                }
                for factor in factors
            ],
            "sources": [],
            "lacking": [],
            "text": self.env._(
                "The mean of the scores of the customers whom you may see. Open the "
                "board of a customer to see how his score came about."
            ),
        }
