from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.role_states import OPEN_STATES
from ..res_partner import OUR_USERS


class ResPartner(models.Model):
    """Roles of partners for the divisions; a contact has those of its company."""

    _inherit = "res.partner"

    role_assignment_ids = fields.One2many(
        "crm.partner.role.assignment",
        "partner_id",
        string="Roles and Their History",
        groups=OUR_USERS,
    )
    crm_role_ids = fields.Many2many(
        "crm.partner.role",
        string="Roles",
        compute="_compute_crm_role_ids",
        search="_search_crm_role_ids",
        groups=OUR_USERS,
        help="What the partner is to the divisions today.",
    )
    role_names = fields.Char(
        "Names of Roles", compute="_compute_crm_role_ids", groups=OUR_USERS
    )
    role_count = fields.Integer(
        "Number of Roles", compute="_compute_crm_role_ids", groups=OUR_USERS
    )
    group_role_count = fields.Integer(
        "Roles in the Group", compute="_compute_group_role_count", groups=OUR_USERS
    )
    observation_ids = fields.One2many(
        "crm.partner.observation",
        "partner_id",
        string="Observations",
        groups=OUR_USERS,
    )
    observation_count = fields.Integer(
        "Number of Observations",
        compute="_compute_observation_count",
        groups=OUR_USERS,
    )

    # --- COMPUTE

    @api.depends_context("uid", "allowed_company_ids", "lang")
    @api.depends(
        "commercial_partner_id",
        "role_assignment_ids.state",
        "role_assignment_ids.date_from",
        "role_assignment_ids.date_to",
    )
    def _compute_crm_role_ids(self):
        assignments = self.env["crm.partner.role.assignment"]
        roles = dict(
            assignments._read_group(
                Domain("partner_id", "in", self.commercial_partner_id.ids)
                & assignments._get_current_domain(),
                ["partner_id"],
                ["role_id:recordset"],
            )
        )
        for partner in self:
            found = roles.get(partner.commercial_partner_id._origin)
            found = found.sorted() if found else self.env["crm.partner.role"]
            partner.crm_role_ids = found
            partner.role_names = ", ".join(found.mapped("display_name"))
            partner.role_count = len(found)

    @api.model
    def _search_crm_role_ids(self, operator, value):
        """Find partners, and their contacts, by roles that the reader may see."""
        self._check_field_access(self._fields["crm_role_ids"], "read")
        if operator not in ("in", "any", "any!"):
            return NotImplemented
        if operator != "in":
            return self._in_roles(
                Domain("role_id", operator, value), operator == "any!"
            )
        ids = [role_id for role_id in value if role_id]
        domain = self._in_roles(Domain("role_id", "in", ids))
        if len(ids) < len(value):
            domain |= ~self._in_roles(Domain.TRUE)
        return domain

    @api.model
    def _in_roles(self, domain, bypass_access=False):
        """Return the domain of partners whose company has such a role today."""
        assignments = self.env["crm.partner.role.assignment"]
        query = assignments._search(
            domain & assignments._get_current_domain(), bypass_access=bypass_access
        )
        partner_id = assignments._field_to_sql(query.table, "partner_id", query)
        return Domain("commercial_partner_id", "in", query.select(partner_id))

    @api.model
    def _get_dated_groups(self):
        assignments = self.env["crm.partner.role.assignment"]
        roles = (assignments._name, "role_id", assignments._get_current_domain())
        return {**super()._get_dated_groups(), "crm_role_ids": roles}

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("role_assignment_ids.group_partner_id")
    def _compute_group_role_count(self):
        """Count the roles of the whole group where the partner is its head."""
        counts = dict(
            self.env["crm.partner.role.assignment"]._read_group(
                [
                    ("group_partner_id", "in", self.ids),
                    ("partner_id", "not in", self.ids),
                    ("state", "in", OPEN_STATES),
                ],
                ["group_partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.group_role_count = counts.get(partner._origin, 0)

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("commercial_partner_id", "observation_ids")
    def _compute_observation_count(self):
        counts = dict(
            self.env["crm.partner.observation"]._read_group(
                [("partner_id", "in", self.commercial_partner_id.ids)],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            customer = partner.commercial_partner_id._origin
            partner.observation_count = counts.get(customer, 0)

    # --- CRUD

    def write(self, vals):
        """Roles follow at once when a partner is archived, moved or changed."""
        watched = {"active", "parent_id", "is_company", "company_id"} & set(vals)
        result = super().write(vals)
        if watched:
            assignments = self.env["crm.partner.role.assignment"]
            assignments = assignments.sudo()  # style: CRM109 whoever may change him
            mine = [("partner_id", "in", self.ids)]
            if "active" in watched:
                self._follow_archive(assignments, mine, vals["active"])
            if watched & {"parent_id", "is_company"}:
                self._leave_roles(assignments, mine)
            if "company_id" in watched:
                self._leave_companies(assignments, mine)
        return result

    def _follow_archive(self, assignments, domain, active):
        """Roles rest while their partner is archived."""
        if not active:
            assignments._get_open(domain)._suspend("customer_archived")
            return
        assignments.search(
            [
                *domain,
                ("state", "=", "suspended"),
                ("end_reason", "=", "customer_archived"),
            ]
        ).write({"state": "active"})

    def _leave_roles(self, assignments, domain):
        """Who became a contact has no roles of his own; heads of groups move."""
        assignments._get_open(domain).filtered(
            lambda a: a.partner_id != a.partner_id.commercial_partner_id
        )._close("not_customer")
        assignments._refresh_group_heads(self.ids)

    def _leave_companies(self, assignments, domain):
        """Roles in a company that no longer shares the partner end."""
        assignments._get_open(domain).filtered(
            lambda a: (
                a.company_id
                and a.partner_id.company_id
                and a.partner_id.company_id not in a.company_id.parent_ids
            )
        )._close("company")

    # --- ACTIONS

    def action_open_roles(self):
        """Open the roles of the partner."""
        self.ensure_one()
        customer = self.commercial_partner_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_partner_role_assignment_action"
        )
        action["domain"] = [("partner_id", "=", customer.id)]
        action["context"] = {"default_partner_id": customer.id}
        return action

    def action_open_group_roles(self):
        """Open the roles of all partners of the group of which this is the head."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_partner_role_assignment_action"
        )
        action["domain"] = [("group_partner_id", "=", self.id)]
        action["context"] = {"search_default_group_by_partner": 1}
        return action

    def action_open_observations(self):
        """Open what was observed on the partner."""
        self.ensure_one()
        customer = self.commercial_partner_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_partner_observation_action"
        )
        action["domain"] = [("partner_id", "=", customer.id)]
        action["context"] = {"default_partner_id": customer.id}
        return action

    # --- MERGE

    def _merge_partner_roles(self, duplicates):
        """Hand roles and observations of ``duplicates`` over; double nothing.

        Where both had the same role at the same time, one stays: the active one
        before others, then the remaining partner's own; the other ends as merged.
        """
        customer = self.commercial_partner_id
        everyone = customer | duplicates
        assignments = self.env["crm.partner.role.assignment"]
        assignments = assignments.sudo()  # style: CRM109 history of all companies
        held = assignments.search([("partner_id", "in", everyone.ids)])
        held = held.filtered(lambda a: a._holds_time()).sorted(
            lambda a: (a.state != "active", a.partner_id != customer, a.id)
        )
        kept = assignments.browse()
        for assignment in held:
            same_role = kept.filtered(lambda k, r=assignment.role_id: k.role_id == r)
            if any(assignment._overlaps(other) for other in same_role):
                assignment._close("merged")
            else:
                kept |= assignment
        moved = assignments.search([("partner_id", "in", duplicates.ids)])
        moved.write({"partner_id": customer.id})
        self._merge_observations(duplicates)
        self.env.flush_all()

    def _merge_observations(self, duplicates):
        """Move the observations; drop those that the remaining partner has too."""
        customer = self.commercial_partner_id
        observations = self.env["crm.partner.observation"]
        observations = observations.sudo()  # style: CRM109 history of all companies
        moved = observations.search([("partner_id", "in", duplicates.ids)], order="id")
        own = observations.search([("partner_id", "=", customer.id)])
        known = {observation._get_identity() for observation in own}
        doubles = observations.browse()
        for observation in moved:
            identity = observation._get_identity()
            if identity in known:
                doubles |= observation
            known.add(identity)
        doubles.unlink()
        (moved - doubles).write({"partner_id": customer.id})
