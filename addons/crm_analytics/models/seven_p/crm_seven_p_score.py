from odoo import api, fields, models

from .seven_p_fields import Points, Score


class CrmSevenPScoreMixin(models.AbstractModel):
    """The scores that today and a month end have in common."""

    _name = "crm.seven.p.score.mixin"
    _description = "7 P Scores"

    profiling_score = Score("Profiling", readonly=True)
    persistency_score = Score("Persistency", readonly=True)
    profitability_score = Score("Profitability", readonly=True)
    performance_score = Score("Performance", readonly=True)
    prospecting_score = Score("Prospecting", readonly=True)
    product_score = Score("Product", readonly=True)
    promotion_score = Score("Promotion", readonly=True)
    total_score = Score("Total", readonly=True)


class CrmSevenPScore(models.Model):
    """The scores of one customer in the 7 P, for one company."""

    _name = "crm.seven.p.score"
    _description = "7 P Score"
    _inherit = ["crm.scorecard.part", "crm.seven.p.score.mixin"]
    _order = "total_score desc, id"

    points = Points(readonly=True)
    score_date = fields.Date("Scored as of", readonly=True)
    previous_date = fields.Date("Last month end", readonly=True)
    previous_profiling_score = Score(readonly=True)
    previous_persistency_score = Score(readonly=True)
    previous_profitability_score = Score(readonly=True)
    previous_performance_score = Score(readonly=True)
    previous_prospecting_score = Score(readonly=True)
    previous_product_score = Score(readonly=True)
    previous_promotion_score = Score(readonly=True)
    previous_total_score = Score(readonly=True)

    @api.model
    def _explain(self, part):
        """Return how the score of ``part`` came about, for one customer.

        A dict: part, label, score, previous_score, previous_date, as_of, start
        (data window), factors (list of dicts: name, code, column, unit, value,
        points, previous_points, weight, contribution, description, state), sources
        (labels had) and lacking (list of ``(label, what would bring it)``).
        """
        raise NotImplementedError
