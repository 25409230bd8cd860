from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.lifecycle import STATES

OUR_USERS = "crm_strategy.group_user"


class CrmLifecycleDimensionMixin(models.AbstractModel):
    """Makes the customer's present lifecycle state a dimension of a list or report.

    The state is looked up only where it is shown, searched or grouped by: the stays
    are joined to the query then, those that the reader may see. Where nobody asks
    for it, the query of the host stays what it was.

    A model says where its customer and company stand by ``_lifecycle_customer`` and
    ``_lifecycle_company`` (a field, or None for the reader's current company).
    """

    _name = "crm.lifecycle.dimension.mixin"
    _description = "Lifecycle State as a Dimension"

    _lifecycle_customer = "partner_id"
    _lifecycle_company = "company_id"

    lifecycle_state = fields.Selection(
        selection="_selection_lifecycle_state",
        compute="_compute_lifecycle_state",
        search="_search_lifecycle_state",
        group_expand="_group_expand_lifecycle_state",
        groups=OUR_USERS,
        help="Where the customer stands now: prospect, interested, buying, loyal or "
        "lapsed, by the rules of the company.",
    )

    @api.model
    def _selection_lifecycle_state(self):
        return self.env["crm.lifecycle.transition"]._selection_state()

    @api.model
    def _group_expand_lifecycle_state(self, _states, _domain):
        return list(STATES)

    @api.model
    def _get_present_stays_domain(self):
        return Domain("date_end", "=", False)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_lifecycle_state(self):
        states = self._get_lifecycle_states()
        for record in self:
            record.lifecycle_state = states.get(record._get_lifecycle_key(), False)

    def _get_lifecycle_key(self):
        """Return the ids of the record's customer and company."""
        customer = self[self._lifecycle_customer].commercial_partner_id._origin
        company = self._lifecycle_company and self[self._lifecycle_company]
        return customer.id, (company or self.env.company).id

    def _get_lifecycle_states(self):
        """Return ``{(customer id, company id): state}`` as far as readable."""
        keys = [record._get_lifecycle_key() for record in self]
        stays = self.env["crm.lifecycle.transition"].search_fetch(
            self._get_present_stays_domain()
            & Domain("partner_id", "in", list({customer for customer, _ in keys}))
            & Domain("company_id", "in", list({company for _, company in keys})),
            ["partner_id", "company_id", "state"],
        )
        return {(s.partner_id.id, s.company_id.id): s.state for s in stays}

    @api.model
    def _search_lifecycle_state(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        states = [state for state in value if state]
        with_none = len(states) < len(value)

        def to_sql(model, alias, query):
            state = model._field_to_sql(alias, "lifecycle_state", query)
            found = SQL("%s IN %s", state, tuple(states)) if states else SQL("FALSE")
            if with_none:
                found = SQL("(%s IS NULL OR %s)", state, found)
            if operator == "in":
                return found
            return SQL("(%s) IS NOT TRUE", found)

        return Domain.custom(
            to_sql=to_sql,
            predicate=lambda record: (
                (record.lifecycle_state in value) == (operator == "in")
            ),
        )

    # --- SQL

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr != "lifecycle_state":
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        if query is None:
            raise ValueError("The lifecycle state needs a query to be joined to")
        return SQL.identifier(self._join_lifecycle(alias, query), "state")

    def _join_lifecycle(self, alias, query):
        """Join the present stays to ``query``; return their alias."""
        stay = query.make_alias(alias, "lifecycle_state")
        company = SQL("%s", self.env.company.id)
        if self._lifecycle_company:
            own = self._field_to_sql(alias, self._lifecycle_company, query)
            company = SQL("COALESCE(%s, %s)", own, company)
        stays = self.env["crm.lifecycle.transition"]._search(
            self._get_present_stays_domain()
        )
        columns = (
            SQL.identifier(stays.table, name)
            for name in ("partner_id", "company_id", "state")
        )
        condition = SQL(
            "%s = %s AND %s = %s",
            SQL.identifier(stay, "partner_id"),
            self._lifecycle_customer_sql(alias, query),
            SQL.identifier(stay, "company_id"),
            company,
        )
        query.add_join("LEFT JOIN", stay, stays.subselect(*columns), condition)
        return stay

    def _lifecycle_customer_sql(self, alias, query):
        """Return the id of the record's customer."""
        return self._field_to_sql(alias, self._lifecycle_customer, query)
