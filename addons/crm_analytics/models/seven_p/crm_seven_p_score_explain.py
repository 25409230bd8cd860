from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import seven_p


class CrmSevenPScore(models.Model):
    """How a score came about."""

    _inherit = "crm.seven.p.score"

    explanation = fields.Html(compute="_compute_explanation", sanitize=False)

    @api.depends("points", "score_date")
    def _compute_explanation(self):
        for score in self:
            parts = [score._explain(part) for part in seven_p.PARTS]
            score.explanation = self.env["ir.qweb"]._render(
                "crm_analytics.seven_p_explanation",
                {
                    "score": score,
                    "parts": parts,
                    "total": score._explain_total(),
                    "as_text": score._get_value_text,
                },
            )

    def _explain(self, part):
        """Return how the score of ``part`` came about, for one customer.

        A dict: part, label, score, previous_score (both None where nothing is known),
        previous_date, as_of and start (the data window), weight (of the part in the
        total), factors (in their order), sources (labels of those had) and lacking
        (``(label, what would bring it)`` of those that are not).

        A factor is a dict: name, code, column, unit, kind (type of the field, None if
        nothing fills it), value (a number, None if unknown; a date as the days since),
        points, previous_points, weight, contribution (to the score of the part, so
        that they add up to it but for rounding), zero, full, window (of when the
        figure is, if not of the 12 months) and description. ``is_stale``: the rules
        are newer than the points, so the contributions may not add up.
        """
        self.ensure_one()
        company = self.company_id
        policy = self.env["crm.rfm.policy"]._ensure(company)
        registry = self.env["crm.scorecard.source"]
        had, lacking = registry._get_sources_of(part)
        factors = self.env["crm.scorecard.factor"]._ensure(company)
        factors = factors.filtered(lambda factor: factor.part == part)
        engine = self.env["crm.scorecard.part.engine"]
        today = self.env["crm.sale.fact"]._get_today(company)
        window = engine._get_window(company, self.score_date or today)
        previous = self._get_previous()
        labels = dict(self.env["crm.scorecard.part"]._selection_part())
        return {
            "part": part,
            "label": labels[part],
            "score": self._get_known(f"{part}_score"),
            "previous_score": previous and previous._get_known(f"{part}_score"),
            "previous_date": self.previous_date,
            "as_of": window.as_of,
            "start": window.start,
            "weight": policy[f"{part}_weight"],
            "is_stale": policy.is_part_stale,
            "factors": self._explain_factors(part, factors, window, previous),
            "sources": [source.label for source in had],
            "lacking": [(source.label, source.lacking) for source in lacking],
        }

    def _explain_total(self):
        """Return how the total came about: ``label, score, previous_score,
        previous_date, as_of, start, is_stale`` and ``parts``, each with its label,
        score, previous_score, weight and contribution, which add up to the total but
        for rounding.
        """
        self.ensure_one()
        policy = self.env["crm.rfm.policy"]._ensure(self.company_id)
        weights = policy._get_part_weights()
        previous = self._get_previous()
        scores = {part: self._get_known(f"{part}_score") for part in weights}
        known = sum(
            weights[part] for part, score in scores.items() if score is not None
        )
        labels = dict(self.env["crm.scorecard.part"]._selection_part())
        return {
            "label": self.env._("Total"),
            "score": self._get_known("total_score"),
            "previous_score": previous and previous._get_known("total_score"),
            "previous_date": self.previous_date,
            "as_of": self.score_date,
            "start": False,
            "is_stale": policy.is_part_stale,
            "parts": [
                {
                    "label": labels[part],
                    "score": score,
                    "previous_score": previous and previous._get_known(f"{part}_score"),
                    "weight": weights[part],
                    "contribution": None
                    if score is None or not known
                    else score * weights[part] / known,
                }
                for part, score in scores.items()
            ],
        }

    def _get_known(self, name):
        """Return a score, None where nothing is known."""
        value = self[name]
        return None if value is False else value

    def _get_previous(self):
        """Return the scores of the last month end, None if there are none."""
        if not self.previous_date:
            return None
        history = self.env["crm.seven.p.score.history"]
        return history._get_at(self.partner_id, self.company_id, self.previous_date)

    def _explain_factors(self, part, factors, window, previous):
        """Return one dict per factor, see :meth:`_explain`."""
        values = self._read_values(part, factors._get_usable(), window)
        points = self._get_points()
        former = previous._get_points() if previous else {}
        known = sum(f.weight for f in factors if points.get(f.slot) is not None)
        registry = self.env["crm.scorecard.source"]
        lines = []
        for factor in factors:
            worth = points.get(factor.slot)
            field = factor._get_field()
            lines.append(
                {
                    "name": factor.name,
                    "code": factor.code,
                    "column": factor.column,
                    "unit": factor.unit or "",
                    "kind": field and field.type,
                    "value": values.get(factor.column),
                    "points": worth,
                    "previous_points": former.get(factor.slot),
                    "weight": factor.weight,
                    "contribution": None
                    if worth is None or not known
                    else worth * factor.weight / known,
                    "zero": factor.value_zero,
                    "full": factor.value_full,
                    "window": registry._get_window_text(part, factor.column),
                    "description": factor.description or "",
                }
            )
        return lines

    def _get_points(self):
        """Return ``{slot: points}``, None for what is not known."""
        return dict(enumerate(self.points or (), start=1))

    def _read_values(self, part, factors, window):
        """Return ``{column: number}`` of the part's row; a date as the days since."""
        if not factors:
            return {}
        model = self.env["crm.scorecard.part"]._get_part_model(part)
        self.check_access("read")
        rows = self.env.execute_query_dict(
            SQL(
                "SELECT %s FROM %s t WHERE t.partner_id = %s AND t.company_id = %s",
                SQL(", ").join(
                    SQL(
                        "%s AS %s",
                        factor._value_sql(window, SQL("t")),
                        SQL.identifier(factor.column),
                    )
                    for factor in factors
                ),
                SQL.identifier(model._table),
                self.partner_id.id,
                self.company_id.id,
            )
        )
        return rows[0] if rows else {}

    def _get_value_text(self, line):
        """Return the value of an explained factor in words."""
        value = line["value"]
        if value is None:
            return self.env._("not known")
        if line["kind"] == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if line["kind"] == "monetary":
            return self.currency_id.format(value)
        number = self.env["ir.qweb.field.float"].value_to_html(
            value, {"precision": 0 if value == int(value) else 2}
        )
        return f"{number} {line['unit']}".strip()
