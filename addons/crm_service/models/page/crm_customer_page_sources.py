from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmCustomerPage(models.AbstractModel):
    """What the timeline shows: sales, deliveries, money, service, needs, lifecycle."""

    _inherit = "crm.customer.page"

    @api.model
    def _get_timeline_sources(self, scope):
        return [
            *super()._get_timeline_sources(scope),
            *self._get_sales_sources(scope),
            *self._get_delivery_sources(scope),
            *self._get_money_sources(scope),
            *self._get_service_sources(scope),
            *self._get_other_sources(scope),
        ]

    @api.model
    def _state_labels(self, model_name, field_name="state"):
        field = self.env[model_name]._fields[field_name]
        return dict(field._description_selection(self.env))

    # --- SOURCES

    @api.model
    def _get_sales_sources(self, scope):
        return [self._get_lead_source(scope), *self._get_order_sources(scope)]

    @api.model
    def _get_lead_source(self, scope):
        mine = Domain("partner_id", "in", scope.partner_ids)
        return {
            "key": "lead",
            "filter": "sales",
            "label": self.env._("Opportunity"),
            "icon": "fa-star",
            "model": "crm.lead",
            "domain": mine & Domain("active", "in", [True, False]),
            "moment": SQL("COALESCE(crm_lead.date_closed, crm_lead.create_date)"),
            "title": SQL("crm_lead.name"),
            "amount": SQL("crm_lead.expected_revenue"),
            "currency": SQL("%s", scope.company.currency_id.id),
            "state": SQL("crm_lead.won_status"),
            "labels": self._state_labels("crm.lead", "won_status"),
            "tones": {"won": "good", "lost": "bad"},
        }

    @api.model
    def _get_order_sources(self, scope):
        mine = Domain("partner_id", "in", scope.partner_ids)
        order = {
            "filter": "sales",
            "model": "sale.order",
            "moment": SQL("sale_order.date_order"),
            "title": SQL("sale_order.name"),
            "amount": SQL("sale_order.amount_total"),
            "currency": SQL("sale_order.currency_id"),
            "state": SQL("sale_order.state"),
            "labels": self._state_labels("sale.order"),
            "tones": {"sale": "good", "cancel": "muted"},
        }
        return [
            {
                "key": "quotation",
                "label": self.env._("Quotation"),
                "icon": "fa-file-text-o",
                "domain": mine & Domain("state", "!=", "sale"),
                **order,
            },
            {
                "key": "order",
                "label": self.env._("Order"),
                "icon": "fa-shopping-cart",
                "domain": mine & Domain("state", "=", "sale"),
                **order,
            },
        ]

    @api.model
    def _get_delivery_sources(self, scope):
        mine = Domain("partner_id", "in", scope.partner_ids)
        picking = {
            "filter": "delivery",
            "model": "stock.picking",
            "moment": SQL(
                "COALESCE(stock_picking.date_done, stock_picking.scheduled_date)"
            ),
            "title": SQL("stock_picking.name"),
            "state": SQL("stock_picking.state"),
            "labels": self._state_labels("stock.picking"),
            "tones": {"done": "good", "cancel": "muted"},
        }
        return [
            {
                "key": "delivery",
                "label": self.env._("Delivery"),
                "icon": "fa-truck",
                "domain": mine & Domain("picking_type_code", "=", "outgoing"),
                **picking,
            },
            {
                "key": "return",
                "label": self.env._("Returned Goods"),
                "icon": "fa-undo",
                "domain": mine
                & Domain("picking_type_code", "=", "incoming")
                & Domain("return_id", "!=", False),
                **picking,
            },
        ]

    @api.model
    def _get_money_sources(self, scope):
        return [*self._get_move_sources(scope), self._get_payment_source(scope)]

    @api.model
    def _get_move_sources(self, scope):
        mine = Domain("partner_id", "in", scope.partner_ids)
        move = {
            "filter": "money",
            "model": "account.move",
            "moment": SQL("account_move.invoice_date"),
            "is_day": True,
            "title": SQL("account_move.name"),
            "amount": SQL("account_move.amount_total"),
            "currency": SQL("account_move.currency_id"),
            "state": SQL("account_move.payment_state"),
            "labels": self._state_labels("account.move", "payment_state"),
            "tones": {"paid": "good", "in_payment": "good"},
        }
        posted = mine & Domain("state", "=", "posted")
        return [
            {
                "key": "invoice",
                "label": self.env._("Invoice"),
                "icon": "fa-file-o",
                "domain": posted
                & Domain("move_type", "in", ["out_invoice", "out_receipt"]),
                **move,
            },
            {
                "key": "credit_note",
                "label": self.env._("Credit Note"),
                "icon": "fa-reply",
                "domain": posted & Domain("move_type", "=", "out_refund"),
                **move,
            },
        ]

    @api.model
    def _get_payment_source(self, scope):
        mine = Domain("partner_id", "in", scope.partner_ids)
        return {
            "key": "payment",
            "filter": "money",
            "label": self.env._("Payment"),
            "icon": "fa-money",
            "model": "account.payment",
            "domain": mine
            & Domain("partner_type", "=", "customer")
            & Domain("state", "in", ["in_process", "paid"]),
            "moment": SQL("account_payment.date"),
            "is_day": True,
            "title": SQL("COALESCE(account_payment.name, account_payment.memo)"),
            "amount": SQL(
                """CASE account_payment.payment_type WHEN 'outbound'
                   THEN -account_payment.amount ELSE account_payment.amount END"""
            ),
            "currency": SQL("account_payment.currency_id"),
            "state": SQL("account_payment.state"),
            "labels": self._state_labels("account.payment"),
            "tones": {"paid": "good"},
        }

    @api.model
    def _get_service_sources(self, scope):
        mine = Domain("commercial_partner_id", "=", scope.customer.id)
        return [
            {
                "key": "complaint",
                "filter": "service",
                "label": self.env._("Complaint"),
                "icon": "fa-comments-o",
                "model": "crm.complaint",
                "domain": mine,
                "moment": SQL("crm_complaint.date_received"),
                "title": SQL("CONCAT_WS(' ', crm_complaint.name, crm_complaint.title)"),
                "state": SQL("crm_complaint.state"),
                "labels": self._state_labels("crm.complaint"),
                "tones": {"closed": "good", "cancelled": "muted"},
            },
            {
                "key": "answer",
                "filter": "service",
                "label": self.env._("Survey"),
                "icon": "fa-smile-o",
                "model": "crm.satisfaction.score",
                "domain": mine,
                "moment": SQL("crm_satisfaction_score.date"),
                "title": SQL(
                    """CONCAT_WS(': ', CONCAT(
                           UPPER(crm_satisfaction_score.kind), ' ',
                           crm_satisfaction_score.value),
                       NULLIF(crm_satisfaction_score.comment, ''))"""
                ),
                "state": SQL(
                    "CASE WHEN crm_satisfaction_score.is_low THEN 'low' ELSE 'ok' END"
                ),
                "labels": {"low": self.env._("Low")},
                "tones": {"low": "bad"},
            },
        ]

    @api.model
    def _get_other_sources(self, scope):
        mine = Domain("partner_id", "=", scope.customer.id)
        return [
            {
                "key": "need",
                "filter": "other",
                "label": self.env._("Need"),
                "icon": "fa-lightbulb-o",
                "model": "crm.need",
                "domain": mine,
                "moment": SQL("crm_need.date"),
                "is_day": True,
                "title": SQL("crm_need.name"),
                "state": SQL("crm_need.state"),
                "labels": self._state_labels("crm.need"),
                "tones": {"met": "good", "declined": "muted"},
            },
            {
                "key": "lifecycle",
                "filter": "other",
                "label": self.env._("Lifecycle"),
                "icon": "fa-refresh",
                "model": "crm.lifecycle.transition",
                "domain": mine,
                "moment": SQL("crm_lifecycle_transition.date_start"),
                "title": SQL("''"),
                "state": SQL("crm_lifecycle_transition.state"),
                "labels": self._state_labels("crm.lifecycle.transition"),
            },
        ]
