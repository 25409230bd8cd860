from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ...tools.rule import parse_rule


class CrmSegmentCondition(models.Model):
    """Condition that a segment's rule can take from a shelf, without parameters."""

    _name = "crm.segment.condition"
    _description = "Condition for Segments"
    _order = "data_class, sequence, id"

    name = fields.Char(required=True, translate=True)
    data_class = fields.Selection(
        [
            ("master", "Master Data"),
            ("transaction", "Transactions"),
            ("market", "Market Attributes"),
        ],
        required=True,
        default="master",
        help="Master data: who the customer is. Transactions: what they bought, asked "
        "for and paid. Market attributes: what we know of their market and interests.",
    )
    domain = fields.Char("Condition", required=True, default="[]")
    description = fields.Text(
        translate=True, help="What it tells, and what it does not."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    @api.constrains("domain")
    def _check_domain(self):
        """Refuse what cannot be read as conditions on customers."""
        for condition in self:
            try:
                rule = parse_rule(condition.domain)
                self.env["res.partner"]._search(Domain(rule))
            except AccessError as e:
                raise ValidationError(str(e)) from e
            except (ValueError, TypeError, KeyError, UserError) as e:
                raise ValidationError(
                    self.env._(
                        "The condition %(name)s cannot be used: %(error)s. Correct it "
                        "with the editor and save.",
                        name=condition.name,
                        error=str(e).strip().rstrip("."),
                    )
                ) from e
            if not rule:
                raise ValidationError(
                    self.env._(
                        "%s says nothing yet. Add at least one condition.",
                        condition.name,
                    )
                )
