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
    visits_per_year = fields.Integer("Visits a Year")
    calls_per_year = fields.Integer("Calls a Year")
    reply_hours = fields.Float(
        "Reply Within (Hours)", help="Working hours until the customer is answered."
    )

    _not_negative = models.Constraint(
        "CHECK (visits_per_year >= 0 AND calls_per_year >= 0 AND reply_hours >= 0)",
        "Visits, calls and hours cannot be negative.",
    )
