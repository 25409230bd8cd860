from odoo import api, models
from odoo.tools import SQL


class CrmSaleFact(models.AbstractModel):
    _inherit = "crm.sale.fact"

    @api.model
    def _get_today(self, company):
        """Return the day as of which the company looks at its figures.

        A company whose policy names a day looks at a history that ended earlier:
        scores, segments and measures alike take that day for today.
        """
        as_of = self.env["crm.rfm.policy"]._get_as_of_date(company.id)
        return as_of or super()._get_today(company)

    @api.model
    def _get_day_policies(self, companies):
        policies = self.env["crm.rfm.policy"].sudo()  # style: CRM109 system
        found = policies.search([("company_id", "in", companies.ids)])
        return [*super()._get_day_policies(companies), found]

    @api.model
    def _line_discount_sql(self, rate) -> SQL:
        """Return what a discount took off order line ``l``, untaxed; NULL for nothing.

        A line below zero, as the host's discount and promised discounts are, is a
        discount of that amount; goods taken back, of which the quantity is below
        zero, are none. What was given away altogether says only by its price what it
        was worth, less the taxes that the price includes.

        :param rate: the currency rate of the order, as a number above zero
        """
        return SQL(
            """CASE WHEN l.price_unit < 0 AND l.product_uom_qty > 0
                    THEN -l.price_subtotal / %(rate)s
                    WHEN l.discount IS NULL OR l.discount = 0 THEN NULL
                    WHEN l.discount >= 100
                    THEN (l.price_unit * l.product_uom_qty)::numeric / %(rate)s
                         / (1 + %(included)s)
                    ELSE l.price_subtotal * l.discount::numeric
                         / (100 - l.discount::numeric) / %(rate)s
               END""",
            rate=rate,
            included=self._included_taxes_sql(),
        )

    @api.model
    def _included_taxes_sql(self) -> SQL:
        """Return the share of the taxes that the price of order line ``l`` includes."""
        return SQL(
            """(SELECT COALESCE(SUM(t.amount), 0) / 100
                  FROM account_tax_sale_order_line_rel r
                  JOIN account_tax t ON t.id = r.account_tax_id
                  JOIN res_company c ON c.id = t.company_id
                 WHERE r.sale_order_line_id = l.id AND t.amount_type = 'percent'
                   AND COALESCE(t.price_include_override, c.account_price_include)
                       = 'tax_included')"""
        )
