from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmComplaintCause(models.Model):
    """Why it happened, as a tree, and which department answers for it."""

    _name = "crm.complaint.cause"
    _description = "Cause of Complaints"
    _parent_store = True
    _order = "complete_name, id"
    _rec_name = "complete_name"
    _rec_names_search = ["complete_name", "name", "code"]

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(
        "Full Name", compute="_compute_complete_name", recursive=True, store=True
    )
    code = fields.Char(copy=False)
    active = fields.Boolean(default=True)
    parent_id = fields.Many2one(
        "crm.complaint.cause", "Parent Cause", index=True, ondelete="restrict"
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("crm.complaint.cause", "parent_id", string="Sub-Causes")
    department = fields.Selection(
        [
            ("packaging", "Packaging"),
            ("carrier", "Carrier"),
            ("production", "Production"),
            ("warehouse", "Warehouse"),
            ("sales", "Sales"),
            ("finance", "Finance"),
            ("service", "Customer Service"),
            ("purchase", "Purchasing"),
            ("customer", "Customer"),
        ],
        "Responsible Department",
        help="The department that is responsible for preventing this cause from "
        "recurring.",
    )

    _code_unique = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL",
        "This code is already used by another cause. Choose a different code.",
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for cause in self:
            above = cause.parent_id.complete_name
            cause.complete_name = f"{above} / {cause.name}" if above else cause.name

    @api.depends("complete_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """The full name in the reader's language; the stored one is in English."""
        for cause in self:
            above = cause.parent_id.display_name
            cause.display_name = f"{above} / {cause.name}" if above else cause.name

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._("A cause cannot be part of itself. Choose another one.")
            )
