from odoo import api, fields, models

from ..res_partner import OUR_USERS


class ProductCategory(models.Model):
    """Division of a category: its own, else that of the category above."""

    _inherit = "product.category"

    crm_division_own_id = fields.Many2one(
        "crm.division",
        string="Division",
        index="btree_not_null",
        ondelete="restrict",
        groups=OUR_USERS,
        help="Empty: the division of the category above applies.",
    )
    crm_division_id = fields.Many2one(
        "crm.division",
        string="Division That Applies",
        compute="_compute_crm_division_id",
        store=True,
        recursive=True,
        index="btree_not_null",
        groups=OUR_USERS,
    )

    @api.depends("crm_division_own_id", "parent_id.crm_division_id")
    def _compute_crm_division_id(self):
        for category in self:
            category.crm_division_id = (
                category.crm_division_own_id or category.parent_id.crm_division_id
            )
