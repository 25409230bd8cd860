import re

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# What a person types who has a telephone number in mind
PHONE_PATTERN = re.compile(r"[+\d\s./()-]+")


class ResPartner(models.Model):
    """The caller: who is on the phone, and when did he last buy."""

    _inherit = "res.partner"

    service_caller = fields.Char(
        string="Caller",
        store=False,
        search="_search_service_caller",
        groups="crm_service.group_agent",
        help="Finds a customer by name, phone number, e-mail address, reference or "
        "order number.",
    )
    service_date_last_order = fields.Date(
        string="Last Order",
        compute="_compute_service_date_last_order",
        groups="crm_service.group_agent",
        help="Date of the customer's latest confirmed order, across all contacts "
        "of the company, in the companies you have selected.",
    )

    service_special_instructions = fields.Text(
        string="Service Instructions",
        compute="_compute_service_special_instructions",
        groups="crm_service.group_agent",
        help="What to observe at every contact, according to the customer policy "
        "that applies to this customer.",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("allowed_company_ids")
    def _compute_service_date_last_order(self):
        days = {}
        for company in self.env.companies:
            for customer_id, day in self._fetch_last_order_days(company):
                days[customer_id] = max(day, days.get(customer_id, day))
        for partner in self:
            partner.service_date_last_order = days.get(partner.commercial_partner_id.id)

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_service_special_instructions(self):
        texts = self._get_special_instructions()
        for partner in self:
            partner.service_special_instructions = texts.get(partner.id)

    def _fetch_last_order_days(self, company):
        """Return pairs (customer id, day of his last purchase from ``company``)."""
        if not self.commercial_partner_id.ids:
            return []
        fact = self.env["crm.sale.fact"]
        fact._flush_sources()
        customers = SQL("SELECT unnest(%s)", self.commercial_partner_id.ids)
        return self.env.execute_query(
            SQL(
                "SELECT f.customer_id, %s FROM (%s) f GROUP BY f.customer_id",
                fact._local_day_sql(SQL("MAX(f.date_order)"), company),
                fact._orders_sql(company, customers=customers),
            )
        )

    def _search_service_caller(self, operator, value):
        if operator != "ilike" or not isinstance(value, str):
            return NotImplemented
        # the host does not check the groups of a field that has a search method
        self._check_field_access(self._fields["service_caller"], "read")
        text = value.strip()
        if not text:
            return Domain.TRUE
        domain = Domain.OR(
            Domain(field_name, "ilike", text)
            for field_name in ("complete_name", "email", "ref")
        )
        domain |= Domain("id", "in", self._get_order_customers_query(text))
        digits = re.sub(r"\D", "", text)
        if (
            PHONE_PATTERN.fullmatch(text)
            and len(digits) >= self._phone_search_min_length
        ):
            domain |= Domain("phone_mobile_search", "ilike", text)
        return domain

    def _get_order_customers_query(self, text) -> SQL:
        """Return the ids of the customers of the orders that ``text`` names.

        An agent may have no right on orders: he learns whose order it is, of the
        companies that are switched on, and nothing else of it.
        """
        orders = self.env["sale.order"].sudo()  # style: CRM109 gives partner ids only
        query = orders._search(
            Domain("company_id", "in", self.env.companies.ids)
            & (
                Domain("name", "ilike", text)
                | Domain("client_order_ref", "ilike", text)
            )
        )
        return query.subselect("partner_id")
