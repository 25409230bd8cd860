from odoo import fields, models


class CrmPartnerAttributeChoice(models.Model):
    """Value that an observed attribute may have."""

    _name = "crm.partner.attribute.choice"
    _description = "Choice of an Observed Attribute"
    _order = "attribute_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    attribute_id = fields.Many2one(
        "crm.partner.attribute", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="attribute_id.company_id", store=True, index="btree_not_null"
    )
    sequence = fields.Integer(default=10)

    _name_uniq = models.UniqueIndex(
        "(attribute_id, name)",
        "The attribute already has this choice. Choose another name.",
    )
