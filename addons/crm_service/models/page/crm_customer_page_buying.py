from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import page_blocks as blocks
from ...tools import white_space

# Full calendar years shown beside the running one
YEARS = 2
# Categories that the customer does not buy, but similar customers do
OFFERS = 6


class CrmCustomerPage(models.AbstractModel):
    """What the customer buys, wants and does not buy yet: the white-space grid.

    By the category that a product stands in. Purchases are those of
    ``crm.sale.fact``, line by line, before refunds. What similar customers buy is
    read from ``crm.segment.buying``, kept once a day.
    """

    _inherit = "crm.customer.page"

    @api.model
    def _get_sections(self):
        return [
            *super()._get_sections(),
            {
                "key": "buying",
                "label": self.env._("What They Buy"),
                "icon": "fa-th",
                "sequence": 20,
                "method": "_section_buying",
                "is_wide": True,
                "is_figures": True,
            },
        ]

    @api.model
    def _get_drills(self, scope):
        return super()._get_drills(scope) | {
            "orders": (
                "sale.action_orders",
                [
                    ("state", "=", "sale"),
                    ("partner_id.commercial_partner_id", "=", scope.customer.id),
                    ("company_id", "=", scope.company.id),
                ],
            ),
        }

    # --- SECTION

    @api.model
    def _section_buying(self, scope):
        rows = self._get_white_space(scope)
        return {
            "headline": self._get_buying_headline(scope, rows),
            "blocks": [self._get_white_space_table(scope, rows)],
        }

    @api.model
    def _get_buying_headline(self, scope, rows):
        panel = scope.panel
        shown = [
            self._get_revenue_figure(scope, rows),
            blocks.figure(
                "orders",
                self.env._("Orders"),
                blocks.cell(
                    panel["order_count"],
                    "integer",
                    note=self._day(panel["last_order"]),
                ),
                drill="orders",
                hint=self.env._(
                    "All confirmed orders. The date below is that of the last order."
                ),
            ),
            blocks.figure(
                "amount",
                self.env._("Bought in Total"),
                self._money(
                    panel["amount"], scope, note=self._day(panel["first_order"])
                ),
                hint=self.env._(
                    "Confirmed orders, untaxed, less refunds. The date below is that "
                    "of the first order."
                ),
            ),
        ]
        if "margin" in panel:
            margin = self._money(panel["margin"], scope)
            hint = self.env._("Of all confirmed orders, less refunds.")
            shown.append(
                blocks.figure("margin", self.env._("Margin"), margin, hint=hint)
            )
        return shown

    @api.model
    def _get_revenue_figure(self, scope, rows):
        """Return what was bought in twelve months, beside the twelve before."""
        now = scope.company.currency_id.round(sum(row["recent"] for row in rows))
        before = sum(row["before"] for row in rows)
        change = white_space.change_percent(now, before)
        note, tone = "", ""
        if change is not None:
            note = self.env._("%(change)s %% on the year before", change=f"{change:+d}")
            tone = "bad" if change < 0 else "good"
        return blocks.figure(
            "revenue",
            self.env._("Bought in 12 Months"),
            self._money(now, scope, tone=tone, note=note),
            drill="orders",
            hint=self.env._("Confirmed orders, untaxed, before refunds."),
        )

    @api.model
    def _get_white_space_states(self):
        """Return the badge of each state."""
        shown = {
            "bought": (self.env._("Buys"), "good"),
            "wanted": (self.env._("Wants"), "info"),
            "lapsed": (self.env._("No Longer Buys"), "bad"),
            "not_yet": (self.env._("Not Yet"), ""),
        }
        return {
            state: blocks.cell(label, "badge", tone=tone)
            for state, (label, tone) in shown.items()
        }

    @api.model
    def _get_white_space_table(self, scope, rows):
        badges = self._get_white_space_states()
        years = self._get_years(scope)
        return blocks.table(
            "white_space",
            "",
            [
                blocks.column(self.env._("Product Category")),
                blocks.column(self.env._("Status")),
                *(blocks.column(str(year), "end", is_kept=True) for year in years),
                blocks.column(self.env._("Asked For")),
                blocks.column(self.env._("Similar Customers"), "end"),
            ],
            [
                blocks.row(
                    row["categ_id"],
                    [
                        blocks.cell(row["name"], note=row["parent"]),
                        badges[row["state"]],
                        *(self._money(row["years"].get(y), scope) for y in years),
                        blocks.cell(row["wanted"]),
                        blocks.cell(row["peers"], "percent"),
                    ],
                )
                for row in rows
            ],
            empty=self.env._("No orders yet, and nothing known of similar customers."),
            note=self.env._(
                "Untaxed amounts of confirmed orders, before refunds. Similar "
                "customers: how many of those in the same value class bought the "
                "category in the last 24 months."
            ),
        )

    @api.model
    def _get_years(self, scope):
        return range(scope.today.year - YEARS, scope.today.year + 1)

    # --- GRID

    @api.model
    def _get_white_space(self, scope):
        """Return one dictionary per category, what calls for action first.

        ``categ_id``, ``name``, ``parent``, ``state``, ``years`` (amount by year),
        ``amount``, ``recent``, ``before`` (twelve months each), ``wanted`` (text),
        ``peers``.
        """
        bought = self._fetch_bought(scope)
        wanted = self._fetch_wanted(scope)
        peers = self.env["crm.segment.buying"]._fetch_shares(
            scope.customer, scope.company
        )
        known = set(bought) | set(wanted)
        offers = [categ_id for categ_id in peers if categ_id not in known]
        offers = sorted(offers, key=lambda categ_id: -peers[categ_id])[:OFFERS]
        shown = [*sorted(known - {False}), *offers]
        categories = self.env["product.category"].browse(shown)
        categories = categories.sudo()  # style: CRM109 names of what he is shown
        categories.fetch(["name", "complete_name"])
        rows = []
        for category in [*categories, *([categories.browse()] * (False in known))]:
            found = bought.get(category.id, {})
            path = category.complete_name or ""
            rows.append(
                {
                    "categ_id": category.id,
                    "name": category.name or self.env._("No Category"),
                    "parent": path.rpartition(" / ")[0],
                    "state": white_space.state(
                        found.get("last"), scope.today, category.id in wanted
                    ),
                    "years": found.get("years", {}),
                    "amount": sum(found.get("years", {}).values()),
                    "recent": found.get("recent", 0.0),
                    "before": found.get("before", 0.0),
                    "wanted": wanted.get(category.id, ""),
                    "peers": peers.get(category.id),
                }
            )
        return sorted(rows, key=white_space.order_key)

    @api.model
    def _fetch_bought(self, scope):
        """Return what was bought of each category in the years shown, one statement."""
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT categ_id, EXTRACT(YEAR FROM day)::int AS year,
                          SUM(amount)::float8 AS amount, MAX(day) AS last,
                          COALESCE(SUM(amount) FILTER (WHERE day >= %(recent)s),
                                   0)::float8 AS recent,
                          COALESCE(SUM(amount) FILTER (
                              WHERE day < %(recent)s AND day >= %(before)s),
                                   0)::float8 AS before
                     FROM (%(lines)s) line
                 GROUP BY 1, 2 ORDER BY 1, 2""",
                lines=self._bought_lines_sql(scope),
                recent=fields.Date.subtract(scope.today, years=1),
                before=fields.Date.subtract(scope.today, years=2),
            )
        )
        found = {}
        for row in rows:
            category = found.setdefault(
                row["categ_id"] or False,  # the host asks for no category
                {"years": {}, "recent": 0.0, "before": 0.0},
            )
            category["years"][row["year"]] = row["amount"]
            category["last"] = row["last"]
            category["recent"] += row["recent"]
            category["before"] += row["before"]
        return found

    @api.model
    def _bought_lines_sql(self, scope) -> SQL:
        """Return ``categ_id, day, amount`` of each line bought in the years shown."""
        facts = self.env["crm.sale.fact"]
        facts._flush_sources()
        self.env["sale.order.line"].flush_model(
            ["display_type", "order_id", "price_subtotal", "product_id"]
        )
        self.env["product.template"].flush_model(["categ_id"])
        since = scope.today.replace(year=scope.today.year - YEARS, month=1, day=1)
        partners = SQL(
            "(SELECT id, commercial_partner_id FROM res_partner WHERE id = ANY(%s))",
            scope.partner_ids,
        )
        return SQL(
            """SELECT t.categ_id, %(day)s AS day,
                      l.price_subtotal
                          / COALESCE(NULLIF(o.currency_rate, 0), 1) AS amount
                 FROM (%(orders)s) f
                 JOIN sale_order o ON o.id = f.order_id
                 JOIN sale_order_line l ON l.order_id = f.order_id
                 JOIN product_product p ON p.id = l.product_id
                 JOIN product_template t ON t.id = p.product_tmpl_id
                WHERE l.display_type IS NULL AND l.price_subtotal != 0""",
            day=facts._local_day_sql(SQL("f.date_order"), scope.company),
            orders=facts._orders_sql(scope.company, since=since, partners=partners),
        )

    @api.model
    def _fetch_wanted(self, scope):
        """Return what the customer asked for, as text by category.

        Open needs, and quotations that are not confirmed, as far as the reader may
        read them.
        """
        parts = [*self._get_wanted_sql(scope)]
        if not parts:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT categ_id, name FROM (%s) asked
                    WHERE categ_id IS NOT NULL
                 GROUP BY categ_id, name ORDER BY categ_id, MIN(place), name""",
                SQL(" UNION ALL ").join(parts),
            )
        )
        found = {}
        for categ_id, name in rows:
            found.setdefault(categ_id, []).append(name)
        return {
            categ_id: ", ".join(names[:2])
            + (f" (+{len(names) - 2})" if len(names) > 2 else "")
            for categ_id, names in found.items()
        }

    @api.model
    def _get_wanted_sql(self, scope):
        """Return statements of ``categ_id, name, place``."""
        parts = []
        needs = self.env["crm.need"]
        if needs.has_access("read"):
            query = needs._search(
                [
                    ("partner_id", "=", scope.customer.id),
                    ("company_id", "=", scope.company.id),
                    ("state", "in", ["new", "answered"]),
                ]
            )
            columns = self._columns_sql(query, "categ_id", "name")
            parts.append(query.select(*columns, SQL("1 AS place")))
        orders = self.env["sale.order"]
        if orders.has_access("read"):
            query = orders._search(
                [
                    ("partner_id", "in", scope.partner_ids),
                    ("company_id", "=", scope.company.id),
                    ("state", "in", ["draft", "sent"]),
                ]
            )
            parts.append(
                SQL(
                    """SELECT t.categ_id, q.name, 2 AS place FROM %s q(id, name)
                         JOIN sale_order_line l ON l.order_id = q.id
                         JOIN product_product p ON p.id = l.product_id
                         JOIN product_template t ON t.id = p.product_tmpl_id""",
                    query.subselect(*self._columns_sql(query, "id", "name")),
                )
            )
        return parts
