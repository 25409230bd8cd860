from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools import page_blocks as blocks

CUSTOMERS = 8


class CrmProductSheet(models.AbstractModel):
    """What a salesperson needs to know of a product before talking about it.

    Blocks as on the customer page (``tools/page_blocks.py``). Customers are those
    whose figures the reader may see; cost and margin are for whoever may see what
    we earn; the complaint rate for whoever may read it.
    """

    _name = "crm.product.sheet"
    _description = "Product Sheet"

    # --- CALLED BY THE SCREEN

    @api.model
    @api.readonly
    def get_sheet(self, product_tmpl_id, company_id=False):
        """Return the sheet: ``product``, ``argument``, ``headline``, ``sections``."""
        company = self.env["crm.customer.page"]._check_reader(company_id)
        sheet = self.with_company(company)
        template = sheet.env["product.template"].browse(product_tmpl_id)
        if type(product_tmpl_id) is not int or not template.exists():
            raise UserError(
                self.env._("This product was deleted. Go back and choose another.")
            )
        template.check_access("read")
        return {
            "product": {
                "id": template.id,
                "name": template.display_name,
                "category": template.categ_id.complete_name,
                "is_archived": not template.active,
                "description": template.description_sale or "",
            },
            "argument": sheet._get_argument(template),
            "headline": sheet._get_headline(template, company),
            "sections": [
                section
                for section in sheet._get_sections(template, company)
                if any(not blocks.is_empty(block) for block in section["blocks"])
            ],
        }

    @api.model
    def _get_argument(self, template):
        field = template._fields["crm_sales_argument"]
        if not template._has_field_access(field, "read"):
            return ""
        return template.crm_sales_argument or ""

    # --- FIGURES

    @api.model
    def _get_headline(self, template, company):
        shown = [
            blocks.figure(
                "price",
                self.env._("Sales Price"),
                self._money(
                    template.list_price,
                    template.currency_id,
                    note=self.env._("per %s", template.uom_id.name),
                ),
                hint=self.env._("Without taxes, before pricelists."),
            ),
            blocks.figure(
                "lead_time",
                self.env._("Lead Time (Days)"),
                blocks.cell(template.sale_delay, "integer"),
            ),
        ]
        if self.env["crm.service.panel"]._may_see_margin():
            shown.append(self._get_margin_figure(template, company))
        rate = self._get_complaint_figure(template, company)
        return [*shown, rate] if rate else shown

    @api.model
    def _get_margin_figure(self, template, company):
        """Return price less cost, in the company's currency."""
        cost = template.standard_price
        price = template.currency_id._convert(
            template.list_price, company.currency_id, company
        )
        percent = round(100 * (price - cost) / price) if price else None
        return blocks.figure(
            "margin",
            self.env._("Margin"),
            self._money(
                price - cost,
                company.currency_id,
                tone="bad" if price < cost else "",
                note="" if percent is None else f"{percent} %",
            ),
            hint=self.env._("Sales price less cost."),
        )

    @api.model
    def _get_complaint_figure(self, template, company):
        """Return the complaint rate of the last twelve months, as in its report."""
        rates = self.env["crm.complaint.rate"]
        if not rates.has_access("read"):
            return None
        today = self.env["crm.sale.fact"]._get_today(company)
        since = fields.Date.subtract(today.replace(day=1), months=11)
        variants = template.with_context(active_test=False).product_variant_ids
        [(shipped, quantity, count)] = rates._read_group(
            [
                ("product_id", "in", variants.ids),
                ("company_id", "=", company.id),
                ("date", ">=", since),
            ],
            [],
            ["shipped:sum", "quantity:sum", "complaint_count:sum"],
        )
        rate = 100 * (quantity or 0) / shipped if shipped else None
        return blocks.figure(
            "complaint_rate",
            self.env._("Complaint Rate (%)"),
            blocks.cell(
                None if rate is None else round(rate, 2),
                "float",
                note=self.env._("Complaints: %s", count or 0),
            ),
            hint=self.env._(
                "The quantity complained about, divided by the quantity "
                "shipped, in the last 12 months."
            ),
        )

    @api.model
    def _money(self, amount, currency, **options):
        return blocks.cell(amount, "monetary", currency_id=currency.id, **options)

    # --- SECTIONS

    @api.model
    def _get_sections(self, template, company):
        """Return the sections: ``key``, ``label``, ``icon``, ``blocks``."""
        return [
            {
                "key": "stock",
                "label": self.env._("Available Stock"),
                "icon": "fa-cubes",
                "blocks": [self._get_stock_table(template, company)],
            },
            {
                "key": "customers",
                "label": self.env._("Customers in 12 Months"),
                "icon": "fa-users",
                "blocks": [self._get_customer_table(template, company)],
            },
        ]

    @api.model
    def _get_stock_table(self, template, company):
        rows = self.env["crm.complaint.stock"]._get_stock(
            template.product_variant_ids, company
        )
        return blocks.table(
            "stock",
            "",
            [
                blocks.column(self.env._("Product")),
                blocks.column(self.env._("Warehouse")),
                blocks.column(self.env._("Available"), "end"),
                blocks.column(self.env._("Next Receipt"), "end"),
            ],
            [
                blocks.row(
                    f"{row['product_id']}-{row['warehouse_id']}",
                    [
                        blocks.cell(row["product"]),
                        blocks.cell(row["warehouse"]),
                        blocks.cell(
                            row["free"],
                            "float",
                            tone="bad" if row["free"] <= 0 else "",
                            note=row["uom"],
                        ),
                        self._get_receipt_cell(row["incoming"]),
                    ],
                )
                for row in rows
            ],
            empty=self.env._("This product is not kept in stock."),
        )

    @api.model
    def _get_receipt_cell(self, incoming):
        if not incoming:
            return blocks.cell(None, "date")
        first = incoming[0]
        note = blocks.cell(first["quantity"], "float")
        return blocks.cell(first["date"], "date", note=note)

    @api.model
    def _get_customer_table(self, template, company):
        rows = self._fetch_customers(template, company)
        return blocks.table(
            "customers",
            "",
            [
                blocks.column(self.env._("Customer")),
                blocks.column(self.env._("Orders"), "end"),
                blocks.column(self.env._("Amount"), "end"),
                blocks.column(self.env._("Last Order"), "end"),
            ],
            [
                blocks.row(
                    row["id"],
                    [
                        blocks.cell(
                            row["name"], res_model="res.partner", res_id=row["id"]
                        ),
                        blocks.cell(row["orders"], "integer"),
                        self._money(row["amount"], company.currency_id),
                        blocks.cell(fields.Date.to_string(row["last"]), "date"),
                    ],
                )
                for row in rows
            ],
            empty=self.env._(
                "None of your customers bought this product in the last 12 months."
            ),
            note=self.env._(
                "Only customers whose figures you may see. Amounts are untaxed, "
                "before refunds."
            ),
        )

    @api.model
    def _fetch_customers(self, template, company):
        """Return who bought most of the product in the last twelve months."""
        facts = self.env["crm.sale.fact"]
        facts._flush_sources()
        today = facts._get_today(company)
        since = fields.Date.subtract(today, years=1)
        return self.env.execute_query_dict(
            SQL(
                """SELECT c.id, c.complete_name AS name,
                          COUNT(DISTINCT f.order_id) AS orders,
                          SUM(l.price_subtotal
                              / COALESCE(NULLIF(o.currency_rate, 0), 1))::float8
                              AS amount,
                          %(last)s AS last
                     FROM (%(orders)s) f
                     JOIN sale_order o ON o.id = f.order_id
                     JOIN sale_order_line l ON l.order_id = f.order_id
                     JOIN res_partner c ON c.id = f.customer_id
                    WHERE l.product_id = ANY(%(products)s)
                      AND c.id IN %(customers)s
                 GROUP BY c.id, c.complete_name
                   HAVING SUM(l.price_subtotal) > 0
                 ORDER BY amount DESC, c.id LIMIT %(limit)s""",
                last=facts._local_day_sql(SQL("MAX(f.date_order)"), company),
                orders=facts._orders_sql(company, until=today, since=since),
                products=template.with_context(
                    active_test=False
                ).product_variant_ids.ids,
                customers=self._get_customers_query(),
                limit=CUSTOMERS,
            )
        )

    @api.model
    def _get_customers_query(self) -> SQL:
        """Return the customers whose figures the reader may see."""
        partners = self.env["res.partner"].with_context(active_test=False)
        page = self.env["crm.customer.page"]
        groups = page._get_figure_groups()
        domain = fields.Domain.TRUE
        if not any(self.env.user.has_group(group) for group in groups):
            domain = fields.Domain(partners._get_own_care_domain())
        return partners._search(domain).subselect()
