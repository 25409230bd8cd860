from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.seven_p import PARTS

TOTAL = "total"
#: A line of an explanation that says nothing yet
LINE = {
    "description": "",
    "value": "",
    "window": "",
    "points": None,
    "previous_points": None,
    "weight": None,
    "contribution": None,
}


class CrmSevenPBoard(models.AbstractModel):
    """How a score came about, as the screen and the print write it.

    A dictionary: ``label, score, previous_score, previous_date, start, as_of`` (the 12
    months), ``factors`` (name and the keys of ``LINE``), ``sources, lacking, text``,
    ``is_stale`` (the rules are newer than the points), and ``tables``: further lists of
    factors with ``label, score, text``, such as the signs of the churn tendency.
    """

    _inherit = "crm.seven.p.board"

    @api.model
    @api.readonly
    def get_explanation(self, scope, part, res_id=False, company_id=False):
        """Return how the score of one P, or the ``total``, came about."""
        if part not in (*PARTS, TOTAL):
            raise UserError(self.env._("There is no such part. Reload the page."))
        asked = self._get_scope(scope, res_id, company_id)
        board = self.with_company(asked.company)
        if asked.kind != "customer":
            if part == TOTAL:
                return board._explain_mean_total(asked)
            return board._explain_mean(asked, part)
        score = board.env["crm.seven.p.score"].search(asked.domain, limit=1)
        if not score:
            return {}
        if part == TOTAL:
            return board._show_total(score)
        return board._show_explanation(score, part)

    # --- A CUSTOMER

    @api.model
    def _show_explanation(self, score, part):
        found = score._explain(part)
        return {
            **self._show_head(found),
            "factors": [self._show_factor(score, line) for line in found["factors"]],
            "sources": list(found["sources"]),
            "lacking": [": ".join(filter(None, pair)) for pair in found["lacking"]],
            "tables": self._show_tables(score, part),
        }

    @api.model
    def _show_head(self, found):
        day = fields.Date.to_string
        return {
            **{key: found[key] for key in ("label", "score", "previous_score")},
            "previous_date": day(found["previous_date"]) or False,
            "start": day(found["start"]) or False,
            "as_of": day(found["as_of"]) or False,
            "is_stale": found["is_stale"],
            "factors": [],
            "sources": [],
            "lacking": [],
            "tables": [],
            "text": False,
        }

    @api.model
    def _show_factor(self, score, line):
        kept = ("name", "description", "window", "points", "previous_points", "weight")
        return {
            **{key: line[key] for key in kept},
            "value": score._get_value_text(line),
            "contribution": self._round(line["contribution"]),
        }

    @api.model
    def _show_tables(self, score, part):
        """Return what else a part explains: how the churn tendency came about."""
        if part != "persistency":
            return []
        found = self.env["crm.churn.engine"]._explain(
            score.partner_id, score.company_id
        )
        if not found:
            return []
        return [
            {
                "name": "churn",
                "label": self.env._("Churn tendency"),
                "score": found["score"],
                "text": found["text"],
                "factors": [
                    {**LINE, **line, "contribution": self._round(line["contribution"])}
                    for line in found["signs"]
                ],
            }
        ]

    @api.model
    def _show_total(self, score):
        """Return the total as the parts, their scores and weights make it."""
        found = score._explain_total()
        return {
            **self._show_head(found),
            "start": False,
            "factors": [
                {
                    **LINE,
                    "name": line["label"],
                    "points": line["score"],
                    "previous_points": line["previous_score"],
                    "weight": line["weight"],
                    "contribution": self._round(line["contribution"]),
                }
                for line in found["parts"]
            ],
        }

    @api.model
    def _round(self, number):
        return None if number is None else round(number, 1)

    # --- MANY CUSTOMERS

    @api.model
    def _explain_mean(self, asked, part):
        """Return how the score of many customers is made: a mean, by these factors."""
        factors = self.env["crm.scorecard.factor"]._ensure(asked.company)
        factors = factors.filtered(lambda factor: factor.part == part)
        registry = self.env["crm.scorecard.source"]
        had, lacking = registry._get_sources_of(part)
        points = dict(enumerate(self._get_mean_points(asked), start=1))
        labels = dict(self.env["crm.scorecard.part"]._selection_part())
        return {
            **self._head_mean(asked, labels[part], f"{part}_score"),
            "factors": [
                {
                    **LINE,
                    "name": factor.name,
                    "description": factor.description or "",
                    "window": registry._get_window_text(part, factor.column),
                    "points": points.get(factor.slot),
                    "weight": factor.weight,
                }
                for factor in factors
            ],
            "sources": [source.label for source in had],
            "lacking": [
                ": ".join(filter(None, (source.label, source.lacking)))
                for source in lacking
            ],
            "text": self.env._(
                "The mean of the scores of the customers whom you may see, and the "
                "mean points of each factor. Open the board of a customer to see how "
                "its score came about."
            ),
        }

    @api.model
    def _explain_mean_total(self, asked):
        means = self._get_scores(asked)[0] or {}
        weights = asked.policy._get_part_weights()
        labels = self.env["crm.scorecard.part"]._selection_part()
        return {
            **self._head_mean(asked, self.env._("Total"), "total_score", means),
            "start": False,
            "factors": [
                {
                    **LINE,
                    "name": label,
                    "points": means.get(f"{part}_score"),
                    "weight": weights[part],
                }
                for part, label in labels
            ],
            "text": self.env._(
                "The mean of the totals of the customers whom you may see. The total "
                "of each is the mean of the scores that it has, by these weights."
            ),
        }

    @api.model
    def _head_mean(self, asked, label, name, means=None):
        if means is None:
            means = self._get_scores(asked)[0] or {}
        window = self.env["crm.scorecard.part.engine"]._get_window(
            asked.company, asked.as_of
        )
        return self._show_head(
            {
                "label": label,
                "score": means.get(name),
                "previous_score": None,
                "previous_date": False,
                "start": window.start,
                "as_of": window.as_of,
                "is_stale": asked.policy.is_part_stale,
            }
        )
