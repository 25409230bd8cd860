from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools.seven_p import window_days

#: Figures of a customer with records of their own behind them; the others lead to the
#: row of the report that they stand in.
DRILLS = {
    "recent_order_count": "recent_orders",
    "recent_revenue": "recent_orders",
    "active_month_count": "recent_orders",
    "peak_weekday": "recent_orders",
    "former_order_count": "former_orders",
    "former_revenue": "former_orders",
    "customer_since": "orders",
    "regularity": "orders",
    "revenue_trend": "orders",
    "discount_amount": "recent_orders",
    "gross_margin": "recent_orders",
    "discount_share": "recent_orders",
    "category_count": "recent_orders",
    "product_count": "recent_orders",
    "invoiced_revenue": "invoices",
    "overdue_amount": "open_invoices",
    "days_to_pay": "invoices",
    "days_sales_outstanding": "open_invoices",
    "late_share": "invoices",
    "delivery_cost": "deliveries",
    "delivery_count": "deliveries",
    "on_time_rate": "deliveries",
    "days_late_mean": "deliveries",
    "complaint_cost": "complaints",
    "complaint_rate": "complaints",
    "opinion_count": "answers",
    "activity_cost": "activities",
    "promotion.contact_count": "activities",
    "response_count": "activities",
    "response_rate": "activities",
    "conversion_count": "activities",
    "pipeline_amount": "leads",
    "pipeline_weighted": "leads",
    "contact_count": "contacts",
    "segment_count": "memberships",
}
#: The windows behind: xml id of the action, or the model
MODELS = {
    "recent_orders": "sale.order",
    "former_orders": "sale.order",
    "orders": "sale.order",
    "invoices": "account.move",
    "open_invoices": "account.move",
    "deliveries": "stock.picking",
    "complaints": "crm.complaint",
    "answers": "crm.satisfaction.score",
    "activities": "crm.sales.activity",
    "leads": "crm.lead",
    "contacts": "res.partner",
    "memberships": "crm.segment.membership",
}


class CrmSevenPBoard(models.AbstractModel):
    """The records behind each figure, as far as the reader may read them."""

    _inherit = "crm.seven.p.board"

    @api.model
    def open_drill(self, scope, name, res_id=False, company_id=False):
        """Return the window on the records behind a figure, a list or the board."""
        asked = self._get_scope(scope, res_id, company_id)
        board = self.with_company(asked.company)
        if name == "quotation":
            return board._open_quotation(asked)
        if name in MODELS and asked.kind == "customer":
            return board._open_records(asked, name)
        if name == "leaving":
            return board._open_cards(asked, board._get_leaving_domain(asked.company))
        if name in ("cards", "best"):
            return board._open_cards(asked, Domain.TRUE)
        raise UserError(self.env._("There is nothing to open here. Reload the page."))

    @api.model
    def _get_drill_name(self, asked, part, name):
        """Return what a click on a figure opens; the scorecards where nothing else."""
        if asked.kind != "customer":
            return "cards"
        drill = DRILLS.get(f"{part}.{name}") or DRILLS.get(name)
        if drill and self.env[MODELS[drill]].has_access("read"):
            return drill
        return "cards"

    @api.model
    def _open_records(self, asked, name):
        model = self.env[MODELS[name]]
        model.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": f"{asked.record.display_name}: {model._description}",
            "res_model": model._name,
            "views": [[False, "list"], [False, "form"]],
            "domain": list(getattr(self, f"_get_{name}_domain")(asked)),
            "context": {"create": False},
            "target": "current",
        }

    @api.model
    def _open_cards(self, asked, domain):
        """Open the scorecards with the 7 P of the board's customers."""
        action = self.env["ir.actions.act_window"]._for_xml_id(self._get_cards_action())
        action["domain"] = list(asked.domain & domain)
        action["context"] = {"create": False, "active_test": False}
        return action

    @api.model
    def _get_cards_action(self):
        return "crm_analytics.crm_seven_p_report_action"

    @api.model
    def _open_quotation(self, asked):
        self.env["sale.order"].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "views": [[False, "form"]],
            "context": {
                "default_partner_id": asked.record.id,
                "default_company_id": asked.company.id,
            },
        }

    # --- WHAT IS BEHIND

    @api.model
    def _get_days(self, asked):
        """Return the first days of the last 12 months and of those before."""
        return window_days(asked.as_of)

    @api.model
    def _get_bought_domain(self, asked, since, until):
        facts = self.env["crm.sale.fact"]
        domain = Domain(facts._get_purchase_domain(asked.company, since, until))
        return domain & Domain("partner_id.commercial_partner_id", "=", asked.record.id)

    @api.model
    def _get_recent_orders_domain(self, asked):
        return self._get_bought_domain(asked, self._get_days(asked)[0], asked.as_of)

    @api.model
    def _get_former_orders_domain(self, asked):
        start, former = self._get_days(asked)
        return self._get_bought_domain(
            asked, former, fields.Date.subtract(start, days=1)
        )

    @api.model
    def _get_orders_domain(self, asked):
        return self._get_bought_domain(
            asked, fields.Date.to_date("1970-01-01"), asked.as_of
        )

    @api.model
    def _get_invoices_domain(self, asked):
        return (
            self._get_posted_domain(asked)
            & Domain("invoice_date", ">=", self._get_days(asked)[0])
            & Domain("invoice_date", "<=", asked.as_of)
        )

    @api.model
    def _get_posted_domain(self, asked):
        return (
            Domain("company_id", "=", asked.company.id)
            & Domain("commercial_partner_id", "=", asked.record.id)
            & Domain("state", "=", "posted")
            & Domain("move_type", "in", ["out_invoice", "out_refund", "out_receipt"])
        )

    @api.model
    def _get_open_invoices_domain(self, asked):
        return self._get_posted_domain(asked) & Domain(
            "payment_state", "in", ["not_paid", "partial"]
        )

    @api.model
    def _get_recent(self, asked, field_name):
        start, end = self.env["crm.sale.fact"]._get_utc_bounds(
            asked.company, self._get_days(asked)[0], asked.as_of
        )
        return (
            Domain("company_id", "=", asked.company.id)
            & Domain(field_name, ">=", start)
            & Domain(field_name, "<", end)
        )

    @api.model
    def _get_deliveries_domain(self, asked):
        return (
            self._get_recent(asked, "date_done")
            & Domain("partner_id.commercial_partner_id", "=", asked.record.id)
            & Domain("picking_type_code", "=", "outgoing")
            & Domain("state", "=", "done")
        )

    @api.model
    def _get_complaints_domain(self, asked):
        return Domain("company_id", "=", asked.company.id) & Domain(
            "partner_id.commercial_partner_id", "=", asked.record.id
        )

    @api.model
    def _get_answers_domain(self, asked):
        return self._get_recent(asked, "date") & Domain(
            "commercial_partner_id", "=", asked.record.id
        )

    @api.model
    def _get_activities_domain(self, asked):
        return (
            self._get_recent(asked, "date_start")
            & Domain("partner_id", "=", asked.record.id)
            & Domain("state", "=", "done")
        )

    @api.model
    def _get_leads_domain(self, asked):
        lists = self.env["crm.customer.list"]
        return lists.new({})._get_open_lead_domain() & Domain(
            "partner_id.commercial_partner_id", "=", asked.record.id
        )

    @api.model
    def _get_contacts_domain(self, asked):
        return Domain("commercial_partner_id", "=", asked.record.id) & Domain(
            "id", "!=", asked.record.id
        )

    @api.model
    def _get_memberships_domain(self, asked):
        return Domain("partner_id", "=", asked.record.id) & Domain(
            "date_end", "=", False
        )
