from odoo import api, fields, models
from odoo.tools import ormcache

from ...tools.policy import Source, decide
from .crm_customer_policy_mixin import POLICY_FIELDS

SOURCE_MODELS = {
    "customer": "crm.customer.policy",
    "role": "crm.partner.role.assignment",
    "segment": "crm.segment",
    "default": "crm.service.level",
}


class CrmCustomerPolicy(models.Model):
    """The policy that holds for a customer, whoever says it.

    Each source is read once for all customers. The answer is the same for every
    reader who may see the customer: prices and promises cannot depend on who
    looks. Which source decides, stands in tools/policy.py.
    """

    _inherit = "crm.customer.policy"

    # --- IN USE

    @api.model
    @ormcache("field_name")
    def _is_in_use(self, field_name):
        """Return whether anybody says anything about ``field_name``; kept in memory.

        Where nobody does, quotations and contacts cost no query more than without.
        """
        return self._find_in_use(field_name)

    @api.model
    def _find_in_use(self, field_name):
        """Look for a source that says ``field_name``. Add-ons look at theirs too."""
        domain = [(field_name, "!=", False)]
        return any(
            self.env[model].sudo().search_count(domain, limit=1)  # style: CRM109 yes/no
            for model in ("crm.customer.policy", "crm.segment")
        )

    # --- EFFECTIVE POLICY

    @api.model
    def _get_effective_policies(self, partners, company=None, names=POLICY_FIELDS):
        """Return what holds for ``partners`` today and who says so.

        :param partners: customers or contacts of customers
        :param company: the company that sells; the present one if None
        :param names: fields of ``POLICY_FIELDS`` to decide
        :return: ``{partner id: {field: (value, Source)}}``; records are recordsets
        """
        company = company or self.env.company
        customers = partners.commercial_partner_id._origin
        sources = self._get_policy_sources(customers, company)
        decided = {
            customer.id: decide(sources.get(customer.id, []), names)
            for customer in customers
        }
        return {
            partner.id: decided.get(partner.commercial_partner_id._origin.id, {})
            for partner in partners
        }

    @api.model
    def _get_policy_sources(self, customers, company):
        """Return ``{customer id: [Source, ...]}``, who decides first coming first.

        An add-on that knows another source overrides this, calls super and puts
        its own :class:`Source` in place, with ``values`` as in
        :meth:`crm.customer.policy.mixin._get_policy_values`; it names the model of
        its kind in :meth:`_get_source_models`.
        """
        own = self._get_own_sources(customers, company)
        roles = self._get_role_sources(customers, company)
        segments = self._get_segment_sources(customers, company)
        default = self._get_default_sources(company)
        return {
            customer.id: [
                *own.get(customer.id, []),
                *roles.get(customer.id, []),
                *segments.get(customer.id, []),
                *default,
            ]
            for customer in customers
        }

    @api.model
    def _get_source_models(self):
        """Return ``{kind of source: model}``."""
        return dict(SOURCE_MODELS)

    @api.model
    def _get_own_sources(self, customers, company):
        """The customer's own policy; that of the nearest company in a tree."""
        companies = self._get_policy_companies(company)
        today = self.env["crm.sale.fact"]._get_today(company)
        policies = self.sudo().search(  # style: CRM109 same for every reader
            self._get_valid_domain(today)
            & fields.Domain("partner_id", "in", customers.ids)
            & fields.Domain("company_id", "in", companies.ids)
        )
        nearest = {record.id: place for place, record in enumerate(companies)}
        sources = {}
        for policy in policies.sorted(lambda p: nearest[p.company_id.id]):
            source = Source("customer", policy.id, policy._get_policy_values())
            sources.setdefault(policy.partner_id.id, []).append(source)
        return sources

    @api.model
    def _get_role_sources(self, customers, company):
        """The service level agreed for a role that the customer has today."""
        companies = self._get_policy_companies(company)
        assignments = self.env["crm.partner.role.assignment"]
        assignments = assignments.sudo()  # style: CRM109 same for every reader
        found = assignments.search(
            assignments._get_current_domain()
            & fields.Domain("partner_id", "in", customers.ids)
            & fields.Domain("service_level_id", "!=", False)
            & fields.Domain("company_id", "in", [False, *companies.ids])
        )
        sources = {}
        for assignment in found.sorted(lambda a: (a.role_id.sequence, a.id)):
            values = assignment.service_level_id._get_policy_values()
            source = Source("role", assignment.id, values)
            sources.setdefault(assignment.partner_id.id, []).append(source)
        return sources

    @api.model
    def _get_segment_sources(self, customers, company):
        """The segments in which the customers are now, by scheme, then priority."""
        memberships = self.env["crm.segment.membership"]
        memberships = memberships.sudo()  # style: CRM109 same for every reader
        companies = self._get_policy_companies(company)
        placed = memberships._read_group(
            [
                ("partner_id", "in", customers.ids),
                ("date_end", "=", False),
                ("company_id", "in", [False, *companies.ids]),
            ],
            ["segment_id"],
            ["partner_id:array_agg"],
        )
        sources = {}
        by_order = sorted(placed, key=lambda row: row[0]._get_policy_order())
        for segment, customer_ids in by_order:
            source = Source("segment", segment.id, segment._get_policy_values())
            if source.values:
                for customer_id in customer_ids:
                    sources.setdefault(customer_id, []).append(source)
        return sources

    @api.model
    def _get_default_sources(self, company):
        """The service level for everyone else."""
        companies = self._get_policy_companies(company)
        levels = self.env["crm.service.level"]
        levels = levels.sudo().search(  # style: CRM109 same for every reader
            [("is_default", "=", True), ("company_id", "in", [False, *companies.ids])]
        )
        levels = levels.sorted(lambda level: not level.company_id)
        return [
            Source("default", level.id, level._get_policy_values()) for level in levels
        ]

    @api.model
    def _get_policy_companies(self, company):
        """Return ``company`` and those above it, the nearest first."""
        tree = company.sudo().parent_ids  # style: CRM109 ids of own parents
        return company | tree.sorted("parent_path", reverse=True)

    @api.model
    def _get_source_text(self, source):
        """Say in words where a value comes from."""
        record = self.env[self._get_source_models()[source.kind]].browse(
            source.record_id
        )
        record = record.sudo()  # style: CRM109 name of a source; the value is shown
        return self._get_source_texts(record)[source.kind]

    @api.model
    def _get_source_texts(self, record):
        """Return the wording per kind of source. Add-ons add theirs."""
        name = record.display_name
        if record._name == "crm.partner.role.assignment":
            name = record.role_id.display_name
        return {
            "customer": self.env._("own policy of the customer"),
            "role": self.env._("role %s", name),
            "segment": self.env._("segment %s", name),
            "default": self.env._("service level for everyone else"),
        }

    # --- PRICELISTS

    @api.model
    def _get_applied_pricelists(self, partners, company):
        """Return ``{partner id: pricelist}`` where policy says which one applies."""
        if not partners or not self._is_in_use("pricelist_id"):
            return {}
        policies = self._get_effective_policies(partners, company, ("pricelist_id",))
        pricelists = {}
        for partner_id, policy in policies.items():
            if "pricelist_id" in policy:
                pricelists[partner_id] = policy["pricelist_id"][0].with_env(self.env)
        return pricelists
