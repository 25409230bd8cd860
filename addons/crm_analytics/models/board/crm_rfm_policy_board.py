from odoo import fields, models

from ...tools import value_grid

SATISFIED, NEUTRAL = (bound for _band, bound in value_grid.BOUNDS)


class CrmRfmPolicy(models.Model):
    """Where the boards of a company draw their lines."""

    _inherit = "crm.rfm.policy"

    leaving_score = fields.Integer(
        "Leaving from churn tendency",
        default=60,
        required=True,
        tracking=True,
        help="A customer whose churn tendency is this or more counts as leaving on the"
        " 7 P boards.",
    )
    satisfied_from = fields.Float(
        "Satisfied from",
        digits=(5, 1),
        default=SATISFIED,
        required=True,
        tracking=True,
        help="Mean of the points of a customer's answers of 12 months, 0 to 100.",
    )
    neutral_from = fields.Float(
        "Neutral from",
        digits=(5, 1),
        default=NEUTRAL,
        required=True,
        tracking=True,
        help="Mean of the points of a customer's answers of 12 months; below it the"
        " customer is unhappy.",
    )

    _leaving_range = models.Constraint(
        "CHECK (leaving_score BETWEEN 1 AND 100)",
        "Leaving begins at a churn tendency from 1 to 100.",
    )
    _satisfaction_range = models.Constraint(
        "CHECK (0 < neutral_from AND neutral_from < satisfied_from"
        " AND satisfied_from <= 100)",
        "Satisfied begins above neutral, and both lie between 0 and 100.",
    )

    def write(self, vals):
        """The figures kept for the board of the company are counted anew."""
        if "leaving_score" in vals:
            self._forget_expected()
        return super().write(vals)

    def _get_satisfaction_bounds(self):
        """Return pairs of band and least mean of points, the best first."""
        self.ensure_one()
        bounds = (self.satisfied_from, self.neutral_from)
        names = [band for band, _bound in value_grid.BOUNDS]
        return list(zip(names, bounds, strict=True))
