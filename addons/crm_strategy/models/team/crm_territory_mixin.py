from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.territory import Place

OUR_USERS = "crm_strategy.group_user"
PLACE_FIELDS = ("country_id", "state_id", "zip", "industry_id", "is_company")
OPERATORS = {
    "in": SQL("= ANY"),
    "not in": SQL("!= ALL"),
    ">": SQL(">"),
    ">=": SQL(">="),
    "<": SQL("<"),
    "<=": SQL("<="),
}


class CrmTerritoryMixin(models.AbstractModel):
    """Customers and leads know their territory; it is worked out when asked for.

    The context key ``crm_strategy_division_id`` asks about a division.
    """

    _name = "crm.territory.mixin"
    _description = "Has a Territory"

    territory_id = fields.Many2one(
        "crm.territory",
        compute="_compute_territory_id",
        search="_search_territory_id",
        groups=OUR_USERS,
        help="The first territory whose conditions are met, in the present company.",
    )
    territory_match_count = fields.Integer(
        "Territories That Fit",
        compute="_compute_territory_match_count",
        search="_search_territory_match_count",
        groups=OUR_USERS,
        help="More than one: territories overlap here, the first has the customer. "
        "None: no territory covers the customer.",
    )

    # --- FOR EACH MODEL TO SAY

    @api.model
    def _get_territory_dependencies(self):
        """Return the fields that decide about the territory."""
        return []

    @api.model
    def _territory_places_sql(self, ids: SQL) -> SQL:
        """Return id, country_id, state_id, zip, industry_id, kind of records.

        :param ids: statement that gives the records' ids
        """
        raise NotImplementedError

    def _get_territory_place(self):
        """Return the :class:`Place` of one record that is not saved yet."""
        raise NotImplementedError

    # --- FIELDS

    @api.model
    def _get_territory_division(self):
        division_id = self.env.context.get("crm_strategy_division_id")
        return self.env["crm.division"].browse(division_id or [])

    @api.depends_context("allowed_company_ids", "crm_strategy_division_id")
    @api.depends(lambda self: self._get_territory_dependencies())
    def _compute_territory_id(self):
        division = self._get_territory_division()
        territories = self.env["crm.territory"]
        saved = self.filtered(lambda record: isinstance(record.id, int))
        found = territories._find(saved, division)
        for record in saved:
            record.territory_id = found.get(record.id)
        for record in self - saved:
            record.territory_id = territories._find_one(
                record._get_territory_place(), division
            )

    @api.model
    def _search_territory_id(self, operator, value):
        self._check_field_access(self._fields["territory_id"], "read")
        if operator not in ("in", "any", "any!"):
            return NotImplemented
        territories = self.env["crm.territory"]
        winners = territories._winners_sql(
            self._territory_places_sql(self._every_place_sql()),
            self.env.company,
            self._get_territory_division(),
        )
        if operator == "in":
            wanted = [territory_id for territory_id in value if territory_id]
        else:
            wanted = territories._search(value, bypass_access=operator == "any!")
            wanted = [*wanted.get_result_ids()]
        domain = Domain(
            "id",
            "in",
            SQL(
                "SELECT id FROM (%s) AS w WHERE territory_id = ANY(%s)",
                winners,
                wanted,
            ),
        )
        if operator == "in" and False in value:
            domain |= Domain("id", "not in", SQL("SELECT id FROM (%s) AS w", winners))
        return domain

    @api.depends_context("allowed_company_ids", "crm_strategy_division_id")
    @api.depends(lambda self: self._get_territory_dependencies())
    def _compute_territory_match_count(self):
        counts = {}
        if self.ids:
            ids = SQL("SELECT unnest(%s::int[])", list(self.ids))
            counts = dict(
                self.env.execute_query(
                    SQL(
                        "SELECT id, count(*) FROM (%s) AS m GROUP BY id",
                        self._territory_matches_sql(ids),
                    )
                )
            )
        for record in self:
            record.territory_match_count = counts.get(record._origin.id, 0)

    @api.model
    def _search_territory_match_count(self, operator, value):
        self._check_field_access(self._fields["territory_match_count"], "read")
        if operator not in OPERATORS:
            return NotImplemented
        value = list(value) if operator in ("in", "not in") else int(value)
        return Domain(
            "id",
            "in",
            SQL(
                """SELECT place.id
                     FROM (%s) AS place(id)
                     LEFT JOIN (%s) AS m ON m.id = place.id
                    GROUP BY place.id
                   HAVING count(m.territory_id) %s (%s)""",
                self._every_place_sql(),
                self._territory_matches_sql(self._every_place_sql()),
                OPERATORS[operator],
                value,
            ),
        )

    @api.model
    def _every_place_sql(self) -> SQL:
        return SQL("SELECT id FROM %s", SQL.identifier(self._table))

    @api.model
    def _territory_matches_sql(self, ids: SQL) -> SQL:
        return self.env["crm.territory"]._matches_sql(
            self._territory_places_sql(ids),
            self.env.company,
            self._get_territory_division(),
        )


class ResPartner(models.Model):
    """A contact is in the territory of its customer."""

    _name = "res.partner"
    _inherit = ["res.partner", "crm.territory.mixin"]

    @api.model
    def _get_territory_dependencies(self):
        return [f"commercial_partner_id.{name}" for name in PLACE_FIELDS]

    @api.model
    def _territory_places_sql(self, ids: SQL) -> SQL:
        self.flush_model(["commercial_partner_id", *PLACE_FIELDS])
        return SQL(
            """SELECT partner.id, c.country_id, c.state_id, c.zip, c.industry_id,
                      CASE WHEN c.is_company THEN 'company' ELSE 'person' END AS kind
                 FROM res_partner partner
                 JOIN res_partner c ON c.id = partner.commercial_partner_id
                WHERE partner.id IN (%s)""",
            ids,
        )

    def _get_territory_place(self):
        customer = self.commercial_partner_id or self
        return Place(
            customer.country_id.id or 0,
            customer.state_id.id or 0,
            customer.zip or "",
            customer.industry_id._origin.id or 0,
            "company" if customer.is_company else "person",
        )


class CrmLead(models.Model):
    """A lead is where its customer is; without one, where its own address is."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.territory.mixin"]

    @api.model
    def _get_territory_dependencies(self):
        own = ["country_id", "state_id", "zip", "partner_name"]
        names = self.env["res.partner"]._get_territory_dependencies()
        return [*own, *(f"partner_id.{name}" for name in names)]

    @api.model
    def _territory_places_sql(self, ids: SQL) -> SQL:
        self.flush_model(
            ["partner_id", "country_id", "state_id", "zip", "partner_name"]
        )
        partners = self.env["res.partner"]
        partners.flush_model(["commercial_partner_id", *PLACE_FIELDS])
        return SQL(
            """SELECT l.id,
                      coalesce(c.country_id, l.country_id) AS country_id,
                      CASE WHEN c.country_id IS NULL THEN l.state_id
                           ELSE c.state_id END AS state_id,
                      CASE WHEN c.country_id IS NULL THEN l.zip
                           ELSE c.zip END AS zip,
                      c.industry_id,
                      CASE WHEN c.is_company THEN 'company'
                           WHEN c.id IS NULL AND l.partner_name > '' THEN 'company'
                           ELSE 'person' END AS kind
                 FROM crm_lead l
                 LEFT JOIN res_partner p ON p.id = l.partner_id
                 LEFT JOIN res_partner c ON c.id = p.commercial_partner_id
                WHERE l.id IN (%s)""",
            ids,
        )

    def _get_territory_place(self):
        customer = self.partner_id.commercial_partner_id
        address = customer if customer.country_id else self
        is_company = customer.is_company if customer else bool(self.partner_name)
        return Place(
            address.country_id.id or 0,
            address.state_id.id or 0,
            address.zip or "",
            customer.industry_id.id or 0,
            "company" if is_company else "person",
        )
