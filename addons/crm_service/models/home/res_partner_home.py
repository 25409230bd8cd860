from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """When we are next in touch with a customer."""

    _inherit = "res.partner"

    crm_next_touch_date = fields.Datetime(
        "Next Sales Activity",
        compute="_compute_crm_next_touch_date",
        search="_search_crm_next_touch_date",
        groups="crm_service.group_agent,crm_strategy.group_user",
        help="The next planned or confirmed sales activity with the customer.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("commercial_partner_id")
    def _compute_crm_next_touch_date(self):
        """One statement, of the sales activities that the reader may see."""
        dates = dict(
            self.env["crm.sales.activity"]._read_group(
                self._get_next_touch_domain()
                & Domain("partner_id", "in", self.commercial_partner_id.ids),
                ["partner_id"],
                ["date_start:min"],
            )
        )
        for partner in self:
            customer = partner.commercial_partner_id._origin
            partner.crm_next_touch_date = dates.get(customer)

    @api.model
    def _search_crm_next_touch_date(self, operator, value):
        """Find customers with or without one, or by its day."""
        if operator == "in" and set(value) == {False}:
            return ~self._with_touch_domain(self._get_next_touch_domain())
        if operator in ("<", "<=", ">", ">="):
            return self._with_touch_domain(
                self._get_next_touch_domain() & Domain("date_start", operator, value)
            )
        return NotImplemented

    @api.model
    def _with_touch_domain(self, domain):
        touches = self.env["crm.sales.activity"]
        query = touches._search(domain)
        customer_id = touches._field_to_sql(query.table, "partner_id", query)
        return Domain("commercial_partner_id", "in", query.select(customer_id))

    @api.model
    def _get_next_touch_domain(self):
        """Return the touches from today on that are agreed among us or with him."""
        return Domain("state", "in", ["planned", "confirmed"]) & Domain(
            "date_start", ">=", "today"
        )
