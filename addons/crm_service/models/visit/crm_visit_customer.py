from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_strategy.tools.policy import Source

CADENCE = "cadence"


class CrmVisitCustomer(models.Model):
    """How often a customer is to be visited, and who says so: one row per company.

    The rows are worked out from policies and cadences, each night and when a plan is
    generated; nobody edits them. Customers who are not to be visited have no row.
    """

    _name = "crm.visit.customer"
    _description = "Customer to Visit"
    _inherit = ["crm.partner.row.mixin"]
    _order = "visits_per_year desc, id"
    _rec_name = "partner_id"
    _row_parent = "company_id"

    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    visits_per_year = fields.Integer("Visits a Year", readonly=True)
    source_kind = fields.Char(readonly=True)
    source_id = fields.Integer(readonly=True)
    date_since = fields.Date("Since", readonly=True)
    reason = fields.Char(
        compute="_compute_reason",
        help="The rule that says how often the customer is visited.",
    )

    _partner_unique = models.UniqueIndex(
        "(partner_id, company_id)", "The customer has a row in this company already."
    )

    @api.depends("source_kind", "source_id", "visits_per_year")
    @api.depends_context("lang")
    def _compute_reason(self):
        texts = {}
        for row in self:
            key = (row.source_kind, row.source_id)
            if key not in texts:
                texts[key] = self._get_reason(*key)
            row.reason = texts[key] and self.env._(
                "Visits a year: %(count)s (%(reason)s)",
                count=row.visits_per_year,
                reason=texts[key],
            )

    @api.model
    def _get_reason(self, kind, source_id):
        """Say in words who says how often, as policies do."""
        if not kind:
            return ""
        if kind == CADENCE:
            cadence = self.env["crm.visit.cadence"].sudo()  # style: CRM109 its name
            return self.env._("cadence of %s", cadence.browse(source_id).name or "")
        return self.env["crm.customer.policy"]._get_source_text(Source(kind, source_id))

    # --- REFRESH

    @api.model
    def _refresh(self, company):
        """Make the rows of ``company`` true, all in one go; return how many."""
        env = self.sudo().env  # style: CRM109 policies are the same for every reader
        partners = env["res.partner"].search(
            env["res.partner"]._get_customer_domain(company), order="id"
        )
        wanted = self.sudo()._get_wanted(partners, company)  # style: CRM109 as above
        rows = [(key, *value) for key, value in sorted(wanted.items())]
        columns = [list(column) for column in zip(*rows, strict=True)]
        self._store_rows(columns or [[], [], [], []], company)
        self.invalidate_model()
        return len(rows)

    @api.model
    def _get_wanted(self, partners, company):
        """Return ``{customer id: (visits a year, kind of source, its id)}``."""
        policies = self.env["crm.customer.policy"]._get_effective_policies(
            partners, company, ("visits_per_year", "service_level_id")
        )
        nothing = (0, Source("default", 0))
        found = {}
        for customer_id, policy in policies.items():
            visits, source = policy.get("visits_per_year", nothing)
            found[customer_id] = (visits, source.kind, source.record_id)
        own = {key for key, value in found.items() if value[1] == "customer"}
        for customer_id, cadence in self._get_cadences(policies, company):
            known = found.get(customer_id)
            if known and customer_id not in own and cadence.visits_per_year > known[0]:
                found[customer_id] = (cadence.visits_per_year, CADENCE, cadence.id)
        return {key: value for key, value in found.items() if value[0] > 0}

    @api.model
    def _get_cadences(self, policies, company):
        """Return pairs (customer id, cadence), service levels included."""
        cadences = self.env["crm.visit.cadence"]
        companies = self.env["crm.customer.policy"]._get_policy_companies(company)
        by_level = {
            cadence.service_level_id.id: cadence
            for cadence in cadences.search(
                [
                    ("service_level_id", "!=", False),
                    ("company_id", "in", [False, *companies.ids]),
                ],
                order="visits_per_year",
            )
        }
        pairs = cadences._get_cadences(company)
        if by_level:
            for customer_id, policy in policies.items():
                level = policy.get("service_level_id", (None,))[0]
                if level and level.id in by_level:
                    pairs.append((customer_id, by_level[level.id]))
        return pairs

    @api.model
    def _store_rows(self, columns, company):
        """Write what differs; keep since when a customer is to be visited."""
        partners, visits, kinds, sources = columns
        self._drop_rows(partners, company)
        self.env.execute_query(
            SQL(
                """INSERT INTO crm_visit_customer AS c (
                          partner_id, company_id, visits_per_year, source_kind,
                          source_id, date_since, create_uid, create_date, write_uid,
                          write_date)
                   SELECT n.partner_id, %(company)s, n.visits, n.kind, n.source,
                          %(today)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM UNNEST(%(partners)s::int[], %(visits)s::int[],
                                 %(kinds)s::text[], %(sources)s::int[])
                          AS n(partner_id, visits, kind, source)
              ON CONFLICT (partner_id, company_id) DO UPDATE
                      SET visits_per_year = EXCLUDED.visits_per_year,
                          source_kind = EXCLUDED.source_kind,
                          source_id = EXCLUDED.source_id,
                          write_date = EXCLUDED.write_date
                    WHERE (c.visits_per_year, c.source_kind, c.source_id)
                          IS DISTINCT FROM (EXCLUDED.visits_per_year,
                          EXCLUDED.source_kind, EXCLUDED.source_id)
                RETURNING id""",
                company=company.id,
                today=self.env["crm.sale.fact"]._get_today(company),
                uid=self.env.uid,
                now=SQL("(NOW() AT TIME ZONE 'UTC')"),
                partners=partners,
                visits=visits,
                kinds=kinds,
                sources=sources,
            )
        )

    @api.model
    def _drop_rows(self, partner_ids, company):
        """Remove the rows of all others than these customers."""
        self.flush_model()
        self.env.execute_query(
            SQL(
                """DELETE FROM crm_visit_customer
                    WHERE company_id = %s AND partner_id <> ALL(%s) RETURNING id""",
                company.id,
                partner_ids,
            )
        )

    @api.model
    def _cron_refresh(self):
        """Work the rows of all companies out anew, one company after the other."""
        companies = self.env["res.company"].search([], order="id")
        self.env["crm.job.pass"]._cron_work_off(
            self._name, companies.ids, lambda ref: self._refresh(companies.browse(ref))
        )
