from odoo import fields, models
from odoo.tools import SQL


class CrmSupplyShareReport(models.Model):
    """Share of supply, by customer and product category, of the last twelve months.

    Each company counts its own deliveries, by its own days; what each figure means
    stands with ``crm.supply.record._shares_sql``.
    """

    _name = "crm.supply.share.report"
    _description = "Share of Supply"
    _inherit = ["crm.company.rows.mixin"]
    _auto = False
    _order = "demand_quantity desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    category_id = fields.Many2one("product.category", "Product Category", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    uom_id = fields.Many2one("uom.uom", "Unit", readonly=True)
    own_quantity = fields.Float(
        "Our Deliveries",
        readonly=True,
        help="Delivered quantities of the confirmed orders of the last twelve months.",
    )
    other_quantity = fields.Float(
        "Other Suppliers",
        readonly=True,
        help="What other suppliers deliver in twelve months, by the best source.",
    )
    demand_quantity = fields.Float(
        "Total Demand",
        readonly=True,
        help="What the customer needs in twelve months: what the customer said, but no"
        " less than"
        " our deliveries and those of others together.",
    )
    open_quantity = fields.Float(
        "Not Ours",
        readonly=True,
        help="Total demand less our deliveries: what could be won.",
    )
    supply_share = fields.Float(
        "Share of Supply (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Our deliveries in percent of the customer's total demand.",
    )
    supplier_count = fields.Integer("Suppliers Known", readonly=True)
    date = fields.Date("Learned On", readonly=True)
    confidence = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High")],
        readonly=True,
        help="That of the weakest source used.",
    )

    _depends = {
        "crm.supply.record": [
            "active",
            "category_id",
            "company_id",
            "confidence",
            "date",
            "date_from",
            "date_to",
            "partner_id",
            "quantity",
            "source",
            "supplier_id",
            "uom_id",
        ],
        "product.category": ["parent_path"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
        "res.partner": ["commercial_partner_id", "country_id", "user_id"],
        "sale.order": ["company_id", "date_order", "partner_id", "state"],
        "sale.order.line": [
            "order_id",
            "product_id",
            "product_uom_id",
            "qty_delivered",
        ],
        "stock.location": ["usage"],
        "stock.move": [
            "date",
            "location_dest_id",
            "location_id",
            "origin_returned_move_id",
            "product_id",
            "product_uom",
            "quantity",
            "sale_line_id",
            "state",
            "to_refund",
        ],
        "uom.uom": ["factor", "parent_path"],
    }

    def _company_sql(self, company) -> SQL:
        return SQL(
            """SELECT s.id, s.customer_id AS partner_id, p.user_id, p.country_id,
                      s.category_id, %(company)s AS company_id, u.id AS uom_id,
                      s.own_quantity / u.factor AS own_quantity,
                      s.other_quantity / u.factor AS other_quantity,
                      s.demand_quantity / u.factor AS demand_quantity,
                      (s.demand_quantity - s.own_quantity) / u.factor AS open_quantity,
                      s.supply_share, s.supplier_count, s.date, s.confidence
                 FROM (%(shares)s) s
                 JOIN (%(units)s) u ON u.unit_id = s.unit_id
                 JOIN res_partner p ON p.id = s.customer_id""",
            company=company.id,
            shares=self.env["crm.supply.record"]._shares_sql(company),
            units=self._units_sql(company),
        )

    def _units_sql(self, company) -> SQL:
        """Return for each reference unit the unit that the records use most.

        Nobody thinks of aluminium in grams, the host's reference of weights.
        """
        return SQL(
            """SELECT DISTINCT ON (unit_id) unit_id, id, factor
                 FROM (SELECT u.id, u.factor::float8 AS factor, COUNT(*) AS number,
                              SPLIT_PART(u.parent_path, '/', 1)::int AS unit_id
                         FROM crm_supply_record r JOIN uom_uom u ON u.id = r.uom_id
                        WHERE r.company_id = %s
                     GROUP BY u.id) used
             ORDER BY unit_id, number DESC, id""",
            company.id,
        )

    def action_open_records(self):
        """Open the records that the share is worked out from."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_supply_record_action"
        )
        action["domain"] = [
            ("partner_id", "=", self.partner_id.id),
            ("category_id", "=", self.category_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        action["context"] = {
            "default_partner_id": self.partner_id.id,
            "default_category_id": self.category_id.id,
        }
        return action
