from odoo import api, fields, models

from ..res_partner import OUR_USERS


class ProductTemplate(models.Model):
    """Division of a product: its own, else that of its category."""

    _inherit = "product.template"

    crm_division_own_id = fields.Many2one(
        "crm.division",
        string="Division",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        groups=OUR_USERS,
        help="Empty: the division of the product category applies.",
    )
    crm_division_id = fields.Many2one(
        "crm.division",
        string="Division That Applies",
        compute="_compute_crm_division_id",
        store=True,
        index="btree_not_null",
        groups=OUR_USERS,
    )

    @api.depends("crm_division_own_id", "categ_id.crm_division_id")
    def _compute_crm_division_id(self):
        for template in self:
            template.crm_division_id = (
                template.crm_division_own_id or template.categ_id.crm_division_id
            )
