from odoo import api, fields, models

from odoo.addons.crm_service.tools import page_blocks as blocks

from ...tools.seven_p import PARTS

#: The key figures of each P, in the order of the screen: a column of the part, or
#: ``table.column`` where another part or the core ``card`` has it. Columns that an app
#: brings which is not there are left out; another add-on names its own by overriding
#: ``_get_figure_names``.
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
        "is_retained",
        "recent_order_count",
        "former_order_count",
        "recent_revenue",
        "former_revenue",
        "revenue_trend",
        "regularity",
        "card.interval_mean",
        "card.next_order_date",
        "active_month_count",
        "peak_month",
        "peak_share",
        "peak_weekday",
        "supply_share",
        "supply_share_date",
    ),
    "profitability": (
        "abc_class",
        "spending_tier",
        "invoiced_revenue",
        "card.average_order",
        "gross_margin",
        "uncosted_share",
        "discount_amount",
        "delivery_cost",
        "complaint_cost",
        "activity_cost",
        "counted_cost",
        "cost_to_serve",
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
        "paid_amount",
        "open_amount",
        "overdue_amount",
        "delivery_count",
        "on_time_rate",
        "days_late_mean",
        "category_count",
        "top_category_id",
        "place_count",
        "team_count",
        "medium_count",
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
        "top_liking",
        "product_count",
        "mix_concentration",
        "white_space_count",
        "complaint_count",
        "complaint_rate",
        "opinion_count",
    ),
    "promotion": (
        "contact_count",
        "response_count",
        "response_rate",
        "profitability.activity_cost",
        "campaign_lead_count",
        "conversion_count",
        "campaign_revenue",
        "discount_share",
        "discount_sensitivity",
        "mailing_sent_count",
        "mailing_open_count",
        "mailing_click_count",
    ),
}
#: The table of the figures that no part has
CARD = "card"


class CrmSevenPBoard(models.AbstractModel):
    """The key figures of each P, each with its unit, meaning and records behind it."""

    _inherit = "crm.seven.p.board"

    @api.model
    def _get_figure_names(self):
        """Return ``{part: names}`` as ``FIGURES`` has them, and all costs."""
        names = list(FIGURES["profitability"])
        costs = self.env["crm.scorecard.source"]._get_cost_signs()
        place = names.index("cost_to_serve")
        names[place:place] = [cost for cost in costs if cost not in names]
        return {**FIGURES, "profitability": tuple(names)}

    @api.model
    def _get_figure_columns(self):
        """Return ``{part: [(table, column)]}`` of what there is and one may read."""
        names = self._get_figure_names()
        places = {
            part: [self._get_place(part, name) for name in names[part]]
            for part in PARTS
        }
        return {
            part: [place for place in found if self._may_read(*place)]
            for part, found in places.items()
        }

    @api.model
    def _get_place(self, part, name):
        """Return the table and the column of a name in ``FIGURES``."""
        table, _dot, column = name.rpartition(".")
        return table or part, column

    @api.model
    def _may_read(self, table, name):
        model = self._get_part(table)
        field = model._fields.get(name)
        return bool(field) and model._has_field_access(field, "read")

    @api.model
    def _get_part(self, table):
        """Return the model of a part, or of the core scorecards (``card``)."""
        if table == CARD:
            cards = self.env["crm.customer.scorecard"]
            return cards.with_context(active_test=False)
        return self.env["crm.scorecard.part"]._get_part_model(table)

    @api.model
    def _get_figures(self, asked):
        """Return ``{part: figures}`` as ``crm_service.PageFigures`` shows them."""
        columns = self._get_figure_columns()
        if asked.kind == "customer":
            return self._get_customer_figures(asked, columns)
        totals = self._get_totals(asked)
        return {
            part: [
                self._get_total_figure(asked, part, place, *totals[".".join(place)])
                for place in places
                if ".".join(place) in totals
            ]
            for part, places in columns.items()
        }

    @api.model
    def _get_customer_figures(self, asked, columns):
        """Return the figures of a customer, each table read once."""
        tables = {table for places in columns.values() for table, _name in places}
        rows = {
            table: self._get_part(table).search(asked.domain, limit=1)
            for table in sorted(tables)
        }
        offers = self._get_offers(asked.company, asked.record).get(asked.record.id)
        figures = {}
        for part, places in columns.items():
            cells = [
                ((table, name), self._get_cell(asked, rows[table], name))
                for table, name in places
                # 0 on the card is not known, as the interval of one order
                if rows[table] and (table != CARD or rows[table][name])
            ]
            figures[part] = [
                self._make_figure(asked, part, place, cell)
                for place, cell in cells
                if cell["value"] is not False
            ]
        figures["product"] = self._put_offer(asked, figures["product"], offers)
        return figures

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
    def _get_total_figure(self, asked, part, place, figure, count):
        """Return what many customers have together, or on average."""
        table, name = place
        field = self._get_part(table)._fields[name]
        if self._get_aggregator(self._get_part(table), name) != "sum":
            cell = self._get_mean_cell(asked, field, figure)
            return self._make_figure(
                asked, part, place, {**cell, "note": self.env._("on average")}
            )
        currency_id = asked.company.currency_id.id
        mean = blocks.cell(
            figure / count if count else 0, "monetary", currency_id=currency_id
        )
        cell = blocks.cell(figure, "monetary", currency_id=currency_id)
        return self._make_figure(asked, part, place, {**cell, "note": mean})

    @api.model
    def _get_mean_cell(self, asked, field, figure):
        if field.type == "monetary":
            currency_id = asked.company.currency_id.id
            return blocks.cell(figure, "monetary", currency_id=currency_id)
        return self._get_number(field, figure)

    @api.model
    def _make_figure(self, asked, part, place, cell):
        table, name = place
        field = self._get_part(table)._fields[name]
        label = field._description_string(self.env).replace("(%)", "").strip()
        return blocks.figure(
            name,
            label,
            cell,
            hint=field._description_help(self.env) or label,
            drill=self._get_drill_name(asked, table, name),
        )
