from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...tools.role_states import OPEN_STATES, overlaps


class CrmPartnerRoleAssignment(models.Model):
    """Role that a partner has for a division, from one day to another.

    The partner is the commercial entity. Its state moves along the table of
    ``tools/role_states.py``; what is over stays as history. The same role is
    never held twice on the same day: a check names the other assignment, and an
    exclusion constraint holds against two people who save at once.
    """

    _name = "crm.partner.role.assignment"
    _description = "Partner Role"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "partner_id, date_from desc, id desc"
    _check_company_auto = True

    # --- WHO AND WHAT
    partner_id = fields.Many2one(
        "res.partner",
        required=True,
        ondelete="cascade",
        index=True,
        tracking=True,
        check_company=True,
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
    )
    role_id = fields.Many2one(
        "crm.partner.role",
        required=True,
        ondelete="restrict",
        index=True,
        tracking=True,
        check_company=True,
    )
    division_id = fields.Many2one(
        related="role_id.division_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(related="role_id.kind", store=True)
    color = fields.Integer(related="role_id.color")
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        help="Empty: the role holds for every company of the group.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False)]",
        help="Who looks after the partner in this role; at first its salesperson.",
    )

    # --- WHEN
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("active", "Active"),
            ("suspended", "Suspended"),
            ("ended", "Ended"),
            ("declined", "Declined"),
        ],
        required=True,
        default="active",
        copy=False,
        tracking=True,
        group_expand=True,
    )
    date_from = fields.Date(
        "Valid From", required=True, default=fields.Date.context_today, tracking=True
    )
    date_to = fields.Date(
        "Valid Until", copy=False, tracking=True, help="Last day; empty: open end."
    )
    is_current = fields.Boolean(
        "In Force Today",
        compute="_compute_is_current",
        search="_search_is_current",
        help="Active, and today is within its validity.",
    )
    date_state = fields.Datetime(
        "State Since", readonly=True, copy=False, default=fields.Datetime.now
    )
    end_reason = fields.Selection(
        [
            ("manual", "By hand"),
            ("expired", "Validity ended"),
            ("customer_archived", "Partner archived"),
            ("not_customer", "No longer a separate partner"),
            ("company", "Partner moved to another company"),
            ("role_archived", "Role archived"),
            ("merged", "Merged with another contact"),
        ],
        "Why",
        readonly=True,
        copy=False,
        help="Why the role is suspended, ended or declined.",
    )
    state_note = fields.Char(
        "Reason", copy=False, help="In the words of the person who decided."
    )

    # --- TERMS AND ATTRIBUTES
    payment_term_id = fields.Many2one(
        "account.payment.term", check_company=True, tracking=True
    )
    pricelist_id = fields.Many2one(
        "product.pricelist", check_company=True, tracking=True
    )
    incoterm_id = fields.Many2one("account.incoterms", tracking=True)
    credit_note = fields.Text("Credit Terms", help="What was agreed on credit.")
    service_level_id = fields.Many2one(
        "crm.service.level",
        compute="_compute_service_level_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        tracking=True,
    )
    attributes = fields.Properties(definition="division_id.attribute_definition")
    note = fields.Html()

    # --- PROPOSAL
    proposal_order_count = fields.Integer("Orders Found", readonly=True, copy=False)
    date_last_order = fields.Datetime("Last Order Found", readonly=True, copy=False)

    # --- FIGURES
    observation_count = fields.Integer(
        "Observations", compute="_compute_observation_count"
    )

    _no_overlap = models.Constraint(
        "EXCLUDE USING gist ("
        "int4range(partner_id, partner_id, '[]') WITH &&, "
        "int4range(role_id, role_id, '[]') WITH &&, "
        "int4range(company_id, company_id, '[]') WITH &&, "
        "daterange(date_from, date_to, "
        "CASE WHEN state = 'ended' THEN '[)' ELSE '[]' END) WITH &&"
        ") WHERE (state <> 'declined' AND "
        "(end_reason IS NULL OR end_reason <> 'merged')) "
        "DEFERRABLE INITIALLY DEFERRED",
        "Somebody else has just given this partner the same role for the same time. "
        "Reload the page.",
    )
    _dates_in_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A role cannot end before it begins. Correct the dates of validity.",
    )
    _ended_has_end = models.Constraint(
        "CHECK (state <> 'ended' OR date_to IS NOT NULL)",
        "A role that has ended needs its last day.",
    )
    _expiring = models.Index("(date_to) WHERE state IN ('active', 'suspended')")

    # --- COMPUTE

    @api.depends("partner_id.name", "role_id.name")
    def _compute_display_name(self):
        for assignment in self:
            assignment.display_name = self.env._(
                "%(partner)s: %(role)s",
                partner=assignment.partner_id.display_name or "",
                role=assignment.role_id.display_name or "",
            )

    @api.depends("role_id.company_id", "partner_id")
    def _compute_company_id(self):
        """A role of one company's division, or partner, belongs to that company."""
        for assignment in self:
            given = assignment.role_id.company_id or assignment.partner_id.company_id
            assignment.company_id = given or assignment.company_id

    @api.depends("partner_id")
    def _compute_user_id(self):
        for assignment in self:
            assignment.user_id = assignment.user_id or assignment.partner_id.user_id

    @api.depends("role_id")
    def _compute_service_level_id(self):
        for assignment in self:
            assignment.service_level_id = (
                assignment.service_level_id or assignment.role_id.service_level_id
            )

    @api.depends("state", "date_from", "date_to")
    def _compute_is_current(self):
        today = fields.Date.context_today(self)
        for assignment in self:
            assignment.is_current = (
                assignment.state == "active"
                and (assignment.date_from or today) <= today
                and (assignment.date_to or today) >= today
            )

    @api.model
    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._get_current_domain()
        if set(value) == {True}:
            return domain
        return ~domain if True not in value else Domain.TRUE

    @api.model
    def _get_current_domain(self):
        """Return the domain of the roles that partners have today."""
        today = fields.Date.context_today(self)
        return (
            Domain("state", "=", "active")
            & Domain("date_from", "<=", today)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", today))
        )

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("partner_id", "division_id")
    def _compute_observation_count(self):
        """Count what was observed on the partner for the division."""
        counts = {
            (partner, division): count
            for partner, division, count in self.env[
                "crm.partner.observation"
            ]._read_group(
                [
                    ("partner_id", "in", self.partner_id.ids),
                    ("division_id", "in", self.division_id.ids),
                ],
                ["partner_id", "division_id"],
                ["__count"],
            )
        }
        for assignment in self:
            key = (assignment.partner_id._origin, assignment.division_id._origin)
            assignment.observation_count = counts.get(key, 0)

    # --- CHECKS

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Put the commercial entity in the place of its contact, and say so."""
        customer = self.partner_id.commercial_partner_id
        if not customer or customer == self.partner_id:
            return None
        contact, self.partner_id = self.partner_id, customer
        return {
            "warning": {
                "title": self.env._("Roles belong to the company"),
                "message": self.env._(
                    "%(contact)s is a contact of %(customer)s, which gets the role.",
                    contact=contact.name,
                    customer=customer.name,
                ),
                "type": "notification",
            }
        }

    @api.onchange("role_id")
    def _onchange_role_id(self):
        """Show the attributes of the division, with what is usual for the role."""
        if self.role_id:
            self.attributes = self.role_id._read_attributes()

    @api.constrains("partner_id")
    def _check_partner_is_customer(self):
        for assignment in self:
            customer = assignment.partner_id.commercial_partner_id
            if customer != assignment.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(customer)s. Give the role to "
                        "%(customer)s.",
                        contact=assignment.partner_id.display_name,
                        customer=customer.display_name,
                    )
                )

    @api.constrains(
        "partner_id", "role_id", "company_id", "date_from", "date_to", "state"
    )
    def _check_overlap(self):
        """Refuse the same role twice on the same day; name the other assignment."""
        holding = self.filtered(lambda a: a._holds_time())
        others = self.sudo().search(  # style: CRM109 also what the user cannot see
            [
                ("partner_id", "in", holding.partner_id.ids),
                ("role_id", "in", holding.role_id.ids),
            ]
        )
        by_key = others.filtered(lambda a: a._holds_time()).grouped(
            lambda a: (a.partner_id, a.role_id)
        )
        for assignment in holding:
            key = (assignment.partner_id, assignment.role_id)
            for other in by_key.get(key, others.browse()) - assignment:
                if assignment._overlaps(other):
                    raise ValidationError(other._get_overlap_message())
        self._assert_no_overlap()

    def _holds_time(self):
        """Return whether the time of this assignment is taken for others."""
        return self.state != "declined" and self.end_reason != "merged"

    def _overlaps(self, other):
        mine, theirs = self.company_id, other.company_id
        if mine and theirs and mine != theirs:
            return False
        return overlaps(self._get_period(), other._get_period())

    def _get_period(self):
        return self.date_from, self.date_to or None, self.state == "ended"

    def _get_overlap_message(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        vals = {
            "partner": self.partner_id.display_name,
            "role": self.role_id.display_name,
            "state": states[self.state],
            "start": format_date(self.env, self.date_from),
            "end": self.date_to and format_date(self.env, self.date_to),
        }
        if not self.date_to:
            return self.env._(
                "%(partner)s already has the role %(role)s from %(start)s on "
                "(%(state)s). End that assignment first, or edit it.",
                **vals,
            )
        return self.env._(
            "%(partner)s already has the role %(role)s from %(start)s to %(end)s "
            "(%(state)s). Choose a time outside these dates, or edit that assignment.",
            **vals,
        )

    @api.model
    def _assert_no_overlap(self):
        """Let the database check now what it would only check at the very end.

        The constraint is deferred, so that the check above can speak first.
        """
        self.flush_model()
        name = SQL.identifier(f"{self._table}_no_overlap")
        self.env.cr.execute(SQL("SET CONSTRAINTS %s IMMEDIATE", name))
        self.env.cr.execute(SQL("SET CONSTRAINTS %s DEFERRED", name))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        """Keep what was lived; delete only what never took effect."""
        if any(a.state not in ("proposed", "declined") for a in self):
            raise UserError(
                self.env._(
                    "A role that a partner had is history. End it instead of deleting "
                    "it; only proposals and declined roles can be deleted."
                )
            )

    # --- ACTIONS

    def action_open_observations(self):
        """Open what was observed on the partner for this division."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_partner_observation_action"
        )
        action["domain"] = [
            ("partner_id", "=", self.partner_id.id),
            ("division_id", "=", self.division_id.id),
        ]
        action["context"] = {"default_partner_id": self.partner_id.id}
        return action

    @api.model
    def get_import_templates(self):
        """Offer the template in the import dialogue."""
        return [
            {
                "label": self.env._("Import Template for Partner Roles"),
                "template": "/crm_strategy/static/xls/crm_partner_role_assignment.xlsx",
            }
        ]

    @api.model
    def _get_open(self, domain):
        """Return the assignments within ``domain`` that are not over."""
        return self.search(Domain(domain) & Domain("state", "in", OPEN_STATES))
