from odoo import fields, models


class CrmAlertCause(models.Model):
    """Why a figure went where it went: supply, people, product, price, ..."""

    _name = "crm.alert.cause"
    _description = "Alert Cause"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_unique = models.Constraint(
        "UNIQUE(name)", "There is a cause with this name already."
    )
