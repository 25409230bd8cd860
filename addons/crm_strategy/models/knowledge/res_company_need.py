from odoo import fields, models


class ResCompany(models.Model):
    """After how long customers are asked again what they need."""

    _inherit = "res.company"

    crm_need_months = fields.Integer(
        "Ask About Needs Every (Months)",
        default=12,
        required=True,
        groups="crm_strategy.group_manager",
        help="Customers who were not asked about their needs for this number of "
        "months are listed under Needs to Ask About.",
    )

    _crm_need_months_positive = models.Constraint(
        "CHECK(crm_need_months > 0)",
        "Enter at least one month between two questions about a customer's needs.",
    )
