from odoo import api, models
from odoo.tools import SQL


class CrmSalesActivity(models.Model):
    """Which part of an order's revenue counts for which touch: defined here only.

    An order counts for the touches that were done with its customer in the days of
    influence (a setting of the company) up to its confirmation, in equal parts. So an
    order counts once, however many touches there were, and an order without any
    touch before it counts for nobody. A touch that was done before the day it was
    planned for counts from when it was done.
    """

    _inherit = "crm.sales.activity"

    @api.model
    def _influence_sql(self, company, since=None, until=None) -> SQL:
        """Return ``activity_id, order_id, date_order, revenue`` of influenced orders.

        :param since: first day of orders that count (date), all if None
        :param until: last day of orders that count (date), all if None
        """
        facts = self.env["crm.sale.fact"]
        company = company.sudo()  # style: CRM109 a setting
        touched = SQL(
            """SELECT partner_id FROM crm_sales_activity
                WHERE company_id = %s AND state = 'done'""",
            company.id,
        )
        orders = facts._orders_sql(company, until, customers=touched, since=since)
        return SQL(
            """SELECT a.id AS activity_id, o.order_id, o.date_order,
                      o.revenue / COUNT(*) OVER (PARTITION BY o.order_id) AS revenue
                 FROM (%(orders)s) o
                 JOIN crm_sales_activity a
                   ON a.partner_id = o.customer_id
                  AND a.company_id = %(company)s AND a.state = 'done'
                  AND LEAST(a.date_start, a.date_done) <= o.date_order
                  AND LEAST(a.date_start, a.date_done)
                      > o.date_order - %(days)s * INTERVAL '1 day'""",
            orders=orders,
            company=company.id,
            days=company.crm_activity_influence_days,
        )
