from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain


class Drill(NamedTuple):
    """A window on records behind a figure of one customer."""

    model: str
    #: the board's ``_get_<domain>_domain(asked, since, until)`` selects them
    domain: str
    #: the days that it is about: ``recent``, ``former``, ``both`` or ``ever``
    days: str = "recent"
    views: tuple[str, ...] = ("list", "form")
    context: dict = {}


#: The windows that figures open
WINDOWS = {
    # orders, and the same for who may not read them
    "orders": Drill("sale.order", "order"),
    "former_orders": Drill("sale.order", "order", "former"),
    "orders_of_both_years": Drill("sale.order", "order", "both"),
    "all_orders": Drill("sale.order", "order", "ever"),
    "first_orders": Drill("sale.order", "first_order", "ever"),
    "sourced_orders": Drill("sale.order", "sourced_order", "ever"),
    "campaign_orders": Drill("sale.order", "campaign_order"),
    "places": Drill(
        "sale.order", "order", context={"group_by": ["partner_shipping_id"]}
    ),
    "purchases": Drill("crm.sale.movement", "purchase"),
    "former_purchases": Drill("crm.sale.movement", "purchase", "former"),
    "purchases_of_both_years": Drill("crm.sale.movement", "purchase", "both"),
    "all_purchases": Drill("crm.sale.movement", "purchase", "ever"),
    "first_purchases": Drill("crm.sale.movement", "first_purchase", "ever"),
    "campaign_purchases": Drill("crm.sale.movement", "campaign_purchase"),
    "movements": Drill("crm.sale.movement", "movement"),
    "former_movements": Drill("crm.sale.movement", "movement", "former"),
    "movements_of_both_years": Drill("crm.sale.movement", "movement", "both"),
    "lines": Drill("sale.order.line", "line"),
    "discounted_lines": Drill("sale.order.line", "discounted_line"),
    "favourite_lines": Drill("sale.order.line", "favourite_line"),
    "sales": Drill(
        "sale.report",
        "sale",
        views=("pivot", "list"),
        context={
            "pivot_row_groupby": ["categ_id", "crm_place_id"],
            "pivot_column_groupby": ["medium_id"],
            "pivot_measures": ["price_subtotal", "order_reference"],
        },
    ),
    # money
    "invoices": Drill("account.move", "invoice"),
    "paid_invoices": Drill("account.move", "paid_invoice"),
    "open_items": Drill("account.move.line", "open_item"),
    "overdue_items": Drill("account.move.line", "overdue_item"),
    "assessments": Drill("crm.credit.assessment", "assessment"),
    "profits": Drill("crm.profit.report", "profit", views=("pivot", "list")),
    # service
    "shipments": Drill("stock.picking", "shipment"),
    "deliveries": Drill("crm.delivery.report", "delivery"),
    "complaints": Drill("crm.complaint", "complaint"),
    "complaint_rows": Drill("crm.complaint.report", "complaint"),
    "open_complaints": Drill("crm.complaint", "open_complaint"),
    "open_complaint_rows": Drill("crm.complaint.report", "open_complaint"),
    "opinions": Drill("crm.opinion.report", "opinion"),
    "answers": Drill("crm.satisfaction.score", "answer"),
    "activities": Drill("crm.sales.activity", "activity"),
    "touches": Drill("crm.sales.activity.report", "touch", views=("pivot", "list")),
    "responses": Drill(
        "crm.sales.activity.report", "response", views=("pivot", "list")
    ),
    "outcomes": Drill("crm.sales.activity.report", "outcome", views=("pivot", "list")),
    "sent_mailings": Drill("mailing.trace", "sent_mailing"),
    "opened_mailings": Drill("mailing.trace", "opened_mailing"),
    "clicked_mailings": Drill("mailing.trace", "clicked_mailing"),
    # who the customer is, what to expect
    "customer": Drill("res.partner", "customer", views=("form",)),
    "contacts": Drill("res.partner", "contact"),
    "roles": Drill("crm.partner.role.assignment", "role"),
    "memberships": Drill("crm.segment.membership", "membership"),
    "first_leads": Drill("crm.lead", "first_lead", "ever"),
    "sourced_leads": Drill("crm.lead", "sourced_lead", "ever"),
    "opportunities": Drill("crm.lead", "opportunity"),
    "campaign_leads": Drill("crm.lead", "campaign_lead"),
    "offers": Drill("crm.next.best.offer", "open_offer"),
    "churn_signs": Drill("crm.churn.factor", "churn_sign"),
    "lifetime_model": Drill("crm.lifetime.model", "lifetime_model"),
    "supply_shares": Drill("crm.supply.share.report", "supply_share"),
    "benchmarks": Drill("crm.potential.benchmark", "benchmark"),
    "white_space": Drill("product.category", "white_space"),
    "next_category": Drill("product.category", "next_category"),
}
#: The figures with records of their own behind them: the windows by preference. The
#: first one that the reader may open and that holds anything is opened; the other
#: figures lead to the row of the report that they stand in.
ORDERS = ("orders", "purchases")
PAST_ORDERS = ("all_orders", "all_purchases")
BOTH_YEARS = ("orders_of_both_years", "purchases_of_both_years")
COMPLAINTS = ("complaints", "complaint_rows")
SALES = ("sales", "purchases")
DRILLS = {
    "card": {
        "interval_mean": PAST_ORDERS,
        "next_order_date": PAST_ORDERS,
        "average_order": PAST_ORDERS,
    },
    "profiling": {
        "completeness": ("customer",),
        "role_count": ("roles",),
        "segment_count": ("memberships",),
        "contact_count": ("contacts",),
        "source_id": ("sourced_leads", "sourced_orders"),
        "first_contact_date": ("first_leads", "first_orders", "first_purchases"),
    },
    "persistency": {
        "churn_score": ("churn_signs",),
        "churn_reason": PAST_ORDERS,
        "churn_reason_2": PAST_ORDERS,
        "customer_since": PAST_ORDERS,
        "recent_order_count": ORDERS,
        "former_order_count": ("former_orders", "former_purchases"),
        "recent_revenue": ("movements",),
        "former_revenue": ("former_movements",),
        "revenue_trend": ("movements_of_both_years",),
        "regularity": PAST_ORDERS,
        "is_retained": BOTH_YEARS,
        "peak_share": BOTH_YEARS,
        "active_month_count": ORDERS,
        "peak_month": BOTH_YEARS,
        "peak_weekday": BOTH_YEARS,
        "supply_share": ("supply_shares",),
        "supply_share_date": ("supply_shares",),
    },
    "profitability": {
        "invoiced_revenue": ("invoices",),
        "gross_margin": ("movements",),
        "discount_amount": ("discounted_lines", "purchases"),
        "uncosted_share": ("lines", "purchases"),
        "delivery_cost": ("shipments", "deliveries"),
        "complaint_cost": COMPLAINTS,
        "counted_cost": COMPLAINTS,
        "activity_cost": ("activities",),
        "cost_to_serve": ("profits",),
        "contribution": ("profits",),
        "contribution_share": ("profits",),
        "value_creation_rate": ("profits",),
    },
    "performance": {
        "risk_grade": ("assessments",),
        "credit_score": ("assessments",),
        "credit_limit_proposed": ("assessments",),
        "days_to_pay": ("paid_invoices",),
        "late_share": ("paid_invoices",),
        "paid_amount": ("paid_invoices",),
        "open_amount": ("open_items",),
        "days_sales_outstanding": ("open_items",),
        "overdue_amount": ("overdue_items",),
        "delivery_count": ("deliveries",),
        "on_time_rate": ("deliveries",),
        "days_late_mean": ("deliveries",),
        "category_count": SALES,
        "top_category_id": SALES,
        "top_medium_id": SALES,
        "medium_count": SALES,
        "team_count": ORDERS,
        "place_count": ("places", "purchases"),
    },
    "prospecting": {
        "lifetime_value": ("lifetime_model",),
        "expected_orders": ("lifetime_model",),
        "expected_revenue": ("lifetime_model",),
        "probability_alive": ("lifetime_model",),
        "pipeline_amount": ("opportunities",),
        "pipeline_weighted": ("opportunities",),
        "potential_amount": ("supply_shares", "benchmarks"),
        "potential_gap": ("supply_shares", "benchmarks"),
    },
    "product": {
        "next_category_id": ("next_category",),
        "top_product_id": ("favourite_lines", "purchases"),
        "product_count": ("lines", "purchases"),
        "mix_concentration": SALES,
        "white_space_count": ("white_space",),
        "complaint_count": COMPLAINTS,
        "complaint_rate": COMPLAINTS,
        "opinion_count": ("opinions",),
    },
    "promotion": {
        "contact_count": ("touches",),
        "response_count": ("responses",),
        "response_rate": ("outcomes",),
        "conversion_count": ("campaign_orders", "campaign_purchases"),
        "campaign_revenue": ("campaign_orders", "campaign_purchases"),
        "campaign_lead_count": ("campaign_leads",),
        "discount_share": ("lines", "purchases"),
        "discount_sensitivity": ("lines", "purchases"),
        "mailing_sent_count": ("sent_mailings",),
        "mailing_open_count": ("opened_mailings",),
        "mailing_click_count": ("clicked_mailings",),
    },
}
#: Windows that the board names itself
LISTS = ("offers",)
#: What a main sign of leaving was seen in
SIGNS = {
    "fewer_orders": BOTH_YEARS,
    "less_revenue": ("movements_of_both_years",),
    "complaint": ("open_complaints", "open_complaint_rows"),
    "late_delivery": ("deliveries",),
    "dissatisfied": ("answers",),
}


class CrmSevenPBoard(models.AbstractModel):
    """The records behind each figure, as far as the reader may read them."""

    _inherit = "crm.seven.p.board"

    # --- TO EXTEND

    @api.model
    def _get_drills(self):
        """Return ``{part: {column: windows}}``; see ``DRILLS``."""
        return DRILLS

    @api.model
    def _get_windows(self):
        """Return ``{name: Drill}``; an add-on with records of its own adds to both."""
        return WINDOWS

    # --- CALLED BY THE SCREEN

    @api.model
    def open_drill(self, scope, name, res_id=False, company_id=False):
        """Return the window on the records behind a figure, a list or the board."""
        asked = self._get_scope(scope, res_id, company_id)
        board = self.with_company(asked.company)
        openers = board._get_openers(asked)
        if name in openers:
            return openers[name]()
        if name in LISTS and asked.kind == "customer":
            return board._open_list(asked, name)
        part, _dot, column = str(name).partition(".")
        if asked.kind == "customer" and column in self._get_drills().get(part, {}):
            return board._open_records(asked, part, column)
        raise UserError(self.env._("There is nothing to open here. Reload the page."))

    @api.model
    def _get_openers(self, asked):
        """Return ``{name: function}`` of the windows that belong to no figure."""

        def opener(domain):
            return lambda: self._open_cards(asked, domain)

        return {
            "quotation": lambda: self._open_quotation(asked),
            "leaving": opener(self._get_leaving_domain(asked.company)),
            "quality": opener(self._get_quality_domain()),
            "best": lambda: self._open_best(asked),
            "cards": opener(Domain.TRUE),
        }

    @api.model
    def _get_drill_name(self, asked, part, name):
        """Return what a click on a figure opens: its records, else the scorecards.

        Nothing where there are records, none of which the reader may read.
        """
        names = self._get_drills().get(part, {}).get(name)
        if asked.kind != "customer" or not names:
            return "cards"
        return f"{part}.{name}" if self._get_readable(names) else False

    @api.model
    def _get_readable(self, names):
        """Return the windows of ``names`` whose records the reader may read."""
        windows = [self._get_windows()[name] for name in names]
        return [
            drill
            for drill in windows
            if drill.model in self.env and self.env[drill.model].has_access("read")
        ]

    @api.model
    def _open_records(self, asked, part, column):
        """Open the first readable window that holds anything, else the first one."""
        names = self._get_drills()[part][column]
        row = self._get_part(part).search(asked.domain, limit=1)
        if column in ("churn_reason", "churn_reason_2"):
            names = SIGNS.get(row[column], names)
        readable = self._get_readable(names)
        if not readable:
            raise AccessError(
                self.env._(
                    "The records behind this figure are for others. Ask your "
                    "administrator for the rights of sales or accounting."
                )
            )
        drill = next(
            (known for known in readable if self._holds(asked, known)),
            readable[0],
        )
        title = self._get_part(part)._fields[column]._description_string(self.env)
        return self._open_window(asked, drill, title)

    @api.model
    def _open_list(self, asked, name):
        drill = self._get_windows()[name]
        self.env[drill.model].check_access("read")
        return self._open_window(asked, drill, self.env[drill.model]._description)

    @api.model
    def _open_window(self, asked, drill, title):
        return {
            "type": "ir.actions.act_window",
            "name": f"{asked.record.display_name}: {title}",
            "res_model": drill.model,
            "res_id": asked.record.id if drill.views == ("form",) else False,
            "views": [[False, view] for view in drill.views],
            "domain": list(self._get_records_domain(asked, drill)),
            "context": {"create": False, "active_test": False, **drill.context},
            "target": "current",
        }

    @api.model
    def _holds(self, asked, drill):
        """Return whether a window shows anything to the reader."""
        model = self.env[drill.model].with_context(active_test=False)
        return bool(model.search_count(self._get_records_domain(asked, drill), limit=1))

    @api.model
    def _get_records_domain(self, asked, drill):
        since, until = self._get_days(asked, drill.days)
        return getattr(self, f"_get_{drill.domain}_domain")(asked, since, until)

    @api.model
    def _open_cards(self, asked, domain):
        """Open the scorecards with the 7 P of the board's customers."""
        action = self.env["ir.actions.act_window"]._for_xml_id(self._get_cards_action())
        action["domain"] = list(asked.domain & domain)
        # his own figures are kept when a customer is archived; elsewhere he is left out
        is_own = asked.kind == "customer"
        action["context"] = {"create": False, "active_test": not is_own}
        return action

    @api.model
    def _open_best(self, asked):
        """Open all customers with a lifetime value, the largest first."""
        action = self._open_cards(asked, Domain("lifetime_value", ">", 0))
        view = self.env.ref("crm_analytics.crm_seven_p_report_view_list_best")
        action["views"] = [
            (view.id if kind == "list" else view_id, kind)
            for view_id, kind in action["views"]
        ]
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
