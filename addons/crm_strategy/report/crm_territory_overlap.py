from odoo import fields, models
from odoo.tools import SQL


class CrmTerritoryOverlap(models.Model):
    """Pairs of territories that can hold the same customer.

    A pair is listed when no condition keeps the two apart, even without a customer
    in both. It is no mistake by itself: the upper one has the customers, so that a
    special territory may stand above a general one.
    """

    _name = "crm.territory.overlap"
    _description = "Overlapping Territories"
    _auto = False
    _order = "customer_count desc, territory_id, other_id"
    _rec_name = "territory_id"

    territory_id = fields.Many2one("crm.territory", "First Territory", readonly=True)
    other_id = fields.Many2one("crm.territory", "Second Territory", readonly=True)
    team_id = fields.Many2one("crm.team", "Team of the First Territory", readonly=True)
    other_team_id = fields.Many2one(
        "crm.team", "Team of the Second Territory", readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    is_other_team = fields.Boolean(
        "Two Teams", readonly=True, help="The territories belong to different teams."
    )
    customer_count = fields.Integer(
        "Customers in Both",
        readonly=True,
        help="Contacts are not counted. The first territory has them.",
    )

    _depends = {
        "crm.territory": [
            "active",
            "sequence",
            "company_id",
            "team_id",
            "division_id",
            "country_ids",
            "state_ids",
            "industry_ids",
            "customer_kind",
            "zip_low",
            "zip_high",
        ],
        "res.partner": [
            "country_id",
            "state_id",
            "zip",
            "industry_id",
            "is_company",
            "commercial_partner_id",
        ],
    }

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """WITH area AS (%(areas)s),
                    met AS MATERIALIZED (%(matches)s),
                    both_of AS (
                        SELECT m.territory_id, n.territory_id AS other_id,
                               count(*) AS customers
                          FROM met m
                          JOIN met n ON n.id = m.id
                           AND (m.sequence, m.territory_id)
                             < (n.sequence, n.territory_id)
                         GROUP BY 1, 2)
               SELECT a.id::bigint * 1000000 + b.id AS id,
                      a.id AS territory_id, b.id AS other_id,
                      a.team_id, b.team_id AS other_team_id,
                      coalesce(a.company_id, b.company_id) AS company_id,
                      a.team_id != b.team_id AS is_other_team,
                      coalesce(both_of.customers, 0)::int AS customer_count
                 FROM area a
                 JOIN area b ON %(together)s
                 LEFT JOIN both_of
                   ON both_of.territory_id = a.id AND both_of.other_id = b.id""",
            areas=self._areas_sql(),
            matches=self._matches_sql(),
            together=self._together_sql(),
        )

    def _areas_sql(self) -> SQL:
        """Return the territories; states without a country bring theirs."""
        return SQL(
            """SELECT t.id, t.sequence, t.company_id, t.team_id, t.division_id,
                      t.customer_kind,
                      coalesce(t.zip_low, '') AS low, coalesce(t.zip_high, '') AS high,
                      coalesce(
                          (SELECT array_agg(r.res_country_id)
                             FROM crm_territory_res_country_rel r
                            WHERE r.crm_territory_id = t.id),
                          (SELECT array_agg(s.country_id)
                             FROM crm_territory_res_country_state_rel r
                             JOIN res_country_state s
                               ON s.id = r.res_country_state_id
                            WHERE r.crm_territory_id = t.id)) AS countries,
                      (SELECT array_agg(r.res_country_state_id)
                         FROM crm_territory_res_country_state_rel r
                        WHERE r.crm_territory_id = t.id) AS states,
                      (SELECT array_agg(r.res_partner_industry_id)
                         FROM crm_territory_res_partner_industry_rel r
                        WHERE r.crm_territory_id = t.id) AS industries
                 FROM crm_territory t
                WHERE t.active"""
        )

    def _together_sql(self) -> SQL:
        """Return the condition that nothing keeps ``a`` and ``b`` apart."""
        return SQL(
            """(a.sequence, a.id) < (b.sequence, b.id)
               AND coalesce(a.company_id = b.company_id, TRUE)
               AND coalesce(a.division_id = b.division_id, TRUE)
               AND coalesce(a.customer_kind = b.customer_kind, TRUE)
               AND coalesce(a.countries && b.countries, TRUE)
               AND coalesce(a.states && b.states, TRUE)
               AND coalesce(a.industries && b.industries, TRUE)
               AND (a.low = '' OR b.low = '' OR (
                   left(a.low, length(b.high)) COLLATE "C"
                       <= left(b.high, length(a.low))
                   AND left(b.low, length(a.high)) COLLATE "C"
                       <= left(a.high, length(b.low))))"""
        )

    def _matches_sql(self) -> SQL:
        """Return every territory of each customer, whatever the division."""
        partners = self.env["res.partner"]
        customers = partners._search(partners._get_customer_domain(self.env.company))
        return self.env["crm.territory"]._matches_sql(
            partners._territory_places_sql(customers.select()),
            self.env.company,
            self.env["crm.division"].search([]),
        )

    def action_open_customers(self):
        """Open the customers of the first territory that fit several."""
        self.ensure_one()
        action = self.territory_id.action_open_customers()
        action["domain"].append(("territory_match_count", ">", 1))
        return action
