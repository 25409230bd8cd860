from odoo import api, models
from odoo.tools import SQL


class CrmRatioMixin(models.AbstractModel):
    """Ratios and means of a report that stay right however it is grouped.

    The mean of rows is no mean of complaints where a complaint has several rows, and
    the mean of rates is no rate. A report says what is meant:

    - ``_means``: ``{field: weight}``; its mean counts each row by its weight;
    - ``_ratios``: ``{field: (numerator, denominator, factor)}``; of a group, the sum
      of the one by the sum of the other.

    Both hold for the aggregate ``avg``; rows without a figure (NULL) do not count.
    """

    _name = "crm.ratio.mixin"
    _description = "Ratios of a Report"
    _inherit = ["crm.screen.read.mixin"]

    _means = {}
    _ratios = {}

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        name, _colon, function = aggregate_spec.partition(":")
        if function == "avg" and name in self._means:
            weight = self._field_to_sql(self._table, self._means[name], query)
            figure = self._field_to_sql(self._table, name, query)
            return SQL(
                "SUM(%(figure)s * %(weight)s)"
                " / NULLIF(SUM(%(weight)s) FILTER (WHERE %(figure)s IS NOT NULL), 0)",
                figure=figure,
                weight=weight,
            )
        if function == "avg" and name in self._ratios:
            above, below, factor = self._ratios[name]
            return SQL(
                "%s * SUM(%s) / NULLIF(SUM(%s), 0)::float8",
                factor,
                self._field_to_sql(self._table, above, query),
                self._field_to_sql(self._table, below, query),
            )
        return super()._read_group_select(aggregate_spec, query)
