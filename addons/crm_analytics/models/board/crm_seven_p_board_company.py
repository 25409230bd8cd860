from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_service.tools import page_blocks as blocks

LIMIT = 8


class CrmSevenPBoard(models.AbstractModel):
    """What a segment or the company asks: who is best, who leaves, what to offer."""

    _inherit = "crm.seven.p.board"

    @api.model
    def _get_headline(self, asked):
        """Return equity, share of quality customers and who is leaving, as figures."""
        if asked.kind == "customer":
            return []
        if asked.kind == "company" and asked.kept:
            found = asked.kept.figures["headline"]
        else:
            found = self._read_headline(
                asked.domain, self._get_leaving_score(asked.company)
            )
        return [
            *self._get_worth_figures(asked, found),
            self._get_leaving_figure(asked, found),
        ]

    @api.model
    def _get_worth_figures(self, asked, found):
        money = {"currency_id": asked.company.currency_id.id}
        share = found["quality"] / found["classed"] if found["classed"] else None
        return [
            blocks.figure(
                "customers",
                self.env._("Customers"),
                blocks.cell(found["customers"], "integer"),
                hint=self.env._("Customers with a scorecard whom you may see."),
                drill="cards",
            ),
            blocks.figure(
                "equity",
                self.env._("Customer Equity"),
                blocks.cell(found["equity"], "monetary", **money),
                hint=self.env._(
                    "Sum of the lifetime values: what these customers are expected to "
                    "bring from now on."
                ),
                drill="best",
            ),
            blocks.figure(
                "quality",
                self.env._("Quality Customers"),
                blocks.cell(
                    None if share is None else round(100 * share, 1),
                    "percent",
                    note=self.env._(
                        "%(quality)s of %(invoiced)s",
                        quality=found["quality"],
                        invoiced=found["classed"],
                    ),
                ),
                hint=self.env._(
                    "Customers of the value classes A and B with a contribution above "
                    "zero, of those who were invoiced something in the last 12 months."
                ),
                drill="quality",
            ),
        ]

    @api.model
    def _get_leaving_figure(self, asked, found):
        money = {"currency_id": asked.company.currency_id.id}
        return blocks.figure(
            "leaving",
            self.env._("Leaving"),
            blocks.cell(
                found["leaving"],
                "integer",
                tone="bad" if found["leaving"] else "",
                note=blocks.cell(found["at_risk"], "monetary", **money),
            ),
            hint=self.env._(
                "Customers whose churn tendency is %s or more, and their revenue of "
                "the last 24 months.",
                self._get_leaving_score(asked.company),
            ),
            drill="leaving",
        )

    @api.model
    def _read_headline(self, domain, leaving):
        profits = self._get_part("profitability")
        quality, invoiced = profits._count_quality(domain)
        [[equity]] = self._get_part("prospecting")._read_group(
            domain, [], ["lifetime_value:sum"]
        )
        [[count, recent, former]] = self._get_part("persistency")._read_group(
            domain & Domain("churn_score", ">=", leaving),
            [],
            ["__count", "recent_revenue:sum", "former_revenue:sum"],
        )
        return {
            "customers": profits.search_count(domain),
            "classed": invoiced,
            "quality": quality,
            "equity": equity or 0,
            "leaving": count,
            "at_risk": (recent or 0) + (former or 0),
        }

    # --- LISTS

    @api.model
    def _get_lists(self, asked):
        """Return the tables: who is best, who is leaving; or offers of a customer."""
        if asked.kind == "customer":
            return self._get_offer_list(asked)
        best = self._get_part("prospecting").search(
            asked.domain & Domain("lifetime_value", ">", 0),
            order="lifetime_value desc, id",
            limit=LIMIT,
        )
        leaving = self._get_part("persistency").search(
            asked.domain & self._get_leaving_domain(asked.company),
            order="recent_revenue desc, former_revenue desc, id",
            limit=LIMIT,
        )
        known = self._read_known(asked, best.partner_id | leaving.partner_id)
        return [
            self._get_best_table(asked, best, known),
            self._get_leaving_table(asked, leaving, known),
        ]

    @api.model
    def _read_known(self, asked, customers):
        """Return ``{part: {customer: row}}`` of the customers in the tables.

        ``offer`` has the best open offer of each.
        """
        domain = Domain("company_id", "=", asked.company.id) & Domain(
            "partner_id", "in", customers.ids
        )
        known = {
            part: {row.partner_id: row for row in self._get_part(part).search(domain)}
            for part in ("persistency", "profitability", "product", "prospecting")
        }
        offers = self._get_offers(asked.company, customers)
        known["offer"] = {c: offers[c.id] for c in customers if c.id in offers}
        return known

    @api.model
    def _get_best_table(self, asked, rows, known):
        money = {"currency_id": asked.company.currency_id.id}
        return blocks.table(
            "best",
            self.env._("Best Customers"),
            [
                blocks.column(self.env._("Customer"), is_kept=True),
                blocks.column(self.env._("Value")),
                blocks.column(self.env._("Lifetime Value"), "end"),
                blocks.column(self.env._("Last 12 Months"), "end"),
                blocks.column(self.env._("Next 12 Months"), "end"),
                blocks.column(self.env._("Potential"), "end"),
                blocks.column(self.env._("Offer Next")),
                blocks.column(self.env._("Salesperson"), is_kept=True),
            ],
            [
                blocks.row(
                    row.id,
                    [
                        self._get_customer_cell(row.partner_id),
                        blocks.cell(self._get_class(known, row.partner_id)),
                        blocks.cell(row.lifetime_value, "monetary", **money),
                        blocks.cell(
                            self._get_of(known, "persistency", row, "recent_revenue"),
                            "monetary",
                            **money,
                        ),
                        self._get_money_cell(row.expected_revenue, money),
                        self._get_money_cell(row.potential_amount, money),
                        self._get_offer(known, row.partner_id),
                        self._get_owner_cell(row.partner_id),
                    ],
                )
                for row in rows
            ],
            drill="best",
            empty=self.env._("Nobody has a lifetime value yet."),
            note=self.env._("By what they are expected to bring from now on."),
        )

    @api.model
    def _get_leaving_table(self, asked, rows, known):
        money = {"currency_id": asked.company.currency_id.id}
        return blocks.table(
            "leaving",
            self.env._("Who Is Leaving, and Why"),
            [
                blocks.column(self.env._("Customer"), is_kept=True),
                blocks.column(self.env._("Value")),
                blocks.column(self.env._("Tendency"), "end"),
                blocks.column(self.env._("Why")),
                blocks.column(self.env._("Last 12 Months"), "end"),
                blocks.column(self.env._("12 Months before"), "end"),
                blocks.column(self.env._("Offer Next")),
                blocks.column(self.env._("Salesperson"), is_kept=True),
            ],
            [
                blocks.row(
                    row.id,
                    [
                        self._get_customer_cell(row.partner_id),
                        blocks.cell(self._get_class(known, row.partner_id)),
                        blocks.cell(row.churn_score, "integer", tone="bad"),
                        blocks.cell(row._get_churn_text()),
                        blocks.cell(row.recent_revenue, "monetary", **money),
                        blocks.cell(row.former_revenue, "monetary", **money),
                        self._get_offer(known, row.partner_id),
                        self._get_owner_cell(row.partner_id),
                    ],
                )
                for row in rows
            ],
            drill="leaving",
            empty=self.env._("Nobody tends to leave."),
            note=self.env._("By their revenue of the last 12 months."),
        )

    @api.model
    def _get_customer_cell(self, customer):
        """Return the name, which leads to the board of the customer."""
        return blocks.cell(
            customer.display_name, action=customer._get_seven_p_action("customer")
        )

    @api.model
    def _get_owner_cell(self, customer):
        owner = customer.user_id.name
        if owner:
            return blocks.cell(owner)
        return blocks.cell(self.env._("nobody"), tone="bad")

    @api.model
    def _get_of(self, known, part, row, name):
        found = known[part].get(row.partner_id)
        return found[name] if found else None

    @api.model
    def _get_class(self, known, customer):
        found = known["profitability"].get(customer)
        return found.abc_class if found else None

    @api.model
    def _get_offer(self, known, customer):
        """Return what to offer a customer next and why, as far as that is known."""
        row = known["product"].get(customer)
        category = row.next_category_id if row else self.env["product.category"]
        return self._get_offer_cell(known["offer"].get(customer), category)

    @api.model
    def _get_money_cell(self, amount, money):
        """Return an amount that may be unknown."""
        return blocks.cell(None if amount is False else amount, "monetary", **money)

    @api.model
    def _get_quality_domain(self):
        return self._get_part("profitability")._get_quality_domain()

    @api.model
    def _get_leaving_score(self, company):
        """Return the churn tendency from which a customer of ``company`` is leaving."""
        return self.env["crm.rfm.policy"]._ensure(company).leaving_score

    @api.model
    def _get_leaving_domain(self, company):
        return Domain("churn_score", ">=", self._get_leaving_score(company))
