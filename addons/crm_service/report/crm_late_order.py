from odoo import fields, models
from odoo.tools import SQL

from ..models.complaint.res_partner_complaint import AGENT_OR_SALES


class CrmLateOrder(models.Model):
    """Orders with something left to deliver: one row per order, most urgent first.

    Open orders, the promised day and how much is delivered are those of the customer
    panel (``crm.service.panel``): the delivery date of the order, without one when
    the host expects it by the lead times; what is delivered goes by value. Reason
    and action are the order's own fields, so they are entered here or there.
    """

    _name = "crm.late.order"
    _description = "Late Order"
    _inherit = ["crm.company.rows.mixin"]
    _auto = False
    _order = "date_promised, id"
    _rec_name = "name"

    name = fields.Char("Order", readonly=True)
    order_id = fields.Many2one("sale.order", "Sales Order", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_order = fields.Date("Order Date", readonly=True)
    date_promised = fields.Date("Promised", readonly=True)
    is_promised = fields.Boolean(
        "Delivery Date Agreed",
        readonly=True,
        help="The order has a delivery date. Without one, the promised date is "
        "calculated from the lead times.",
    )
    days_late = fields.Integer(readonly=True, aggregator="max")
    delivered_percent = fields.Integer("Delivered (%)", readonly=True, aggregator="avg")
    amount_open = fields.Monetary(
        "To Deliver",
        readonly=True,
        help="The untaxed value of what is not delivered yet.",
    )
    is_partial = fields.Boolean("Partially Delivered", readonly=True)
    crm_late_reason = fields.Selection(
        string="Reason",
        related="order_id.crm_late_reason",
        readonly=False,
        groups=AGENT_OR_SALES,
    )
    crm_late_action = fields.Char(
        "Action",
        related="order_id.crm_late_action",
        readonly=False,
        groups=AGENT_OR_SALES,
    )

    _depends = {
        "res.partner": ["commercial_partner_id"],
        "sale.order": [
            "amount_untaxed",
            "commitment_date",
            "company_id",
            "currency_rate",
            "date_order",
            "delivery_status",
            "name",
            "partner_id",
            "picking_policy",
            "state",
            "team_id",
            "user_id",
            "warehouse_id",
        ],
        "sale.order.line": [
            "customer_lead",
            "order_id",
            "price_subtotal",
            "product_uom_qty",
            "qty_delivered",
            "qty_delivered_method",
        ],
    }

    def _company_sql(self, company) -> SQL:
        """Return the open orders of ``company``; its days are those of its zone."""
        facts = self.env["crm.sale.fact"]
        panel = self.env["crm.service.panel"]
        return SQL(
            """SELECT x.*, GREATEST(0, COALESCE(%(today)s - x.date_promised, 0))
                           AS days_late,
                      x.delivered_percent > 0 AS is_partial
                 FROM (SELECT o.id, o.id AS order_id, o.name,
                              f.customer_id AS partner_id, o.user_id, o.team_id,
                              o.warehouse_id, o.company_id,
                              %(date_order)s AS date_order,
                              %(promised)s AS date_promised,
                              o.commitment_date IS NOT NULL AS is_promised,
                              %(percent)s AS delivered_percent,
                              CASE WHEN o.amount_untaxed > 0
                                   THEN (l.ordered - l.delivered)
                                        / COALESCE(NULLIF(o.currency_rate, 0), 1)
                                   ELSE 0 END AS amount_open
                         FROM (%(orders)s) f
                         JOIN sale_order o ON o.id = f.order_id
                   CROSS JOIN LATERAL (%(lines)s) l
                        WHERE o.delivery_status IN ('pending', 'started', 'partial')
                          AND l.is_open) x""",
            today=facts._get_today(company),
            date_order=facts._local_day_sql(SQL("o.date_order"), company),
            promised=facts._local_day_sql(panel._promised_sql(), company),
            percent=self._percent_sql(),
            orders=facts._orders_sql(company),
            lines=panel._order_lines_sql(),
        )

    def _percent_sql(self) -> SQL:
        """Return ``delivered_percent`` of ``tools/customer_panel.py`` as SQL."""
        return SQL(
            """CASE WHEN l.delivered <= 0 THEN 0
                    ELSE LEAST(99, GREATEST(1, ROUND(
                        (100 * l.delivered / l.ordered)::float8)))::int END"""
        )

    def action_open_order(self):
        """Open the sales order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [[False, "form"]],
        }
