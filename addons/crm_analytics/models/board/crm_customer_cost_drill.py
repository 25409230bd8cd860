from odoo import fields, models
from odoo.fields import Domain

from ...tools import cohort
from .crm_seven_p_board_drill_sales import EVER


class CrmCustomerCost(models.Model):
    """The activities and the order lines that a cost comes from."""

    _inherit = "crm.customer.cost"

    def action_open_records(self):
        """Open what the cost was spent on, as far as the reader may read it."""
        self.ensure_one()
        model, domain = getattr(self, f"_get_{self.source}_records")()
        return {
            "type": "ir.actions.act_window",
            "name": self.partner_id.display_name,
            "res_model": model,
            "views": [[False, "list"], [False, "form"]],
            "domain": list(domain),
            "context": {"create": False, "active_test": False},
        }

    def _get_days(self):
        """Return the first and the last day of the money spent; see the phases."""
        cards = self.env["crm.customer.scorecard"].with_context(active_test=False)
        card = cards.search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ]
        )
        if self.phase == "win":
            return EVER, card.first_order_date
        since, until = self.date, cohort.period_end(self.date, "month")
        if self.phase == "keep" and card.first_order_date:
            since = max(since, fields.Date.add(card.first_order_date, days=1))
        return since, until

    def _get_activity_records(self):
        start, end = self.env["crm.sale.fact"]._get_utc_bounds(
            self.company_id, *self._get_days()
        )
        return "crm.sales.activity", (
            Domain("company_id", "=", self.company_id.id)
            & Domain("partner_id.commercial_partner_id", "=", self.partner_id.id)
            & Domain("state", "=", "done")
            & Domain("cost", "!=", 0)
            & Domain("date_start", ">=", start)
            & Domain("date_start", "<", end)
        )

    def _get_discount_records(self):
        """Return the lines with a discount; the purchases for who may not read them."""
        facts, days = self.env["crm.sale.fact"], self._get_days()
        if not self.env["sale.order.line"].has_access("read"):
            movements = self.env["crm.sale.movement"]
            return movements._name, (
                Domain(movements._get_period_domain(self.company_id, *days))
                & Domain("customer_id", "=", self.partner_id.id)
                & Domain("kind", "=", "purchase")
            )
        orders = Domain(facts._get_purchase_domain(self.company_id, *days)) & Domain(
            "partner_id.commercial_partner_id", "=", self.partner_id.id
        )
        below = Domain("price_unit", "<", 0) & Domain("product_uom_qty", ">", 0)
        return "sale.order.line", (
            Domain("order_id", "any", orders)
            & Domain("display_type", "=", False)
            & (Domain("discount", ">", 0) | below)
        )
