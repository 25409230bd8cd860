from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# Kinds of partners that buy: their roles can be proposed from orders
BUYING_KINDS = (
    "customer",
    "dealer",
    "distributor",
    "retailer",
    "agent",
    "end_user",
)
USUAL_KINDS = ("customer", "dealer", "distributor", "end_user", "supplier")


class CrmPartnerRole(models.Model):
    """What a partner can be to a division: its customer, its dealer, its supplier."""

    _name = "crm.partner.role"
    _description = "Partner Role Kind"
    _order = "division_id, sequence, id"

    # --- DEFINITION
    name = fields.Char(required=True, translate=True)
    division_id = fields.Many2one(
        "crm.division", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        related="division_id.company_id", store=True, index="btree_not_null"
    )
    kind = fields.Selection(
        [
            ("customer", "Customer"),
            ("dealer", "Dealer"),
            ("distributor", "Distributor"),
            ("retailer", "Retailer"),
            ("agent", "Agent"),
            ("end_user", "End User"),
            ("supplier", "Supplier"),
            ("competitor", "Competitor"),
        ],
        required=True,
        default="customer",
    )
    sequence = fields.Integer(default=10)
    color = fields.Integer("Colour")
    active = fields.Boolean(default=True)
    description = fields.Text(translate=True)
    service_level_id = fields.Many2one(
        "crm.service.level",
        check_company=True,
        help="What partners in this role get unless their own assignment says "
        "otherwise.",
    )

    attributes = fields.Properties(
        "Usual Attributes",
        definition="division_id.attribute_definition",
        help="Values that a partner gets with the role; they can be changed there.",
    )

    # --- PROPOSAL
    is_proposed = fields.Boolean(
        "Propose from Purchases",
        help="Partners that buy products of the division are proposed for this role.",
    )
    proposal_months = fields.Integer(
        "Months Looked Back", default=12, help="Orders of these last months count."
    )
    proposal_min_orders = fields.Integer(
        "Orders Needed",
        default=1,
        help="Confirmed orders with a product of the division within these months.",
    )

    # --- FIGURES
    assignment_ids = fields.One2many(
        "crm.partner.role.assignment", "role_id", string="Assignments"
    )
    assignment_count = fields.Integer("Partners", compute="_compute_assignment_count")
    proposal_count = fields.Integer("Proposals", compute="_compute_assignment_count")

    _name_uniq = models.UniqueIndex(
        "(division_id, name)",
        "The division already has a role of this name. Choose another one.",
    )
    _proposal_positive = models.Constraint(
        "CHECK (proposal_months > 0 AND proposal_min_orders > 0)",
        "Months and orders of the proposal must be at least one.",
    )
    _proposal_kind = models.Constraint(
        "CHECK (NOT is_proposed OR kind NOT IN ('supplier', 'competitor'))",
        "Suppliers and competitors cannot be recognised by what they buy from us. "
        "Untick the proposal.",
    )

    # --- COMPUTE

    @api.depends("name", "division_id.name")
    @api.depends_context("crm_strategy_short_role_name", "lang")
    def _compute_display_name(self):
        """Name the division as well, except where the reader is inside it."""
        is_inside = self.env.context.get("crm_strategy_short_role_name")
        for role in self:
            if is_inside or not role.division_id.name:
                role.display_name = role.name
            else:
                role.display_name = f"{role.division_id.name} / {role.name}"

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("assignment_ids.state")
    def _compute_assignment_count(self):
        """Count the partners that the reader may see."""
        assignments = self.env["crm.partner.role.assignment"]
        mine = [("role_id", "in", self.ids)]
        now = assignments._read_group(
            [*mine, ("is_current", "=", True)], ["role_id"], ["__count"]
        )
        proposed = assignments._read_group(
            [*mine, ("state", "=", "proposed")], ["role_id"], ["__count"]
        )
        now, proposed = dict(now), dict(proposed)
        for role in self:
            role.assignment_count = now.get(role._origin, 0)
            role.proposal_count = proposed.get(role._origin, 0)

    @api.model
    def _search_display_name(self, operator, value):
        """Find a role by its name, its division, or both as they are displayed."""
        values = [value] if isinstance(value, str) else value
        if not values or not all(isinstance(v, str) for v in values):
            return super()._search_display_name(operator, value)
        if operator == "in":
            operator = "="
        elif operator not in ("ilike", "like", "=ilike", "=like", "="):
            return super()._search_display_name(operator, value)
        return Domain.OR(self._get_name_domain(operator, text) for text in values)

    @api.model
    def _get_name_domain(self, operator, text):
        division, slash, name = text.partition("/")
        if slash:
            return Domain("name", operator, name.strip()) & Domain(
                "division_id.name", operator, division.strip()
            )
        domain = Domain("name", operator, text)
        if operator != "=":
            domain |= Domain("division_id.name", operator, text)
        return domain

    # --- CRUD

    def write(self, vals):
        """Archiving ends the assignments; a role with history stays in its division."""
        if "division_id" in vals:
            moved = self.filtered(lambda r: r.division_id.id != vals["division_id"])
            moved._check_no_history(
                self.env._(
                    "A role that partners already had stays in its division. Archive "
                    "it and create a new one in the other division."
                )
            )
        result = super().write(vals)
        if vals.get("active") is False:
            assignments = self.env["crm.partner.role.assignment"]
            assignments = assignments.sudo()  # style: CRM109 end for every reader
            assignments._get_open([("role_id", "in", self.ids)])._close("role_archived")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        """Keep roles that partners had: their history would go with them."""
        self._check_no_history(
            self.env._(
                "A role that partners had cannot be deleted, since its history would "
                "be lost. Archive it instead: it ends for its partners, the history "
                "stays."
            )
        )

    def _check_no_history(self, message):
        assignments = self.env["crm.partner.role.assignment"]
        if assignments.sudo().search_count(  # style: CRM109 whole history, yes or no
            [("role_id", "in", self.ids)], limit=1
        ):
            raise UserError(message)

    # --- BUSINESS

    def _read_attributes(self):
        """Return the static attributes of the division with the role's own values.

        An attribute without a value has False, not None: the host tells the form of
        a new record only about attributes that have one.
        """
        self.ensure_one()
        [values] = self.read(["attributes"])
        return [
            {**a, "value": a.get("value") or a.get("default") or False}
            for a in values["attributes"] or []
        ]

    def _get_usual_attributes(self):
        """Return the same, or [] if the role gives its partners no value."""
        attributes = self._read_attributes()
        return attributes if any(a["value"] for a in attributes) else []

    @api.model
    def _prepare_usual_vals(self, division):
        """Return the values of the usual roles that ``division`` does not have."""
        labels = dict(self._fields["kind"]._description_selection(self.env))
        has = division.with_context(active_test=False).role_ids
        return [
            {
                "name": labels[kind],
                "division_id": division.id,
                "kind": kind,
                "sequence": 10 * position,
                "color": position,
                "is_proposed": kind == "customer",
            }
            for position, kind in enumerate((*USUAL_KINDS, "competitor"), start=1)
            if kind not in has.mapped("kind") and labels[kind] not in has.mapped("name")
        ]

    # --- ACTIONS

    def action_open_assignments(self):
        """Open the partners in these roles, those of the present first."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_partner_role_assignment_action"
        )
        action["domain"] = [("role_id", "in", self.ids)]
        action["context"] = {
            "search_default_filter_open": 1,
            "default_role_id": self.id if len(self) == 1 else False,
        }
        return action
