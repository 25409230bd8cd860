from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.seven_p import window_days

EVER = fields.Date.to_date("1970-01-01")


class CrmSevenPBoard(models.AbstractModel):
    """Sales, invoices and payments behind a figure, by the conditions of its source."""

    _inherit = "crm.seven.p.board"

    # --- DAYS

    @api.model
    def _get_part_day(self, asked):
        """Return the last day of the 12 months that the parts are about."""
        return asked.policy.part_as_of or asked.as_of

    @api.model
    def _get_days(self, asked, days):
        """Return the first and the last day: see :class:`Drill`.

        What happened ever is told by the scorecard, the rest by the parts.
        """
        if days == "ever":
            return EVER, asked.as_of
        as_of = self._get_part_day(asked)
        start, former = window_days(as_of)
        return {
            "recent": (start, as_of),
            "former": (former, fields.Date.subtract(start, days=1)),
            "both": (former, as_of),
        }[days]

    @api.model
    def _get_within(self, asked, field_name, since, until):
        """Return the domain of a company's records with a moment in these days."""
        facts = self.env["crm.sale.fact"]
        start, end = facts._get_utc_bounds(asked.company, since, until)
        return (
            Domain("company_id", "=", asked.company.id)
            & Domain(field_name, ">=", start)
            & Domain(field_name, "<", end)
        )

    @api.model
    def _get_ids(self, rows):
        """Return the domain of the few ids that a statement about one customer gives.

        For what a domain that travels to the browser cannot say.
        """
        self.env.flush_all()
        return Domain("id", "in", [row[0] for row in self.env.execute_query(rows)])

    @api.model
    def _get_own_row(self, asked, part):
        return self._get_part(part).search(asked.domain, limit=1)

    # --- ORDERS

    @api.model
    def _get_order_domain(self, asked, since, until):
        facts = self.env["crm.sale.fact"]
        domain = Domain(facts._get_purchase_domain(asked.company, since, until))
        return domain & Domain("partner_id.commercial_partner_id", "=", asked.record.id)

    @api.model
    def _get_first_order_domain(self, asked, _since, _until):
        day = self._get_own_row(asked, "profiling").first_contact_date
        return self._get_order_domain(asked, day, day) if day else Domain.FALSE

    @api.model
    def _get_sourced_order_domain(self, asked, since, until):
        source = self._get_own_row(asked, "profiling").source_id
        orders = self._get_order_domain(asked, since, until)
        return orders & Domain("source_id", "=", source.id) if source else Domain.FALSE

    @api.model
    def _get_campaign_order_domain(self, asked, since, until):
        return self._get_order_domain(asked, since, until) & (
            Domain("campaign_id", "!=", False)
            | Domain("opportunity_id.campaign_id", "!=", False)
        )

    @api.model
    def _get_line_domain(self, asked, since, until):
        orders = self._get_order_domain(asked, since, until)
        return Domain("display_type", "=", False) & Domain("order_id", "any", orders)

    @api.model
    def _get_discounted_line_domain(self, asked, since, until):
        """Lines with a discount, and those below zero that are one."""
        below = Domain("price_unit", "<", 0) & Domain("product_uom_qty", ">", 0)
        discounted = Domain("discount", "!=", 0) | below
        return self._get_line_domain(asked, since, until) & discounted

    @api.model
    def _get_favourite_line_domain(self, asked, since, until):
        product = self._get_own_row(asked, "product").top_product_id
        return self._get_line_domain(asked, since, until) & Domain(
            "product_id.product_tmpl_id", "=", product.id
        )

    @api.model
    def _get_sale_domain(self, asked, since, until):
        """Return the rows of the host's sales analysis that are purchases."""
        return (
            self._get_within(asked, "date", since, until)
            & Domain("state", "=", "sale")
            & Domain("commercial_partner_id", "=", asked.record.id)
            & self.env["crm.sale.fact"]._get_no_purchase_domain()
        )

    # --- PURCHASES AND REFUNDS

    @api.model
    def _get_movement_domain(self, asked, since, until):
        movements = self.env["crm.sale.movement"]
        domain = movements._get_period_domain(asked.company, since, until)
        return domain & Domain("customer_id", "=", asked.record.id)

    @api.model
    def _get_purchase_domain(self, asked, since, until):
        movements = self._get_movement_domain(asked, since, until)
        return movements & Domain("kind", "=", "purchase")

    @api.model
    def _get_first_purchase_domain(self, asked, _since, _until):
        day = self._get_own_row(asked, "profiling").first_contact_date
        return self._get_purchase_domain(asked, day, day) if day else Domain.FALSE

    @api.model
    def _get_campaign_purchase_domain(self, asked, since, until):
        """The same for who may not read orders: their numbers are no secret."""
        orders = self.env["sale.order"].sudo()  # style: CRM109 ids of purchases
        orders = orders.search(self._get_campaign_order_domain(asked, since, until))
        return self._get_purchase_domain(asked, since, until) & Domain(
            "order_id", "in", orders.ids
        )

    @api.model
    def _get_profit_domain(self, asked, since, until):
        """Return the rows of the profit analysis: what came in and what it cost."""
        return asked.domain & Domain("date", ">=", since) & Domain("date", "<=", until)

    # --- INVOICES AND PAYMENTS

    @api.model
    def _get_invoice_domain(self, asked, since, until):
        return (
            Domain("company_id", "=", asked.company.id)
            & Domain("partner_id.commercial_partner_id", "=", asked.record.id)
            & Domain("state", "=", "posted")
            & Domain("move_type", "in", ["out_invoice", "out_refund", "out_receipt"])
            & Domain("invoice_date", ">=", since)
            & Domain("invoice_date", "<=", until)
        )

    @api.model
    def _get_paid_invoice_domain(self, asked, since, until):
        """Return the invoices with which payments of these days were matched."""
        sources = self.env["crm.scorecard.source"]
        return self._get_ids(
            SQL(
                "SELECT DISTINCT move_id FROM (%s) paid",
                sources._payments_sql(
                    asked.company, since, until, sources._partners(asked.record.ids)
                ),
            )
        )

    @api.model
    def _get_open_item_domain(self, asked, _since, _until):
        return (
            Domain("company_id", "=", asked.company.id)
            & Domain("partner_id.commercial_partner_id", "=", asked.record.id)
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False)
            & Domain("account_id.account_type", "=", "asset_receivable")
        )

    @api.model
    def _get_overdue_item_domain(self, asked, since, until):
        due = Domain("date_maturity", "<", until) | (
            Domain("date_maturity", "=", False) & Domain("date", "<", until)
        )
        return self._get_open_item_domain(asked, since, until) & due

    @api.model
    def _get_assessment_domain(self, asked, _since, _until):
        return asked.domain & Domain("state", "=", "in_force")
