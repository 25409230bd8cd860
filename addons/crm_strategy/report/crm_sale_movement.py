from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.crm_sale_fact import SOURCE_FIELDS

#: Room for one refund per day behind each order's number, from this day on.
DAYS_PER_ORDER = 65536
FIRST_DAY = "1970-01-01"


class CrmSaleMovement(models.Model):
    """Purchases and refunds of the selected companies: what revenue is made of.

    One row per purchase and one per order and day on which something was taken
    back, in the company's currency. The sum over a period is its revenue. Read it
    bounded by ``date_order`` (the moment in UTC at which the row counts; that of a
    refund is the start of its day): the database then reads the orders of the
    period only.
    """

    _name = "crm.sale.movement"
    _description = "Purchase or Refund"
    _inherit = ["crm.lifecycle.dimension.mixin"]
    _auto = False
    _rec_name = "order_id"
    _order = "date_order desc, id desc"

    _lifecycle_customer = "customer_id"

    order_id = fields.Many2one("sale.order", readonly=True)
    customer_id = fields.Many2one("res.partner", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    kind = fields.Selection(
        [("purchase", "Purchase"), ("refund", "Refund")], readonly=True
    )
    day = fields.Date(
        readonly=True, help="In the time zone of the company's own address."
    )
    date_order = fields.Datetime(string="Counts from", readonly=True)
    revenue = fields.Monetary(
        readonly=True, help="Untaxed, in the company's currency; refunds are negative."
    )
    margin = fields.Monetary(
        readonly=True,
        help="Margin of the order; a refund lowers it in proportion to the revenue.",
    )

    _depends = {
        **SOURCE_FIELDS,
        "sale.order": [*SOURCE_FIELDS["sale.order"], "user_id", "team_id"],
    }

    @property
    def _table_query(self) -> SQL:
        parts = [
            part
            for company in self.env.companies
            for part in (self._purchases_sql(company), self._refunds_sql(company))
        ]
        return SQL(" UNION ALL ").join(parts)

    def _purchases_sql(self, company) -> SQL:
        facts = self.env["crm.sale.fact"]
        return SQL(
            """SELECT o.id::bigint * %(room)s AS id,
                      o.id AS order_id, f.customer_id,
                      %(company)s::int AS company_id, %(currency)s::int AS currency_id,
                      o.user_id, o.team_id, 'purchase' AS kind,
                      %(day)s AS day, f.date_order, f.revenue::numeric AS revenue,
                      f.margin::numeric AS margin
                 FROM (%(orders)s) f
                 JOIN sale_order o ON o.id = f.order_id""",
            room=DAYS_PER_ORDER,
            company=company.id,
            currency=company.currency_id.id,
            day=facts._local_day_sql(SQL("f.date_order"), company),
            orders=facts._orders_sql(company),
        )

    def _refunds_sql(self, company) -> SQL:
        facts = self.env["crm.sale.fact"]
        return SQL(
            """SELECT o.id::bigint * %(room)s + 1 + (f.day - %(first_day)s::date) AS id,
                      o.id AS order_id, f.customer_id,
                      %(company)s::int AS company_id, %(currency)s::int AS currency_id,
                      o.user_id, o.team_id, 'refund' AS kind,
                      f.day, %(moment)s AS date_order, -f.revenue::numeric AS revenue,
                      -f.margin::numeric AS margin
                 FROM (%(refunds)s) f
                 JOIN sale_order o ON o.id = f.order_id
                WHERE f.revenue != 0""",
            room=DAYS_PER_ORDER,
            first_day=FIRST_DAY,
            company=company.id,
            currency=company.currency_id.id,
            moment=facts._end_of_day_sql(SQL("(f.day - 1)"), company),
            refunds=facts._refund_movements_sql(company),
        )

    @api.model
    def _get_period_domain(self, company, date_from, date_to):
        """Return the domain of the rows of ``company`` in these days."""
        bounds = self.env["crm.sale.fact"]._get_utc_bounds(company, date_from, date_to)
        return (
            Domain("company_id", "=", company.id)
            & Domain("date_order", ">=", bounds[0])
            & Domain("date_order", "<", bounds[1])
        )

    def action_open_order(self):
        """Open the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [[False, "form"]],
        }
