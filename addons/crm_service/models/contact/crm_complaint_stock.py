from odoo import api, fields, models
from odoo.tools import SQL


class CrmComplaintStock(models.Model):
    """What was on the shelf when a complaint was decided: kept as proof.

    Free is what lies in the internal locations of a warehouse less what is reserved
    there, as the host counts it. Rows are written by the decision, never by hand.
    """

    _name = "crm.complaint.stock"
    _description = "Stock at the Decision on a Complaint"
    _order = "date_kept desc, is_substitute, product_id, warehouse_id"
    _rec_name = "product_id"

    complaint_id = fields.Many2one(
        "crm.complaint", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="complaint_id.company_id", store=True)
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="restrict", index=True
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    is_substitute = fields.Boolean("Substitute", readonly=True)
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, ondelete="restrict"
    )
    quantity_free = fields.Float("Available", digits="Product Unit", readonly=True)
    quantity_incoming = fields.Float("Incoming", digits="Product Unit", readonly=True)
    date_incoming = fields.Date("Next Receipt", readonly=True)
    lots = fields.Char("Lots / Serial Numbers", readonly=True)
    date_kept = fields.Datetime(
        "Recorded On", required=True, readonly=True, default=fields.Datetime.now
    )
    user_id = fields.Many2one(
        "res.users",
        "Decided By",
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="set null",
    )

    # --- STOCK OF TODAY

    @api.model
    def _get_stock(self, products, company):
        """Return one row per goods of ``products`` and warehouse of ``company``.

        Three statements, however many there are. Rows are dictionaries with
        ``product_id, product, uom, warehouse_id, warehouse, free, incoming`` (list of
        ``date, quantity``) and ``lots`` (list of ``name, free``).
        """
        warehouses = self.env["stock.warehouse"].sudo()  # style: CRM109 their names
        warehouses = warehouses.search_fetch(
            [("company_id", "=", company.id)], ["name"]
        )
        goods = products.filtered(lambda product: product.type == "consu")
        if not goods or not warehouses:
            return []
        free, lots = self._fetch_free(goods, warehouses)
        incoming = self._fetch_incoming(goods, warehouses, company)
        return [
            {
                "product_id": product.id,
                "product": product.display_name,
                "uom": product.uom_id.name,
                "warehouse_id": warehouse.id,
                "warehouse": warehouse.name,
                "free": product.uom_id.round(free.get((product.id, warehouse.id), 0.0)),
                "incoming": incoming.get((product.id, warehouse.id), []),
                "lots": lots.get((product.id, warehouse.id), []),
            }
            for product in goods
            for warehouse in warehouses
        ]

    @api.model
    def _fetch_free(self, products, warehouses):
        """Return free quantities and free lots by (product id, warehouse id)."""
        self.env["stock.quant"].flush_model()
        self.env["stock.lot"].flush_model(["name"])
        rows = self.env.execute_query(
            SQL(
                """SELECT q.product_id, l.warehouse_id, lot.name,
                          SUM(q.quantity - q.reserved_quantity)::float8
                     FROM stock_quant q
                     JOIN stock_location l ON l.id = q.location_id
                LEFT JOIN stock_lot lot ON lot.id = q.lot_id
                    WHERE q.product_id = ANY(%(products)s)
                      AND l.warehouse_id = ANY(%(warehouses)s)
                      AND l.usage = 'internal'
                 GROUP BY q.product_id, l.warehouse_id, lot.id, lot.name
                 ORDER BY lot.name""",
                products=products.ids,
                warehouses=warehouses.ids,
            )
        )
        free, lots = {}, {}
        for product_id, warehouse_id, lot, quantity in rows:
            key = (product_id, warehouse_id)
            free[key] = free.get(key, 0.0) + quantity
            if lot and quantity > 0:
                lots.setdefault(key, []).append({"name": lot, "free": quantity})
        return free, lots

    @api.model
    def _fetch_incoming(self, products, warehouses, company):
        """Return what comes in from outside a warehouse, the next receipt first."""
        self.env["stock.move"].flush_model()
        facts = self.env["crm.sale.fact"]
        day = facts._local_day_sql(SQL("m.date"), company)
        rows = self.env.execute_query(
            SQL(
                """SELECT m.product_id, target.warehouse_id, %(day)s AS day,
                          SUM(m.product_qty)::float8
                     FROM stock_move m
                     JOIN stock_location target ON target.id = m.location_dest_id
                     JOIN stock_location source ON source.id = m.location_id
                    WHERE m.product_id = ANY(%(products)s)
                      AND target.warehouse_id = ANY(%(warehouses)s)
                      AND target.usage = 'internal'
                      AND source.warehouse_id IS DISTINCT FROM target.warehouse_id
                      AND m.state IN ('waiting', 'confirmed', 'assigned',
                                      'partially_available')
                 GROUP BY m.product_id, target.warehouse_id, day
                 ORDER BY day""",
                day=day,
                products=products.ids,
                warehouses=warehouses.ids,
            )
        )
        incoming = {}
        for product_id, warehouse_id, date, quantity in rows:
            incoming.setdefault((product_id, warehouse_id), []).append(
                {"date": fields.Date.to_string(date), "quantity": quantity}
            )
        return incoming
