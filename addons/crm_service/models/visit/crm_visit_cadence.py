from odoo import api, fields, models


class CrmVisitCadence(models.Model):
    """How often customers of a segment, role or service level are visited.

    It adds to what policies say: of all that applies to a customer, the highest
    number holds, unless his own policy says how often he is visited.
    """

    _name = "crm.visit.cadence"
    _description = "Visit Cadence"
    _order = "visits_per_year desc, id"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Leave empty to use it in all companies.",
    )
    segment_id = fields.Many2one(
        "crm.segment", index="btree_not_null", ondelete="cascade", check_company=True
    )
    role_id = fields.Many2one(
        "crm.partner.role",
        "Partner Role",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
    )
    service_level_id = fields.Many2one(
        "crm.service.level",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
    )
    visits_per_year = fields.Integer("Visits a Year", required=True, default=4)

    _for_one = models.Constraint(
        "CHECK(num_nonnulls(segment_id, role_id, service_level_id) = 1)",
        "A cadence is for one segment, one role or one service level. Choose exactly "
        "one of them.",
    )
    _positive = models.Constraint(
        "CHECK(visits_per_year BETWEEN 1 AND 366)",
        "Enter between 1 and 366 visits a year.",
    )
    _unique = models.UniqueIndex(
        "(COALESCE(company_id, 0), COALESCE(segment_id, 0), COALESCE(role_id, 0), "
        "COALESCE(service_level_id, 0)) WHERE active",
        "There is a cadence for this segment, role or service level already. Change "
        "that one.",
    )

    @api.depends("segment_id", "role_id", "service_level_id")
    def _compute_company_id(self):
        """What is said of one company's segment, role or level is for that company."""
        for cadence in self:
            meant = cadence.segment_id or cadence.role_id or cadence.service_level_id
            cadence.company_id = meant.company_id or cadence.company_id

    @api.depends("segment_id.name", "role_id.name", "service_level_id.name")
    def _compute_name(self):
        for cadence in self:
            meant = cadence.segment_id or cadence.role_id or cadence.service_level_id
            cadence.name = meant.display_name or ""

    @api.model
    def _get_cadences(self, company):
        """Return pairs (customer id, cadence), by memberships and roles.

        What service levels say is for the caller, who knows which level holds.
        """
        companies = [
            False,
            *self.env["crm.customer.policy"]._get_policy_companies(company).ids,
        ]
        cadences = self.search([("company_id", "in", companies)])
        in_segments = self.env["crm.segment.membership"]._read_group(
            [
                ("segment_id", "in", cadences.segment_id.ids),
                ("date_end", "=", False),
                ("company_id", "in", companies),
            ],
            ["segment_id"],
            ["partner_id:array_agg"],
        )
        in_roles = self.env["crm.partner.role.assignment"]._read_group(
            [
                ("role_id", "in", cadences.role_id.ids),
                ("is_current", "=", True),
                ("company_id", "in", companies),
            ],
            ["role_id"],
            ["partner_id:array_agg"],
        )
        members = dict([*in_segments, *in_roles])
        return [
            (customer_id, cadence)
            for cadence in cadences
            for customer_id in members.get(cadence.segment_id or cadence.role_id, ())
        ]
