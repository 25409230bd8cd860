from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmDivision(models.Model):
    """Product division of the group, such as alumina or chemicals.

    It is set on product categories and inherited by their products; it says which
    roles a partner may have for it and what is to be known about a partner in
    such a role.
    """

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

    # --- WHAT BELONGS TO IT
    category_ids = fields.One2many(
        "product.category",
        "crm_division_own_id",
        string="Product Categories",
        help="Categories that name this division; categories below them inherit it.",
    )
    role_ids = fields.One2many("crm.partner.role", "division_id", string="Role Kinds")
    attribute_ids = fields.One2many(
        "crm.partner.attribute", "division_id", string="Observed Attributes"
    )
    attribute_definition = fields.PropertiesDefinition(
        "Static Attributes",
        help="What is to be known about each partner in a role of this division.",
    )

    attribute_names = fields.Char(
        "Names of Static Attributes", compute="_compute_attribute_names"
    )

    # --- FIGURES
    product_count = fields.Integer("Products", compute="_compute_product_count")
    role_count = fields.Integer("Number of Roles", compute="_compute_role_count")
    assignment_count = fields.Integer(
        "Partners in a Role", compute="_compute_assignment_count"
    )

    _code_uniq = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL",
        "Another division already has this code. Choose another one.",
    )

    # --- COMPUTE

    @api.depends("attribute_definition")
    def _compute_attribute_names(self):
        for division in self:
            division.attribute_names = ", ".join(
                attribute.get("string") or attribute["name"]
                for attribute in division.attribute_definition or []
                if attribute["type"] != "separator"
            )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_product_count(self):
        counts = dict(
            self.env["product.template"]._read_group(
                [("crm_division_id", "in", self.ids)],
                ["crm_division_id"],
                ["__count"],
            )
        )
        for division in self:
            division.product_count = counts.get(division._origin, 0)

    @api.depends("role_ids")
    def _compute_role_count(self):
        for division in self:
            division.role_count = len(division.role_ids)

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("role_ids.assignment_ids.state")
    def _compute_assignment_count(self):
        """Count the partners that the reader may see and that have a role now."""
        counts = dict(
            self.env["crm.partner.role.assignment"]._read_group(
                [("division_id", "in", self.ids), ("is_current", "=", True)],
                ["division_id"],
                ["partner_id:count_distinct"],
            )
        )
        for division in self:
            division.assignment_count = counts.get(division._origin, 0)

    # --- CHECKS

    def _check_company_of_records(self, company):
        """Refuse to move divisions away from records of another company.

        Asked before the move, since roles and observations follow their division.
        """
        other = self._find_record([("company_id", "not in", [False, company.id])])
        if other:
            raise UserError(
                self.env._(
                    "%(division)s has records of %(other)s, so it cannot be made a "
                    "division of %(company)s alone. Leave its company empty, or create "
                    "another division.",
                    division=other.division_id.name,
                    other=other.company_id.name,
                    company=company.name,
                )
            )

    def _find_record(self, domain):
        """Return a role or an observation of these divisions within ``domain``."""
        domain = [("division_id", "in", self.ids), *domain]
        roles = self.env["crm.partner.role.assignment"]
        roles = roles.sudo()  # style: CRM109 whole history, of every company
        observations = roles.env["crm.partner.observation"]
        return roles.search(domain, limit=1) or observations.search(domain, limit=1)

    # --- CRUD

    def write(self, vals):
        """Archiving a division archives its roles, which end, and its attributes."""
        if vals.get("company_id"):
            company = self.env["res.company"].browse(vals["company_id"])
            self._check_company_of_records(company)
        result = super().write(vals)
        if vals.get("active") is False:
            self.role_ids.action_archive()
            self.attribute_ids.action_archive()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        """Keep divisions of which partners had roles or observations."""
        if self._find_record([]):
            raise UserError(
                self.env._(
                    "A division with roles of partners or observations cannot be "
                    "deleted, since their history would be lost. Archive it instead."
                )
            )

    # --- ACTIONS

    def action_create_usual_roles(self):
        """Create the role kinds that most divisions need, where they are missing."""
        self.check_access("write")
        roles = self.env["crm.partner.role"]
        roles.create(
            [vals for division in self for vals in roles._prepare_usual_vals(division)]
        )

    def action_open_products(self):
        """Open the products of the division."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "product.product_template_action"
        )
        action["domain"] = [("crm_division_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_open_assignments(self):
        """Open the partners that have a role of the division."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_partner_role_assignment_action"
        )
        action["domain"] = [("division_id", "=", self.id)]
        action["context"] = {"search_default_filter_current": 1}
        return action

    def action_open_roles(self):
        """Open the role kinds of the division."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_partner_role_action"
        )
        action["domain"] = [("division_id", "=", self.id)]
        action["context"] = {"default_division_id": self.id}
        return action
