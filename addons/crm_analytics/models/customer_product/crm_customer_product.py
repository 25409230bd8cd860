from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, get_lang

from ...tools import liking
from ...tools.seven_p import window_days

#: So many products are told; the others are those bought least
LIMIT = 200


class CrmCustomerProduct(models.AbstractModel):
    """The products of one customer, live: bought, liked, due, complained of, wished.

    Purchases are those of ``crm.sale.fact``, line by line, before refunds, untaxed in
    the company's currency; a product is the one of all its variants. The liking score
    and the consumption cycle are worked out by ``tools/liking.py``; the score looks at
    the last 12 months, all else at the whole history.
    """

    _name = "crm.customer.product"
    _description = "Products of a Customer"

    @api.model
    @api.readonly
    def get_products(self, partner_id, company_id=False, limit=LIMIT):
        """Return what a customer, or the customer of a contact, buys and wishes.

        ``customer_id``, ``company_id``, ``currency_id``, ``as_of``, ``is_limited``;
        ``products``: product_tmpl_id, name, categ_id, order_count, quantity, uom,
        revenue, first_day, last_day, cycle (mean days between purchase days, or None),
        next_due (day, or None), is_due, liking (0 to 100), complaint_count,
        opinion_count; largest amount of the last 12 months first;
        ``wishes``: id, name, kind, state, date, product_tmpl_id, categ_id, strength.
        """
        company = self.env["crm.customer.page"]._check_reader(company_id)
        facade = self.with_company(company)
        customer = facade._get_customer(partner_id)
        as_of = self.env["crm.sale.fact"]._get_today(company)
        rows = facade._fetch_products(customer, company, as_of, limit + 1)
        return {
            "customer_id": customer.id,
            "company_id": company.id,
            "currency_id": company.currency_id.id,
            "as_of": as_of,
            "is_limited": len(rows) > limit,
            "products": [facade._prepare_product(row, as_of) for row in rows[:limit]],
            "wishes": facade._fetch_wishes(customer, company),
        }

    @api.model
    def _get_customer(self, partner_id):
        """Return the customer, whose figures the reader must be allowed to see."""
        contact = self.env["res.partner"].browse(partner_id)
        if type(partner_id) is not int or not contact.exists():
            raise UserError(
                self.env._("This customer was deleted. Go back and choose another.")
            )
        customer = contact.commercial_partner_id
        customer.check_access("read")
        if not self.env["crm.customer.page"]._may_see_figures(customer):
            raise AccessError(
                self.env._(
                    "You see the products of your own customers only. Ask the"
                    " salesperson of %(customer)s.",
                    customer=customer.display_name,
                )
            )
        return customer

    @api.model
    def _prepare_product(self, row, as_of):
        """Return one product as the screens get it."""
        cycle = liking.cycle(row["first_day"], row["last_day"], row["day_count"])
        due = liking.next_due(row["last_day"], cycle)
        score = 0.0
        if row["recent_count"]:
            score = liking.liking(
                liking.part(row["recent_revenue"], row["total_revenue"]),
                liking.part(row["recent_count"], row["total_count"]),
                (as_of - row["last_day"]).days,
                liking.part(row["recent_complaints"], row["recent_count"]),
            )
        shown = (
            "product_tmpl_id name categ_id order_count quantity uom revenue first_day"
            " last_day complaint_count opinion_count"
        )
        return {
            **{name: row[name] for name in shown.split()},
            "cycle": round(cycle, 1) if cycle else None,
            "next_due": due,
            "is_due": bool(due and due <= as_of),
            "liking": round(score, 1),
        }

    # --- SQL

    @api.model
    def _flush(self):
        self.env["crm.sale.fact"]._flush_sources()
        for model_name, field_names in {
            "sale.order.line": [
                "display_type",
                "price_subtotal",
                "product_id",
                "product_uom_id",
                "product_uom_qty",
            ],
            "crm.complaint": None,
            "crm.complaint.line": None,
            "crm.satisfaction.score": None,
            "product.template": ["categ_id", "name", "uom_id"],
        }.items():
            self.env[model_name].flush_model(field_names)

    @api.model
    def _fetch_products(self, customer, company, as_of, limit):
        """Return one row per product of ``customer``, one statement."""
        self._flush()
        return self.env.execute_query_dict(
            SQL(
                """WITH line AS MATERIALIZED (%(lines)s), total AS (
                       SELECT SUM(amount) AS revenue, COUNT(DISTINCT order_id) AS orders
                         FROM line WHERE day >= %(start)s
                   ), bought AS (
                       SELECT product_tmpl_id, COUNT(*) AS order_count,
                              COUNT(DISTINCT day) AS day_count,
                              SUM(quantity)::float8 AS quantity,
                              SUM(amount)::float8 AS revenue,
                              MIN(day) AS first_day, MAX(day) AS last_day,
                              COUNT(*) FILTER (WHERE day >= %(start)s) AS recent_count,
                              COALESCE(SUM(amount) FILTER (WHERE day >= %(start)s), 0)
                                  ::float8 AS recent_revenue
                         FROM line GROUP BY product_tmpl_id
                   ), voice AS (%(voices)s)
                   SELECT b.*, t.categ_id,
                          COALESCE(t.name ->> %(lang)s, t.name ->> 'en_US') AS name,
                          COALESCE(u.name ->> %(lang)s, u.name ->> 'en_US') AS uom,
                          COALESCE(total.revenue, 0)::float8 AS total_revenue,
                          total.orders AS total_count,
                          COALESCE(v.complaints, 0) AS complaint_count,
                          COALESCE(v.recent_complaints, 0) AS recent_complaints,
                          COALESCE(v.opinions, 0) AS opinion_count
                     FROM bought b
               CROSS JOIN total
                     JOIN product_template t ON t.id = b.product_tmpl_id
                     JOIN uom_uom u ON u.id = t.uom_id
                LEFT JOIN voice v ON v.product_tmpl_id = b.product_tmpl_id
                 ORDER BY b.recent_revenue DESC, b.revenue DESC, b.product_tmpl_id
                    LIMIT %(limit)s""",
                lines=self._lines_sql(company, as_of, customer.ids),
                voices=self._voices_sql(customer, company, as_of),
                start=window_days(as_of)[0],
                lang=get_lang(self.env).code,
                limit=limit,
            )
        )

    @api.model
    def _lines_sql(self, company, as_of, customers=None, products=None) -> SQL:
        """Return per purchase and product ``customer_id, order_id, product_tmpl_id,
        day, amount, quantity`` (in the product's unit).

        :param customers: ids of customers, or a statement giving them; all if None
        :param products: ids of product variants, all if None
        """
        facts = self.env["crm.sale.fact"]
        partners = None if customers is None else facts._partners_sql(customers)
        among = None
        if products is not None:
            among = SQL(
                "SELECT order_id FROM sale_order_line WHERE product_id = ANY(%s)",
                products,
            )
        orders = facts._orders_sql(
            company,
            until=as_of,
            partners=partners,
            among=among,
            columns=SQL(", COALESCE(NULLIF(o.currency_rate, 0), 1) AS rate"),
        )
        return SQL(
            """SELECT f.customer_id, f.order_id, p.product_tmpl_id, f.day,
                      SUM(l.price_subtotal / f.rate) AS amount,
                      SUM(l.product_uom_qty * lu.factor / tu.factor) AS quantity
                 FROM (SELECT o.*, %(day)s AS day FROM (%(orders)s) o) f
                 JOIN sale_order_line l ON l.order_id = f.order_id
                 JOIN product_product p ON p.id = l.product_id
                 JOIN product_template t ON t.id = p.product_tmpl_id
            LEFT JOIN uom_uom lu ON lu.id = COALESCE(l.product_uom_id, t.uom_id)
            LEFT JOIN uom_uom tu ON tu.id = t.uom_id
                WHERE l.display_type IS NULL AND l.price_subtotal >= 0
                  AND l.product_uom_qty > 0 %(only)s
             GROUP BY f.customer_id, f.order_id, p.product_tmpl_id, f.day""",
            day=facts._local_day_sql(SQL("o.date_order"), company),
            orders=orders,
            only=SQL()
            if products is None
            else SQL("AND l.product_id = ANY(%s)", products),
        )

    @api.model
    def _voices_sql(self, customer, company, as_of) -> SQL:
        """Return complaints and opinions by product; an answer is an opinion."""
        facts = self.env["crm.sale.fact"]
        start, end = facts._get_utc_bounds(company, window_days(as_of)[0], as_of)
        return SQL(
            """SELECT product_tmpl_id,
                      COUNT(DISTINCT complaint_id) AS complaints,
                      COUNT(DISTINCT complaint_id) FILTER (
                          WHERE moment >= %(start)s AND moment < %(end)s)
                          AS recent_complaints,
                      COUNT(DISTINCT opinion) AS opinions
                 FROM (SELECT p.product_tmpl_id, c.date_received AS moment,
                              CASE WHEN c.type = 'complaint' THEN c.id END
                                  AS complaint_id,
                              CASE WHEN c.type = 'opinion' THEN c.id::text END
                                  AS opinion
                         FROM crm_complaint c
                         JOIN crm_complaint_line l ON l.complaint_id = c.id
                         JOIN product_product p ON p.id = l.product_id
                        WHERE c.commercial_partner_id = %(customer)s
                          AND c.company_id = %(company)s AND c.state <> 'cancelled'
                    UNION ALL
                       SELECT r.product_template_id, s.date, NULL, 'answer ' || s.id
                         FROM crm_satisfaction_score s
                         JOIN crm_satisfaction_score_product_template_rel r
                           ON r.crm_satisfaction_score_id = s.id
                        WHERE s.commercial_partner_id = %(customer)s
                          AND s.company_id = %(company)s) told
             GROUP BY product_tmpl_id""",
            start=start,
            end=end,
            customer=customer.id,
            company=company.id,
        )

    @api.model
    def _fetch_wishes(self, customer, company):
        """Return the open needs that the reader may read, the strongest first."""
        needs = self.env["crm.need"]
        if not needs.has_access("read"):
            return []
        found = needs.search_fetch(
            [
                ("partner_id", "=", customer.id),
                ("company_id", "=", company.id),
                ("state", "in", ["new", "answered"]),
            ],
            ["name", "kind", "state", "date", "product_id", "categ_id", "strength"],
            order="strength desc, date desc, id desc",
            limit=LIMIT,
        )
        templates = self._fetch_templates(found.product_id.ids)
        return [
            {
                "id": need.id,
                "name": need.name,
                "kind": need.kind,
                "state": need.state,
                "date": need.date,
                "product_tmpl_id": templates.get(need.product_id.id, False),
                "categ_id": need.categ_id.id,
                "strength": need.strength,
            }
            for need in found
        ]

    @api.model
    def _fetch_templates(self, product_ids):
        """Return ``{variant id: template id}``, without a query where there is none."""
        if not product_ids:
            return {}
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT id, product_tmpl_id FROM product_product
                        WHERE id = ANY(%s)""",
                    product_ids,
                )
            )
        )
