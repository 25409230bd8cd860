from odoo import fields, models


class CrmDivision(models.Model):
    """Product division of the group, such as alumina or chemicals."""

    _name = "crm.division"
    _description = "Division"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short name for reports and files.")
    description = fields.Text(translate=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer("Colour")
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="Empty: the division belongs to the whole group.",
    )
    user_id = fields.Many2one("res.users", "Responsible", tracking=True)

    _code_uniq = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL",
        "Another division already has this code. Choose another one.",
    )
