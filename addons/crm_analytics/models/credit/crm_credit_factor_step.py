from odoo import fields, models


class CrmCreditFactorStep(models.Model):
    """Points from one value on, or of one country or industry."""

    _name = "crm.credit.factor.step"
    _description = "Step of a Credit Factor"
    _order = "factor_id, value_from, id"

    factor_id = fields.Many2one(
        "crm.credit.factor", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="factor_id.company_id", store=True, index="btree_not_null"
    )
    value_from = fields.Float("From", digits=(16, 2))
    country_id = fields.Many2one("res.country", ondelete="cascade")
    industry_id = fields.Many2one("res.partner.industry", ondelete="cascade")
    points = fields.Integer(required=True)

    _points_range = models.Constraint(
        "CHECK (points BETWEEN 0 AND 100)", "Points go from 0 to 100."
    )
    _value_uniq = models.UniqueIndex(
        "(factor_id, value_from, COALESCE(country_id, 0), COALESCE(industry_id, 0))",
        "A factor has each value, country or industry once.",
    )

    def _get_start_text(self):
        """Return what the points are for: a number, a country or an industry."""
        self.ensure_one()
        place = self.country_id or self.industry_id
        return place.display_name if place else f"{self.value_from:g}"
