from odoo import api, fields, models

from .res_partner import OUR_USERS

#: By the least number of employees, so that they sort by it
SIZES = [
    ("0001", "1-9 employees"),
    ("0010", "10-49 employees"),
    ("0050", "50-249 employees"),
    ("0250", "250-999 employees"),
    ("1000", "1,000 employees and more"),
]


class ResPartner(models.Model):
    """How large a company is; its contacts have its size."""

    _inherit = "res.partner"

    crm_company_size = fields.Selection(
        SIZES,
        "Company size",
        prefetch=False,
        groups=OUR_USERS,
        help="By the number of employees. Only companies have one.",
    )

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "crm_company_size"]
