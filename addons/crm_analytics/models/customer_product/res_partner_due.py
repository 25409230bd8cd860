from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..res_partner import GROUPS
from .product_template_due import CONTEXT_KEY


class ResPartner(models.Model):
    """When customers should buy a product again; the product is in the context."""

    _inherit = "res.partner"

    crm_product_due = fields.Integer(
        "Due for product",
        store=False,
        search="_search_crm_product_due",
        exportable=False,
        groups=GROUPS,
        help="Technical: set by the list of customers who are due for a product.",
    )
    crm_product_last_date = fields.Date(
        "Bought last", compute="_compute_crm_product_due_date", groups=GROUPS
    )
    crm_product_due_date = fields.Date(
        "Due on",
        compute="_compute_crm_product_due_date",
        groups=GROUPS,
        help="Day of the last purchase of the product plus the mean number of days"
        " between the customer's purchases of it.",
    )
    crm_product_cycle = fields.Float(
        "Buys every (days)",
        digits=(16, 1),
        compute="_compute_crm_product_due_date",
        groups=GROUPS,
    )

    def _get_due_variants(self, template_id):
        """Return the ids of the variants of a product that the reader may read."""
        template = self.env["product.template"].browse(template_id)
        template = template.exists()._filtered_access("read")
        return template.with_context(active_test=False).product_variant_ids.ids

    @api.depends_context(CONTEXT_KEY, "company", "uid")
    def _compute_crm_product_due_date(self):
        """One statement for all customers of the list."""
        self.crm_product_last_date = self.crm_product_due_date = False
        self.crm_product_cycle = 0.0
        template_id = self.env.context.get(CONTEXT_KEY)
        if not isinstance(template_id, int) or not self.ids:
            return
        rows = self.env.execute_query(
            SQL(
                """SELECT customer_id, last_day, next_due, cycle::float8
                     FROM (%s) due WHERE customer_id = ANY(%s)""",
                self.env["crm.customer.product"]._due_sql(
                    self.env.company, self._get_due_variants(template_id)
                ),
                self.ids,
            )
        )
        found = {row[0]: row[1:] for row in rows}
        for partner in self:
            if partner.id in found:
                last, due, cycle = found[partner.id]
                partner.crm_product_last_date = last
                partner.crm_product_due_date = due
                partner.crm_product_cycle = cycle

    def _search_crm_product_due(self, operator, value):
        """Find the customers who are due for a product of this id."""
        self._check_field_access(self._fields["crm_product_due"], "read")
        if operator != "in" or not all(type(term) is int for term in value):
            return NotImplemented
        company = self.env.company
        variants = [v for term in value for v in self._get_due_variants(term)]
        due = self.env["crm.customer.product"]._due_sql(company, variants)
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "%s IN (SELECT customer_id FROM (%s) due)",
                SQL.identifier(alias, "id"),
                due,
            )
        )
