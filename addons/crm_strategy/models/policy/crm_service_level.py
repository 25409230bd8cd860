from odoo import fields, models


class CrmServiceLevel(models.Model):
    """What a customer may expect: how often he is visited, how soon answered."""

    _name = "crm.service.level"
    _description = "Service Level"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True)
    sequence = fields.Integer(
        default=10, help="The first one is the best: it wins where several apply."
    )
    color = fields.Integer("Colour")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="Empty: the level may be used in every company.",
    )
    is_default = fields.Boolean(
        "For Everyone Else",
        help="Applies to customers for whom neither their own policy nor a segment "
        "says anything.",
    )
    visits_per_year = fields.Integer("Visits a Year")
    calls_per_year = fields.Integer("Calls a Year")
    reply_hours = fields.Float(
        "Reply Within (Hours)", help="Working hours until the customer is answered."
    )

    _not_negative = models.Constraint(
        "CHECK (visits_per_year >= 0 AND calls_per_year >= 0 AND reply_hours >= 0)",
        "Visits, calls and hours cannot be negative.",
    )
    _one_default = models.UniqueIndex(
        "(COALESCE(company_id, 0)) WHERE is_default AND active",
        "Another service level holds for everyone else already. Clear that mark first.",
    )

    def _get_policy_values(self):
        """Return what the level says where it holds for everyone else."""
        self.ensure_one()
        return {
            "service_level_id": self,
            "visits_per_year": self.visits_per_year,
            "calls_per_year": self.calls_per_year,
            "reply_hours": self.reply_hours,
        }
