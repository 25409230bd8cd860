from odoo import fields, models
from odoo.tools import SQL

from ..models.after_sale.sale_order_after_sale import LATE_REASONS


class CrmDeliveryReport(models.Model):
    """What was delivered when, and when it had been promised: one row per move.

    A move is what one delivery took to the customer for one line of an order, so a
    partial delivery counts on its own day, and a backorder on its own. Promised is
    the delivery date of the order, without one the order date plus the lead time of
    the line (the longest of the order where it is shipped at once), as the host
    plans it. Returns take nothing back: what was late, was late.
    """

    _name = "crm.delivery.report"
    _description = "Late Deliveries"
    _inherit = ["crm.company.rows.mixin"]
    _auto = False
    _order = "date_delivered desc, id desc"
    _rec_name = "product_id"
    _day_field = "date_delivered"

    order_id = fields.Many2one("sale.order", "Sales Order", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    division_id = fields.Many2one("crm.division", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    crm_late_reason = fields.Selection(LATE_REASONS, "Reason", readonly=True)
    date_promised = fields.Date("Promised", readonly=True)
    date_delivered = fields.Date("Delivered", readonly=True)
    quantity = fields.Float(readonly=True, digits="Product Unit")
    delivery_count = fields.Integer("Deliveries", readonly=True)
    late_count = fields.Integer("Late", readonly=True)
    days_late = fields.Integer(
        readonly=True,
        aggregator="avg",
        help="Days between the promised date and the delivery; 0 if it was on time.",
    )
    on_time_rate = fields.Float(
        "On Time (%)",
        readonly=True,
        aggregator="avg",
        help="The share of deliveries that arrived by the promised date.",
    )

    _depends = {
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id", "crm_division_id"],
        "res.partner": ["commercial_partner_id"],
        "sale.order": [
            "commitment_date",
            "company_id",
            "crm_late_reason",
            "date_order",
            "partner_id",
            "picking_policy",
            "state",
            "team_id",
            "user_id",
        ],
        "sale.order.line": ["customer_lead", "order_id"],
        "stock.location": ["usage", "warehouse_id"],
        "stock.move": [
            "company_id",
            "date",
            "location_dest_id",
            "location_id",
            "product_id",
            "product_uom",
            "quantity",
            "sale_line_id",
            "state",
        ],
        "uom.uom": ["factor"],
    }

    def _company_sql(self, company, *, since=None, until=None, partners=None) -> SQL:
        """Return the deliveries of ``company``, of the days given (dates).

        :param partners: relation of the customers' partners to keep, as in
            ``crm.sale.fact``
        """
        return SQL(
            """SELECT d.*, 1 AS delivery_count, (d.days_late > 0)::int AS late_count,
                      CASE WHEN d.days_late > 0 THEN 0.0 ELSE 100.0 END AS on_time_rate
                 FROM (SELECT m.*, GREATEST(
                                  0, COALESCE(m.date_delivered - m.date_promised, 0)
                              ) AS days_late
                         FROM (%s) m) d""",
            self._moves_sql(company, since, until, partners),
        )

    def _moves_sql(self, company, since, until, partners=None) -> SQL:
        """Return the moves; what only tells of their product is joined if asked for."""
        facts = self.env["crm.sale.fact"]
        return SQL(
            """SELECT m.id, f.order_id, f.customer_id AS partner_id, o.user_id,
                      o.team_id, m.product_id, t.categ_id,
                      t.crm_division_id AS division_id,
                      COALESCE(source.warehouse_id, o.warehouse_id) AS warehouse_id,
                      o.company_id, o.crm_late_reason,
                      %(promised)s AS date_promised, %(delivered)s AS date_delivered,
                      m.quantity::float8 * u.factor / tu.factor AS quantity
                 FROM (%(orders)s) f
                 JOIN sale_order o ON o.id = f.order_id
                 JOIN sale_order_line s ON s.order_id = o.id
                 JOIN stock_move m ON m.sale_line_id = s.id
                 JOIN stock_location source ON source.id = m.location_id
                 JOIN stock_location target ON target.id = m.location_dest_id
            LEFT JOIN product_product p ON p.id = m.product_id
            LEFT JOIN product_template t ON t.id = p.product_tmpl_id
            LEFT JOIN uom_uom u ON u.id = m.product_uom
            LEFT JOIN uom_uom tu ON tu.id = t.uom_id
                WHERE m.state = 'done' AND m.quantity > 0
                  AND target.usage = 'customer' AND source.usage <> 'customer'
                  AND %(within)s""",
            promised=facts._local_day_sql(self._line_promised_sql(), company),
            delivered=facts._local_day_sql(SQL("m.date"), company),
            orders=facts._orders_sql(company, partners=partners),
            within=self._within_sql(company, since, until),
        )

    def _line_promised_sql(self) -> SQL:
        """Return when line ``s`` of order ``o`` was promised, in UTC."""
        return SQL(
            """COALESCE(o.commitment_date, o.date_order + INTERVAL '1 day' *
                   CASE WHEN o.picking_policy = 'one'
                        THEN (SELECT MAX(k.customer_lead) FROM sale_order_line k
                               WHERE k.order_id = o.id AND k.product_uom_qty > 0
                                 AND k.qty_delivered_method = 'stock_move')
                        ELSE s.customer_lead END)"""
        )

    def _within_sql(self, company, since, until) -> SQL:
        """Return the condition that a move is of the days given."""
        facts = self.env["crm.sale.fact"]
        terms = [SQL("TRUE")]
        if since:
            terms.append(SQL("m.date >= %s", facts._get_day_start(since, company)))
        if until:
            end = facts._end_of_day_sql(SQL("%s", until), company)
            terms.append(SQL("m.date < %s", end))
        return SQL(" AND ").join(terms)

    def action_open_order(self):
        """Open the sales order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [[False, "form"]],
        }
