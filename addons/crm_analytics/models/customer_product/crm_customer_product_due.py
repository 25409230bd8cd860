from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..crm_care_rule import GRACE_DAYS

#: A purchase is due from so many days before its day on
AHEAD_DAYS = 14


class CrmCustomerProduct(models.AbstractModel):
    """Who should buy a product again about now, by his own consumption cycle."""

    _inherit = "crm.customer.product"

    @api.model
    def _cycles_sql(self, company, as_of, customers=None, products=None) -> SQL:
        """Return ``customer_id, product_tmpl_id, last_day, cycle, next_due`` of all
        who bought a product on two days or more; arguments as in :meth:`_lines_sql`.
        """
        return SQL(
            """SELECT customer_id, product_tmpl_id, last_day, cycle,
                      last_day + ROUND(cycle)::int AS next_due
                 FROM (SELECT customer_id, product_tmpl_id, MAX(day) AS last_day,
                              (MAX(day) - MIN(day))::numeric
                                  / NULLIF(COUNT(DISTINCT day) - 1, 0) AS cycle
                         FROM (%s) line
                     GROUP BY customer_id, product_tmpl_id) bought
                WHERE cycle IS NOT NULL""",
            self._lines_sql(company, as_of, customers, products),
        )

    @api.model
    def _due_sql(self, company, products) -> SQL:
        """Return the cycles of the customers who are due for ``products``.

        Due is whose day comes within two weeks or has passed; whoever is silent for
        longer than the grace days is a case for winning back. Figures of others'
        customers are left out for whoever may not see them.
        """
        self._flush()
        today = self.env["crm.sale.fact"]._get_today(company)
        return SQL(
            """SELECT * FROM (%s) due
                WHERE next_due BETWEEN %s AND %s AND customer_id IN %s""",
            self._cycles_sql(company, today, products=products),
            today - timedelta(days=GRACE_DAYS),
            today + timedelta(days=AHEAD_DAYS),
            self.env["crm.product.sheet"]._get_customers_query(),
        )
