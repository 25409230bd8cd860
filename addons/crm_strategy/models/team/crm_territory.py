from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...tools import territory as kernel


class CrmTerritory(models.Model):
    """Part of the market that a team looks after, by place, industry, division.

    Territories are asked in their order: the first that holds a customer has him,
    so a special one stands above a general one. A territory of a division counts
    only where that division is asked about. ``_matches_sql`` is the one statement
    that places customers or leads, all at once; ``tools/territory.py`` says the
    same in Python, for records that are not saved yet.
    """

    _name = "crm.territory"
    _description = "Territory"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(
        default=10, help="A customer belongs to the first territory that matches."
    )
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        default=lambda self: self.env.company,
        help="Empty: the territory applies in every company; so must its team.",
    )
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        check_company=True,
        domain=[("share", "=", False)],
        tracking=True,
        help="Who gets the customers. Empty: the leader of the team.",
    )
    salesperson_id = fields.Many2one(
        "res.users", "Goes To", compute="_compute_salesperson_id"
    )
    division_id = fields.Many2one(
        "crm.division",
        check_company=True,
        ondelete="restrict",
        help="Empty: for all divisions. Otherwise the territory counts only where "
        "this division is asked about.",
    )
    country_ids = fields.Many2many("res.country", string="Countries")
    state_ids = fields.Many2many("res.country.state", string="States")
    zip_from = fields.Char(
        "Postal Code From",
        help="Filled in alone: all postal codes that begin with this. Compared as "
        "text, without blanks and hyphens.",
    )
    zip_to = fields.Char(
        "To", help="Last postal code; 19 holds all that begin with 19."
    )
    zip_low = fields.Char(
        "Lowest Postal Code", compute="_compute_zip_bounds", store=True
    )
    zip_high = fields.Char(
        "Highest Postal Code", compute="_compute_zip_bounds", store=True
    )
    industry_ids = fields.Many2many("res.partner.industry", string="Industries")
    customer_kind = fields.Selection(
        [("company", "Companies"), ("person", "Persons")],
        "Only Companies or Persons",
        help="Empty: companies and persons.",
    )
    condition_text = fields.Char("Conditions", compute="_compute_condition_text")
    customer_count = fields.Integer(
        "Customers",
        compute="_compute_customer_count",
        help="Customers whom this territory has.",
    )
    taken_count = fields.Integer(
        "Taken by Others",
        compute="_compute_customer_count",
        help="Customers who meet the conditions, but whom a territory above has.",
    )

    # --- COMPUTED

    @api.depends("user_id", "team_id.user_id")
    def _compute_salesperson_id(self):
        for territory in self:
            territory.salesperson_id = territory.user_id or territory.team_id.user_id

    @api.depends("zip_from", "zip_to")
    def _compute_zip_bounds(self):
        for territory in self:
            low = kernel.normalize_zip(territory.zip_from)
            territory.zip_low = low
            territory.zip_high = kernel.normalize_zip(territory.zip_to) or low

    @api.depends_context("lang")
    @api.depends(
        "country_ids.name",
        "state_ids.name",
        "zip_from",
        "zip_to",
        "industry_ids.name",
        "customer_kind",
    )
    def _compute_condition_text(self):
        kinds = dict(self._fields["customer_kind"]._description_selection(self.env))
        for territory in self:
            codes = [territory.zip_from, territory.zip_to]
            parts = [
                ", ".join(territory.country_ids.mapped("name")),
                ", ".join(territory.state_ids.mapped("name")),
                "-".join(filter(None, codes)),
                ", ".join(territory.industry_ids.mapped("name")),
                kinds.get(territory.customer_kind),
            ]
            territory.condition_text = " · ".join(filter(None, parts)) or self.env._(
                "Everybody"
            )

    @api.depends_context("allowed_company_ids")
    @api.depends(
        "sequence",
        "active",
        "company_id",
        "division_id",
        "country_ids",
        "state_ids",
        "zip_low",
        "zip_high",
        "industry_ids",
        "customer_kind",
    )
    def _compute_customer_count(self):
        """Count in one statement per company and division that occur."""
        counts = {}
        for territory in self:
            asked = (territory.company_id or self.env.company, territory.division_id)
            if asked not in counts:
                counts[asked] = self._count_customers(*asked)
            met, had = counts[asked].get(territory._origin.id, (0, 0))
            territory.customer_count = had
            territory.taken_count = met - had

    def _count_customers(self, company, division):
        """Return {territory id: (customers who meet it, customers whom it has)}."""
        partners = self.env["res.partner"]
        customers = partners._search(partners._get_customer_domain(company))
        matches = self._matches_sql(
            partners._territory_places_sql(customers.select()), company, division
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT territory_id, count(*), count(*) FILTER (WHERE place = 1)
                     FROM (SELECT territory_id, row_number() OVER (
                               PARTITION BY id ORDER BY sequence, territory_id
                           ) AS place
                             FROM (%s) AS m) AS ranked
                    GROUP BY territory_id""",
                matches,
            )
        )
        return {territory_id: (met, had) for territory_id, met, had in rows}

    # --- CHECKS

    @api.constrains("zip_from", "zip_to")
    def _check_zip(self):
        for territory in self:
            low = kernel.normalize_zip(territory.zip_from)
            high = kernel.normalize_zip(territory.zip_to)
            if not low and not high:
                continue
            if not (low + high).isalnum():
                raise ValidationError(
                    self.env._(
                        "“%(code)s” is not a postal code. Enter letters and digits; a "
                        "range goes into the two fields “from” and “to”.",
                        code=territory.zip_from if not low.isalnum() else high,
                    )
                )
            if not low:
                raise ValidationError(
                    self.env._("Enter the first postal code of the range as well.")
                )
            if kernel.is_reversed(low, high):
                raise ValidationError(
                    self.env._(
                        "No postal code lies between %(low)s and %(high)s. Swap them.",
                        low=territory.zip_from,
                        high=territory.zip_to,
                    )
                )

    @api.constrains("country_ids", "state_ids")
    def _check_states(self):
        for territory in self:
            stray = territory.state_ids.filtered(
                lambda state, countries=territory.country_ids: (
                    countries and state.country_id not in countries
                )
            )
            if stray:
                raise ValidationError(
                    self.env._(
                        "%(states)s are not in the countries of “%(territory)s”. Add "
                        "their country, or leave the countries empty.",
                        states=", ".join(stray.mapped("display_name")),
                        territory=territory.name,
                    )
                )

    # --- ACTIONS

    def action_open_customers(self):
        """Open the customers whom this territory has."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.res_partner_action_customer"
        )
        action["domain"] = [
            ("is_crm_customer", "=", True),
            ("territory_id", "=", self.id),
        ]
        action["context"] = {"crm_strategy_division_id": self.division_id.id}
        return action

    # --- WHO IS WHERE

    @api.model
    def _find(self, records, division=None, company=None):
        """Return {record id: territory} of customers or leads, in one statement.

        :param records: ``res.partner`` or ``crm.lead``; a contact is where its
            customer is; who is in no territory is left out
        """
        if not records.ids:
            return {}
        places = records._territory_places_sql(
            SQL("SELECT unnest(%s::int[])", list(records.ids))
        )
        winners = self._winners_sql(places, company or self.env.company, division)
        return {
            record_id: self.browse(territory_id)
            for record_id, territory_id in self.env.execute_query(winners)
        }

    @api.model
    def _find_one(self, place, division=None, company=None):
        """Return the territory of a place that is not stored, such as a new lead."""
        company = company or self.env.company
        domain = [
            ("company_id", "in", [False, company.id]),
            ("division_id", "in", [False, division and division.id]),
        ]
        for territory in self.search(domain):
            if kernel.holds(territory._get_area(), place):
                return territory
        return self.browse()

    def _get_area(self):
        """Return the conditions as :mod:`..tools.territory` takes them."""
        self.ensure_one()
        return kernel.Area(
            frozenset(self.country_ids.ids),
            frozenset(self.state_ids.ids),
            self.zip_low or "",
            self.zip_high or "",
            frozenset(self.industry_ids.ids),
            self.customer_kind or "",
        )

    @api.model
    def _winners_sql(self, places, company, division=None) -> SQL:
        """Return (id, territory_id): the first territory of each place."""
        return SQL(
            """SELECT DISTINCT ON (id) id, territory_id
                 FROM (%s) AS m
                ORDER BY id, sequence, territory_id""",
            self._matches_sql(places, company, division),
        )

    @api.model
    def _matches_sql(self, places, company, division=None) -> SQL:
        """Return (id, territory_id, sequence): every territory of each place.

        Places meet territories by country, the condition that nearly all have, so
        that the database can join them; only what is left of them is compared.

        :param places: SQL of id, country_id, state_id, zip, industry_id, kind
        :param division: the division asked about, or several to be open to each
        """
        self.flush_model()
        divisions = division.ids if division else []
        met = SQL(
            """(a.states IS NULL OR p.state_id = ANY(a.states))
               AND (a.industries IS NULL OR p.industry_id = ANY(a.industries))
               AND (a.kind IS NULL OR p.kind = a.kind)
               AND (a.low = '' OR
                   (left(p.zip, length(a.low)) COLLATE "C" >= a.low
                    AND left(p.zip, length(a.high)) COLLATE "C" <= a.high))"""
        )
        return SQL(
            """WITH a AS MATERIALIZED (%(areas)s),
                    p AS MATERIALIZED (
                        SELECT id, country_id, state_id, industry_id, kind,
                               upper(regexp_replace(
                                   coalesce(zip, ''), '[\\s-]', '', 'g')) AS zip
                          FROM (%(places)s) AS place)
               SELECT p.id, a.id AS territory_id, a.sequence
                 FROM a
                 JOIN crm_territory_res_country_rel r ON r.crm_territory_id = a.id
                 JOIN p ON p.country_id = r.res_country_id
                WHERE %(met)s
                UNION ALL
               SELECT p.id, a.id, a.sequence
                 FROM a
                 JOIN p ON NOT a.has_countries
                WHERE %(met)s""",
            areas=self._areas_sql(company, divisions),
            places=places,
            met=met,
        )

    @api.model
    def _areas_sql(self, company, division_ids) -> SQL:
        """Return the territories in force, a row each, conditions as arrays."""
        return SQL(
            """SELECT t.id, t.sequence, t.customer_kind AS kind,
                      coalesce(t.zip_low, '') AS low, coalesce(t.zip_high, '') AS high,
                      EXISTS (SELECT FROM crm_territory_res_country_rel r
                               WHERE r.crm_territory_id = t.id) AS has_countries,
                      (SELECT array_agg(r.res_country_state_id)
                         FROM crm_territory_res_country_state_rel r
                        WHERE r.crm_territory_id = t.id) AS states,
                      (SELECT array_agg(r.res_partner_industry_id)
                         FROM crm_territory_res_partner_industry_rel r
                        WHERE r.crm_territory_id = t.id) AS industries
                 FROM crm_territory t
                WHERE t.active
                  AND (t.company_id IS NULL OR t.company_id = %(company)s)
                  AND (t.division_id IS NULL OR t.division_id = ANY(%(divisions)s))""",
            company=company.id,
            divisions=list(division_ids),
        )
