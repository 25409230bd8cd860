from odoo import fields, models

from ..seven_p.seven_p_fields import Score
from .crm_churn_factor import SIGNS


class CrmScorecardPersistency(models.Model):
    """How much speaks for a customer's leaving, and what above all."""

    _inherit = "crm.scorecard.persistency"

    churn_score = Score(
        "Churn tendency",
        readonly=True,
        help="From 0 to 100: how much speaks for the customer leaving. The weighted"
        " mean of the"
        " signs that are known; the back-test tells what such a score is worth.",
    )
    churn_reason = fields.Selection(
        SIGNS, "Main Sign", readonly=True, help="The sign that adds most to the score."
    )
    churn_reason_2 = fields.Selection(
        SIGNS, "And", readonly=True, help="The sign that adds second most."
    )
