from odoo import api, fields, models
from odoo.fields import Domain

OUR_USERS = "crm_strategy.group_user"


class ResPartner(models.Model):
    """Segments of customers; a contact has those of its commercial entity."""

    _inherit = "res.partner"

    is_crm_customer = fields.Boolean(
        "Is a Customer",
        compute="_compute_is_crm_customer",
        search="_search_is_crm_customer",
        groups=OUR_USERS,
        help="A company or a person of its own, active, no employee and no company "
        "of this database. Segments and figures are kept for these.",
    )
    is_in_own_care = fields.Boolean(
        "In Own Care",
        compute="_compute_is_in_own_care",
        search="_search_is_in_own_care",
        groups=OUR_USERS,
        help="Own customers, those of the people below and those without a "
        "salesperson. People who see all documents have every customer in their care.",
    )
    segment_membership_ids = fields.One2many(
        "crm.segment.membership",
        "partner_id",
        string="Segment History",
        groups=OUR_USERS,
    )
    segment_ids = fields.Many2many(
        "crm.segment",
        string="Segments",
        compute="_compute_segment_ids",
        search="_search_segment_ids",
        groups=OUR_USERS,
        help="The segments in which the customer is now.",
    )
    segment_count = fields.Integer(
        "Number of Segments", compute="_compute_segment_ids", groups=OUR_USERS
    )

    # --- CUSTOMERS

    @api.model
    def _get_customer_company_ids(self, company):
        """Return the companies whose customers are customers of ``company``."""
        branches = company.sudo().parent_ids  # style: CRM109 ids of own parents
        return [False, *branches.ids]

    @api.model
    def _get_customer_domain(self, company=None):
        """Return the domain of customers: of ``company``, or of all if empty."""
        domain = [("is_crm_customer", "=", True), ("active", "=", True)]
        if company:
            domain.append(("company_id", "in", self._get_customer_company_ids(company)))
        return domain

    @api.depends("active", "partner_share", "is_company", "parent_id")
    def _compute_is_crm_customer(self):
        own = self.env["res.company"].sudo()  # style: CRM109 ids, to leave them out
        own_partners = own.search([]).partner_id
        for partner in self:
            partner.is_crm_customer = (
                partner.active
                and partner.partner_share
                and (partner.is_company or not partner.parent_id)
                and partner._origin not in own_partners
            )

    @api.model
    def _search_is_crm_customer(self, operator, value):
        self._check_field_access(self._fields["is_crm_customer"], "read")
        if operator != "in":
            return NotImplemented
        domain = Domain(
            [
                ("active", "=", True),
                ("partner_share", "=", True),
                "|",
                ("is_company", "=", True),
                ("parent_id", "=", False),
                (
                    "id",
                    "not in",
                    self.env["crm.sale.fact"]._internal_customers_sql(),
                ),
            ]
        )
        if set(value) == {True}:
            return domain
        return ~domain if True not in value else Domain.TRUE

    @api.depends_context("uid")
    @api.depends("user_id")
    def _compute_is_in_own_care(self):
        cared = self.filtered_domain(self._get_own_care_domain())
        for partner in self:
            partner.is_in_own_care = partner in cared

    @api.model
    def _search_is_in_own_care(self, operator, value):
        self._check_field_access(self._fields["is_in_own_care"], "read")
        if operator != "in":
            return NotImplemented
        domain = self._get_own_care_domain()
        if set(value) == {True}:
            return domain
        return ~domain if True not in value else Domain.TRUE

    @api.model
    def _get_own_care_domain(self):
        """Return the domain of the customers whose figures the record rules show."""
        if self.env.su or any(
            map(self.env.user.has_group, self._get_all_care_groups())
        ):
            return Domain.TRUE
        people = self.env.user.crm_tree_user_ids.ids
        return Domain("user_id", "in", [*people, False])

    @api.model
    def _get_all_care_groups(self):
        """Return the groups whose members see the figures of every customer."""
        return [
            "sales_team.group_sale_salesman_all_leads",
            "crm_strategy.group_manager",
        ]

    # --- SEGMENTS

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("commercial_partner_id", "segment_membership_ids.date_end")
    def _compute_segment_ids(self):
        segments = dict(
            self.env["crm.segment.membership"]._read_group(
                [
                    ("partner_id", "in", self.commercial_partner_id.ids),
                    ("date_end", "=", False),
                ],
                ["partner_id"],
                ["segment_id:recordset"],
            )
        )
        # the host checks each assignment below by itself; so all are read at once
        self.env["crm.segment"].concat(*segments.values()).check_access("read")
        for partner in self:
            found = segments.get(partner.commercial_partner_id._origin, ())
            partner.segment_ids = found and found.sorted()
            partner.segment_count = len(found)

    @api.model
    def _search_segment_ids(self, operator, value):
        """Find customers, and their contacts, by segments that the reader may see."""
        if operator not in ("in", "any", "any!"):
            return NotImplemented
        if operator != "in":
            return self._in_memberships(
                Domain("segment_id", operator, value), operator == "any!"
            )
        ids = [segment_id for segment_id in value if segment_id]
        domain = self._in_memberships(Domain("segment_id", "in", ids))
        if len(ids) < len(value):
            domain |= ~self._in_memberships(Domain.TRUE)
        return domain

    @api.model
    def _in_memberships(self, domain, bypass_access=False):
        """Return the domain of partners whose customer has such a membership now."""
        memberships = self.env["crm.segment.membership"]
        query = memberships._search(
            domain & Domain("date_end", "=", False), bypass_access=bypass_access
        )
        partner_id = memberships._field_to_sql(query.table, "partner_id", query)
        return Domain("commercial_partner_id", "in", query.select(partner_id))

    # --- CRUD

    def write(self, vals):
        """An archived customer leaves his segments at once, not at the next refresh.

        Another time zone of a company's own address moves orders to other days.
        """
        moved = self._get_companies_in_other_zone(vals) if "tz" in vals else None
        result = super().write(vals)
        if moved:
            self.env["crm.sale.fact"]._forget_days(moved)
        if vals.get("active") is False:
            memberships = self.env["crm.segment.membership"]
            memberships = memberships.sudo()  # style: CRM109 whoever may archive him
            memberships.search(
                [("partner_id", "in", self.ids), ("date_end", "=", False)]
            )._close("customer_archived")
        return result

    def _get_companies_in_other_zone(self, vals):
        """Return the companies whose time zone ``vals`` would change."""
        companies = self.env["res.company"].sudo()  # style: CRM109 own addresses
        companies = companies.with_context(active_test=False)
        changed = self.filtered(lambda partner: partner.tz != vals["tz"])
        return companies.search([("partner_id", "in", changed.ids)])

    # --- ACTIONS

    def action_open_segment_memberships(self):
        """Open the segment history of the customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_segment_membership_action"
        )
        action["domain"] = [("partner_id", "=", self.commercial_partner_id.id)]
        action["context"] = {"crm_strategy_short_segment_name": True}
        return action

    # --- MERGE

    def _merge_segment_memberships(self, duplicates):
        """Hand the memberships of ``duplicates`` over to ``self``; double nothing.

        What the remaining customer is in already, and in an exclusive scheme what
        would be his second segment, ends as merged. A lock goes before no lock,
        then his own place before that of a duplicate.
        """
        customer = self.commercial_partner_id
        everyone = customer | duplicates
        memberships = self.env["crm.segment.membership"]
        memberships = memberships.sudo()  # style: CRM109 history of all companies moves
        stays = memberships.search(
            [("partner_id", "in", everyone.ids), ("date_end", "=", False)]
        ).sorted(lambda m: (not m.is_locked, m.partner_id != customer, m.id))
        taken = set()
        for stay in stays:
            places = {(stay.segment_id._name, stay.segment_id.id)}
            if stay.is_exclusive:
                places.add((stay.segmentation_id._name, stay.segmentation_id.id))
            if taken & places:
                stay._close("merged")
            taken |= places
        self.env.flush_all()
        memberships.search([("partner_id", "in", duplicates.ids)]).write(
            {"partner_id": customer.id}
        )
        self.env.flush_all()
