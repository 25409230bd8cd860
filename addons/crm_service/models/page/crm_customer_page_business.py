from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import page_blocks as blocks
from .crm_customer_page import LIMIT


class CrmCustomerPage(models.AbstractModel):
    """Open business and money: pipeline, quotations, orders, what is owed."""

    _inherit = "crm.customer.page"

    @api.model
    def _get_sections(self):
        return [
            *super()._get_sections(),
            {
                "key": "business",
                "label": self.env._("Open Business"),
                "icon": "fa-line-chart",
                "sequence": 30,
                "method": "_section_business",
            },
            {
                "key": "money",
                "label": self.env._("Money"),
                "icon": "fa-money",
                "sequence": 40,
                "method": "_section_money",
            },
        ]

    @api.model
    def _get_drills(self, scope):
        mine = self._get_partner_domain(scope)
        return super()._get_drills(scope) | {
            "leads": (
                "crm.crm_lead_opportunities",
                [*mine, *self._get_open_lead_domain()],
            ),
            "quotations": (
                "sale.action_quotations",
                [*mine, ("state", "in", ["draft", "sent"])],
            ),
            "open_orders": (
                "sale.action_orders",
                [
                    *mine,
                    ("state", "=", "sale"),
                    ("delivery_status", "in", ["pending", "started", "partial"]),
                ],
            ),
            "invoices": (
                "account.action_move_out_invoice_type",
                [
                    *mine,
                    ("state", "=", "posted"),
                    ("move_type", "in", ["out_invoice", "out_refund", "out_receipt"]),
                    ("payment_state", "in", ["not_paid", "partial"]),
                ],
            ),
        }

    @api.model
    def _get_partner_domain(self, scope):
        return [
            ("partner_id.commercial_partner_id", "=", scope.customer.id),
            ("company_id", "in", [scope.company.id, False]),
        ]

    @api.model
    def _get_open_lead_domain(self):
        return [("active", "=", True), ("won_status", "=", "pending")]

    # --- OPEN BUSINESS

    @api.model
    def _section_business(self, scope):
        leads = self._get_lead_figures(scope)
        quotations = self._get_quotation_rows(scope)
        return {
            "headline": self._get_business_headline(scope, leads),
            "blocks": [
                self._get_lead_table(scope, leads),
                self._get_quotation_table(quotations),
                self._get_order_table(scope),
            ],
        }

    @api.model
    def _get_business_headline(self, scope, leads):
        headline = []
        if self.env["crm.lead"].has_access("read"):
            amount = self._money(leads["amount"], scope) if leads["count"] else ""
            headline.append(
                blocks.figure(
                    "pipeline",
                    self.env._("Open Opportunities"),
                    blocks.cell(leads["count"], "integer", note=amount),
                    drill="leads",
                    hint=self.env._("The amount below is their expected revenue."),
                )
            )
        if self.env["sale.order"].has_access("read"):
            late = scope.panel["late_order_count"]
            headline.append(
                blocks.figure(
                    "open_orders",
                    self.env._("Open Orders"),
                    blocks.cell(
                        scope.panel["open_order_count"],
                        "integer",
                        tone="bad" if late else "",
                        note=self.env._("%s late", late) if late else "",
                    ),
                    drill="open_orders",
                )
            )
        return headline

    @api.model
    def _get_lead_figures(self, scope):
        """Return count, expected revenue and the first of the open opportunities."""
        leads = self.env["crm.lead"]
        if not leads.has_access("read"):
            return {"count": 0, "amount": 0.0, "rows": leads}
        domain = Domain("partner_id", "in", scope.partner_ids) & Domain(
            self._get_open_lead_domain()
        )
        domain &= Domain("company_id", "in", [False, scope.company.id])
        names = ["name", "type", "stage_id", "probability", "expected_revenue"]
        found = leads.search_fetch(
            domain,
            [*names, "date_deadline", "company_currency"],
            order="expected_revenue desc, id desc",
            limit=LIMIT,
        )
        [(count, amount)] = leads._read_group(
            domain, [], ["__count", "expected_revenue:sum"]
        )
        return {"count": count, "amount": amount or 0.0, "rows": found}

    @api.model
    def _get_lead_table(self, scope, leads):
        return blocks.table(
            "leads",
            self.env._("Opportunities"),
            [
                blocks.column(self.env._("Opportunity")),
                blocks.column(self.env._("Stage")),
                blocks.column(self.env._("Expected"), "end"),
                blocks.column(self.env._("Closing"), "end"),
            ],
            [
                blocks.row(
                    lead.id,
                    [
                        self._link(lead, lead.name),
                        blocks.cell(lead.stage_id.name),
                        blocks.cell(
                            lead.expected_revenue,
                            "monetary",
                            currency_id=lead.company_currency.id,
                            note=f"{lead.probability:.0f} %",
                        ),
                        self._day(
                            lead.date_deadline,
                            tone="bad"
                            if lead.date_deadline and lead.date_deadline < scope.today
                            else "",
                        ),
                    ],
                )
                for lead in leads["rows"]
            ],
            count=leads["count"],
            drill="leads",
        )

    @api.model
    def _get_quotation_rows(self, scope):
        """Return the latest open quotations, and on each row how many there are."""
        orders = self.env["sale.order"]
        if not orders.has_access("read"):
            return []
        query = orders._search(
            [
                ("partner_id", "in", scope.partner_ids),
                ("company_id", "=", scope.company.id),
                ("state", "in", ["draft", "sent"]),
            ],
            order="date_order desc, id desc",
        )
        orders.flush_model(["amount_total", "currency_id", "validity_date", "state"])
        columns = self._columns_sql(
            query, "id", "name", "state", "amount_total", "currency_id", "validity_date"
        )
        return self.env.execute_query_dict(
            SQL(
                """SELECT q.*, COUNT(*) OVER () AS total
                     FROM (%s) q LIMIT %s""",
                query.select(*columns),
                LIMIT,
            )
        )

    @api.model
    def _get_quotation_table(self, rows):
        states = dict(
            self.env["sale.order"]._fields["state"]._description_selection(self.env)
        )
        return blocks.table(
            "quotations",
            self.env._("Quotations"),
            [
                blocks.column(self.env._("Quotation")),
                blocks.column(self.env._("State")),
                blocks.column(self.env._("Total"), "end"),
                blocks.column(self.env._("Valid Until"), "end"),
            ],
            [
                blocks.row(
                    row["id"],
                    [
                        blocks.cell(
                            row["name"], res_model="sale.order", res_id=row["id"]
                        ),
                        blocks.cell(states[row["state"]]),
                        blocks.cell(
                            float(row["amount_total"] or 0),
                            "monetary",
                            currency_id=row["currency_id"],
                        ),
                        self._day(row["validity_date"]),
                    ],
                )
                for row in rows
            ],
            count=rows[0]["total"] if rows else 0,
            drill="quotations",
        )

    @api.model
    def _get_order_table(self, scope):
        panel = scope.panel
        return blocks.table(
            "open_orders",
            self.env._("Orders to Deliver"),
            [
                blocks.column(self.env._("Order")),
                blocks.column(self.env._("Promised")),
                blocks.column(self.env._("Delivered"), "end"),
                blocks.column(self.env._("Days Late"), "end"),
            ],
            [
                blocks.row(
                    row["id"],
                    [
                        blocks.cell(
                            row["name"], res_model="sale.order", res_id=row["id"]
                        ),
                        self._day(
                            row["promised"],
                            note="" if row["is_promised"] else self.env._("expected"),
                        ),
                        blocks.cell(row["percent"], "percent"),
                        blocks.cell(row["days_late"] or None, "integer", tone="bad"),
                    ],
                )
                for row in panel["open_orders"][:LIMIT]
            ],
            count=panel["open_order_count"],
            drill="open_orders",
        )

    # --- MONEY

    @api.model
    def _section_money(self, scope):
        panel = scope.panel
        shown = []
        if scope.may_see_figures:
            shown += self._get_owed_figures(scope)
        return {
            "headline": shown[:1],
            "blocks": [
                blocks.figures("owed", shown),
                self._get_invoice_table(scope, panel["open_invoices"] or []),
            ],
        }

    @api.model
    def _get_owed_figures(self, scope):
        panel = scope.panel
        overdue = panel["overdue"]
        drill = "invoices" if panel["open_invoices"] is not None else False
        shown = [
            blocks.figure(
                "due",
                self.env._("To Be Paid"),
                self._money(
                    panel["due"],
                    scope,
                    tone="bad" if overdue else "",
                    note=self.env._("part of it overdue") if overdue else "",
                ),
                drill=drill,
                hint=self.env._("Posted invoices less credit notes, with taxes."),
            ),
            blocks.figure(
                "overdue",
                self.env._("Overdue"),
                self._money(overdue, scope, tone="bad" if overdue else ""),
                drill=drill,
            ),
        ]
        limit = self._get_credit_figure(scope)
        return [*shown, limit] if limit else shown

    @api.model
    def _get_credit_figure(self, scope):
        """Return the credit limit, for whoever may read it."""
        customer = scope.customer
        field = customer._fields["credit_limit"]
        if not customer._has_field_access(field, "read"):
            return None
        if not customer.show_credit_limit:
            return None
        limit = customer.credit_limit
        over = limit and scope.panel["due"] > limit
        note = self.env._("exceeded") if over else ""
        tone = "bad" if over else ""
        return blocks.figure(
            "credit_limit",
            self.env._("Credit Limit"),
            self._money(limit, scope, tone=tone, note=note),
        )

    @api.model
    def _get_invoice_table(self, scope, rows):
        return blocks.table(
            "invoices",
            self.env._("Open Invoices"),
            [
                blocks.column(self.env._("Invoice")),
                blocks.column(self.env._("Due")),
                blocks.column(self.env._("Amount Due"), "end"),
                blocks.column(self.env._("Days Late"), "end"),
            ],
            [
                blocks.row(
                    row["id"],
                    [
                        blocks.cell(
                            row["name"], res_model="account.move", res_id=row["id"]
                        ),
                        self._day(row["date_due"]),
                        self._money(row["amount"], scope),
                        blocks.cell(row["days_late"] or None, "integer", tone="bad"),
                    ],
                )
                for row in rows[:LIMIT]
            ],
            count=max(len(rows), scope.panel.get("invoice_count", 0)) if rows else 0,
            drill="invoices",
        )
