from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import cohort

#: Closed months that are kept, beside the running one
MONTHS = 24
#: What sales are told apart by; the month stands before them
KINDS = (
    "categ_id",
    "product_type",
    "team_id",
    "medium_id",
    "country_id",
    "state_id",
)
FIGURES = ("revenue", "margin", "discount_amount", "line_count")


class CrmSaleBreakdown(models.Model):
    """Sales of a month by kind, channel and place, of all customers together.

    ======= ==============================================
    kind    category and type of the product
    channel sales team and medium of the order
    place   country and state of the delivery address
    ======= ==============================================

    The host's sales analysis reads every order line; these sums are few. Purchases and
    discounts are those of ``crm.sale.fact``: untaxed, in the company's currency at the
    rate of the order, before refunds. A nightly job works the kept months out again
    and writes what differs. For whoever sees all customers; who does not has the
    host's analysis of the own orders by the same dimensions.
    """

    _name = "crm.sale.breakdown"
    _description = "Sales by Kind, Channel and Place"
    _inherit = ["crm.sums.mixin"]
    _order = "date desc, revenue desc, id"
    _rec_name = "categ_id"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Month", required=True, readonly=True)
    categ_id = fields.Many2one(
        "product.category", "Product category", readonly=True, ondelete="cascade"
    )
    product_type = fields.Selection(
        lambda self: self._selection_product_type(), readonly=True
    )
    team_id = fields.Many2one(
        "crm.team", "Sales team", readonly=True, ondelete="cascade"
    )
    medium_id = fields.Many2one(
        "utm.medium", "Channel", readonly=True, ondelete="cascade"
    )
    country_id = fields.Many2one(
        "res.country",
        "Delivery country",
        readonly=True,
        ondelete="cascade",
        help="The country of the delivery address.",
    )
    state_id = fields.Many2one(
        "res.country.state", "Delivery state", readonly=True, ondelete="cascade"
    )
    revenue = fields.Monetary(
        readonly=True, help="Untaxed amount of confirmed orders, before refunds."
    )
    margin = fields.Monetary(readonly=True)
    discount_amount = fields.Monetary(
        "Discounts",
        readonly=True,
        help="What the discounts of order lines, and lines below zero, took off, "
        "untaxed.",
    )
    line_count = fields.Integer("Order lines", readonly=True)

    _month_idx = models.Index("(company_id, date)")

    @api.model
    def _selection_product_type(self):
        types = self.env["product.template"]._fields["type"]
        return types._description_selection(self.env)

    # --- ACTIONS

    @api.model
    def _open_sales(self):
        """Open the sums; for who does not see all customers, the own orders."""
        name = "crm_sale_breakdown_action"
        if not self.has_access("read"):
            name = "sale_report_action_breakdown"
        return self.env["ir.actions.act_window"]._for_xml_id(f"crm_analytics.{name}")

    def action_open_records(self):
        """Open the order lines of these sums in the host's sales analysis."""
        self.ensure_one()
        if not self.env["sale.report"].has_access("read"):
            raise AccessError(
                self.env._(
                    "Only salespeople may see the order lines behind these sums. Ask "
                    "your administrator for the rights of sales."
                )
            )
        facts = self.env["crm.sale.fact"]
        days = self.date, cohort.period_end(self.date, "month")
        start, end = facts._get_utc_bounds(self.company_id, *days)
        internal = self.env["res.company"].sudo()  # style: CRM109 ids to leave out
        internal = internal.with_context(active_test=False).search([]).partner_id
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "=", "sale")
            & Domain("date", ">=", start)
            & Domain("date", "<", end)
            & Domain("commercial_partner_id", "not in", internal.ids)
            & facts._get_no_purchase_domain()
            & Domain("categ_id", "=", self.categ_id.id)
            & Domain("product_tmpl_id.type", "=", self.product_type)
            & Domain("team_id", "=", self.team_id.id)
            & Domain("medium_id", "=", self.medium_id.id)
            & Domain("crm_place_id.country_id", "=", self.country_id.id)
            & Domain("crm_place_id.state_id", "=", self.state_id.id)
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Order Lines"),
            "res_model": "sale.report",
            "views": [[False, "list"], [False, "pivot"]],
            "domain": list(domain),
            "context": {"create": False},
        }

    # --- REFRESH

    @api.model
    def _cron_refresh(self):
        """Work out the kept months of all companies, one transaction each."""
        companies = self.env["crm.rfm.policy"].search([]).company_id
        pieces = [
            f"{company.id} {month}"
            for company in companies
            for month in self._get_months(company)
        ]
        self.env["crm.job.pass"]._cron_work_off(self._name, pieces, self._work)

    @api.model
    def _work(self, piece):
        company_id, month = piece.split()
        company = self.env["res.company"].browse(int(company_id))
        self._refresh_month(company, fields.Date.to_date(month))

    @api.model
    def _get_months(self, company):
        """Return the first days of the kept months, the running one first."""
        today = self.env["crm.sale.fact"]._get_today(company)
        start = cohort.period_start(today, "month")
        return [cohort.shift(start, -back, "month") for back in range(MONTHS + 1)]

    @api.model
    def _refresh(self, company):
        """Work out all kept months of ``company`` at once."""
        for month in self._get_months(company):
            self._refresh_month(company, month)

    @api.model
    def _refresh_month(self, company, month):
        """Let the rows of ``month`` be what its orders say; what is the same stays.

        What is older than the months that are kept goes.
        """
        self._make_fresh(company, month)
        columns = SQL(", ").join(map(SQL.identifier, (*KINDS, *FIGURES)))
        same = SQL(" AND ").join(
            SQL("t.%(name)s IS NOT DISTINCT FROM f.%(name)s", name=SQL.identifier(name))
            for name in FIGURES
        )
        keys = SQL(" AND ").join(
            SQL("%s = %s", self._key_sql("t", name), self._key_sql("f", name))
            for name in KINDS
        )
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_sale_breakdown t
                    WHERE t.company_id = %(company)s
                      AND (t.date < %(oldest)s OR t.date = %(month)s
                           AND NOT EXISTS (SELECT FROM crm_sale_breakdown_fresh f
                                            WHERE %(keys)s AND %(same)s));
                   INSERT INTO crm_sale_breakdown (company_id, date, %(columns)s)
                   SELECT %(company)s, %(month)s, %(columns)s
                     FROM crm_sale_breakdown_fresh f
                    WHERE NOT EXISTS (SELECT FROM crm_sale_breakdown t
                                       WHERE t.company_id = %(company)s
                                         AND t.date = %(month)s AND %(keys)s)""",
                company=company.id,
                oldest=self._get_months(company)[-1],
                month=month,
                keys=keys,
                same=same,
                columns=columns,
            )
        )
        self.invalidate_model()

    @api.model
    def _make_fresh(self, company, month):
        """Keep what the orders of ``month`` say, for this transaction."""
        facts = self.env["crm.sale.fact"]
        facts._flush_sources()
        self.env.flush_all()
        facts._prepare_planner()
        self.env.cr.execute(
            SQL(
                """DROP TABLE IF EXISTS crm_sale_breakdown_fresh;
                   CREATE TEMPORARY TABLE crm_sale_breakdown_fresh ON COMMIT DROP
                       AS %s;
                   ANALYZE crm_sale_breakdown_fresh""",
                self._rows_sql(company, month),
            )
        )

    @api.model
    def _key_sql(self, table, name) -> SQL:
        """Return a column that tells rows apart, comparable where it is empty."""
        nothing = SQL("''") if name == "product_type" else SQL("0")
        return SQL("COALESCE(%s, %s)", SQL.identifier(table, name), nothing)

    @api.model
    def _rows_sql(self, company, month) -> SQL:
        facts = self.env["crm.sale.fact"]
        orders = facts._orders_sql(
            company,
            until=cohort.period_end(month, "month"),
            since=month,
            columns=SQL(
                """, COALESCE(NULLIF(o.currency_rate, 0), 1)::numeric AS rate,
                     o.team_id, o.medium_id, o.partner_shipping_id AS place_id"""
            ),
        )
        return SQL(
            """SELECT categ_id, product_type, team_id, medium_id, country_id, state_id,
                      ROUND(SUM(revenue), %(digits)s) AS revenue,
                      ROUND(SUM(margin), %(digits)s) AS margin,
                      ROUND(SUM(discount), %(digits)s) AS discount_amount,
                      COUNT(*)::int AS line_count
                 FROM (SELECT t.categ_id, t.type AS product_type, o.team_id,
                              o.medium_id, place.country_id, place.state_id,
                              l.price_subtotal / o.rate AS revenue,
                              COALESCE(l.margin, 0) / o.rate AS margin,
                              COALESCE((%(discount)s)::numeric, 0) AS discount
                         FROM (%(orders)s) o
                         JOIN sale_order_line l ON l.order_id = o.order_id
                    LEFT JOIN product_product p ON p.id = l.product_id
                    LEFT JOIN product_template t ON t.id = p.product_tmpl_id
                    LEFT JOIN res_partner place ON place.id = o.place_id
                        WHERE l.display_type IS NULL) line
             GROUP BY categ_id, product_type, team_id, medium_id, country_id,
                      state_id""",
            digits=company.currency_id.decimal_places,
            discount=facts._line_discount_sql(SQL("o.rate")),
            orders=orders,
        )
