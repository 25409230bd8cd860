from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CrmAfterSaleTemplate(models.Model):
    """What is done for a customer after he has bought products of a category.

    It holds for the category and all categories below it that have no template of
    their own. Every confirmed order since ``date_from`` with such products gets a
    case (``crm.after.sale``) with a copy of the milestones, so that a template may
    change without changing what was promised before.
    """

    _name = "crm.after.sale.template"
    _description = "After-Sale Template"
    _inherit = ["mail.thread"]
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(
        default=True,
        tracking=True,
        help="An archived template starts no new cases; open cases continue.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    categ_id = fields.Many2one(
        "product.category",
        "Product Category",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        help="Subcategories without a template of their own are included.",
    )
    date_from = fields.Date(
        "Orders From",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
        help="Orders placed before this date are not followed up.",
    )
    description = fields.Text(translate=True)
    milestone_ids = fields.One2many(
        "crm.after.sale.template.milestone", "template_id", "Milestones", copy=True
    )
    case_ids = fields.One2many("crm.after.sale", "template_id", "Cases")
    case_count = fields.Integer(compute="_compute_case_count")

    # State of the job
    watermark = fields.Datetime(readonly=True, copy=False)
    error = fields.Text(readonly=True, copy=False)

    _category_uniq = models.UniqueIndex(
        "(categ_id, company_id) WHERE active IS TRUE",
        "There is already an after-sale template for this product category. Change "
        "that one, or archive it.",
    )

    # --- COMPUTE

    @api.depends_context("uid")
    @api.depends("case_ids")
    def _compute_case_count(self):
        counts = dict(
            self.env["crm.after.sale"]._read_group(
                [("template_id", "in", self.ids)], ["template_id"], ["__count"]
            )
        )
        for template in self:
            template.case_count = counts.get(template._origin, 0)

    # --- CHECKS

    @api.constrains("company_id")
    def _check_company_of_cases(self):
        cases = self.sudo().case_ids  # style: CRM109 what nobody may tear apart
        for case in cases:
            if case.company_id != case.template_id.company_id:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” has followed up orders of another company. Copy "
                        "it for this one instead.",
                        name=case.template_id.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        cases = self.sudo().case_ids  # style: CRM109 whoever may see them
        if cases:
            raise UserError(
                self.env._(
                    "“%(name)s” has followed up orders and cannot be deleted. "
                    "Archive it instead.",
                    name=cases[0].template_id.name,
                )
            )

    def copy_data(self, default=None):
        """A copy starts archived, since its category has a template already."""
        default = {"active": False, **(default or {})}
        vals_list = super().copy_data(default)
        for template, vals in zip(self, vals_list, strict=True):
            vals["name"] = self.env._("%(name)s (copy)", name=template.name)
        return vals_list

    def write(self, vals):
        """Look at all orders again when others are meant."""
        if {"categ_id", "date_from", "active"} & set(vals):
            vals = {**vals, "watermark": False}
        return super().write(vals)

    # --- ACTIONS

    def action_open_cases(self):
        """Open the orders that are followed up by it."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_service.crm_after_sale_action"
            ),
            "domain": [("template_id", "=", self.id)],
            "context": {"create": False},
        }

    def action_update_cases(self):
        """Give the open cases the milestones as they are now; done ones stay."""
        self.check_access("write")
        for template in self:
            template._renew_milestones()

    def action_look(self):
        """Look at orders and deliveries now instead of at the next run."""
        self.check_access("write")
        self._advance()
        if failed := self.filtered("error"):
            raise UserError(failed[0].error)
