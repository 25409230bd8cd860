from odoo import models

from ...tools.seven_p import PARTS
from .seven_p_fields import Score

#: The columns of the scores, the total last
SCORES = (*(f"{part}_score" for part in PARTS), "total_score")


class CrmSevenPScoreMixin(models.AbstractModel):
    """The scores that today and a month end have in common."""

    _name = "crm.seven.p.score.mixin"
    _description = "7 P Scores"

    profiling_score = Score("Profiling", readonly=True, aggregator="avg")
    persistency_score = Score("Persistency", readonly=True, aggregator="avg")
    profitability_score = Score("Profitability", readonly=True, aggregator="avg")
    performance_score = Score("Performance", readonly=True, aggregator="avg")
    prospecting_score = Score("Prospecting", readonly=True, aggregator="avg")
    product_score = Score("Product", readonly=True, aggregator="avg")
    promotion_score = Score("Promotion", readonly=True, aggregator="avg")
    total_score = Score(
        "Total",
        readonly=True,
        aggregator="avg",
        help="Mean of the scores of the parts by their weights; parts of which nothing"
        " is known do not count.",
    )
