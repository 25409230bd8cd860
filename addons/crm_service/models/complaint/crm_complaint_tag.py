from random import randint

from odoo import fields, models


class CrmComplaintTag(models.Model):
    """A word by which complaints are found again."""

    _name = "crm.complaint.tag"
    _description = "Complaint Tag"
    _order = "name, id"

    def _default_color(self):
        return randint(1, 11)  # noqa: S311 a colour

    name = fields.Char(required=True, translate=True)
    color = fields.Integer(default=lambda self: self._default_color())

    _name_unique = models.UniqueIndex(
        "(name)", "This tag already exists. Use the existing one."
    )
