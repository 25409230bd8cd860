from odoo import fields, models


class ResCompany(models.Model):
    """After how long customers are asked again what they need."""

    _inherit = "res.company"

    crm_need_months = fields.Integer(
        "Months between Questions about Needs",
        default=12,
        required=True,
        groups="crm_strategy.group_manager",
        help="Customers whose needs were not asked for in this number of months are "
        "listed under Needs to Ask For.",
    )

    _crm_need_months_positive = models.Constraint(
        "CHECK(crm_need_months > 0)",
        "Enter at least one month between two questions about a customer's needs.",
    )
