from odoo import fields, models

from ...tools.credit import GRADES
from ..seven_p.known_float import KnownMonetary
from ..seven_p.seven_p_fields import Score


class CrmScorecardPerformance(models.Model):
    """How far the customer can be trusted: the credit assessment in force."""

    _inherit = "crm.scorecard.performance"

    credit_score = Score(
        readonly=True, help="Score of the credit assessment in force, 0 to 100."
    )
    risk_grade = fields.Selection(
        [(grade, grade) for grade in GRADES],
        readonly=True,
        help="Grade of the credit assessment in force: A is safest, E riskiest.",
    )
    credit_limit_proposed = KnownMonetary(
        readonly=True, help="Limit that the credit assessment in force proposes."
    )
