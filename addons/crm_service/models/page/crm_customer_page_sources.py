from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

#: Whose documents are meant: those of the customer and his contacts, or of him alone
CONTACTS, CUSTOMER, COMMERCIAL = "contacts", "customer", "commercial"

#: What an entry shows of a model: columns, or SQL over its table. ``moment`` may be a
#: day (``is_day``); without ``currency``, an amount is in that of the company.
MODELS = {
    "crm.lead": {
        "whose": CONTACTS,
        "moment": SQL("COALESCE(crm_lead.date_closed, crm_lead.create_date)"),
        "title": "name",
        "amount": "expected_revenue",
        "state": "won_status",
        "tones": {"won": "good", "lost": "bad"},
    },
    "sale.order": {
        "whose": CONTACTS,
        "moment": "date_order",
        "title": "name",
        "amount": "amount_total",
        "currency": "currency_id",
        "state": "state",
        "tones": {"sale": "good", "cancel": "muted"},
    },
    "stock.picking": {
        "whose": CONTACTS,
        "moment": SQL(
            "COALESCE(stock_picking.date_done, stock_picking.scheduled_date)"
        ),
        "title": "name",
        "state": "state",
        "tones": {"done": "good", "cancel": "muted"},
    },
    "account.move": {
        "whose": CONTACTS,
        "moment": "invoice_date",
        "is_day": True,
        "title": "name",
        "amount": "amount_total",
        "currency": "currency_id",
        "state": "payment_state",
        "tones": {"paid": "good", "in_payment": "good"},
    },
    "account.payment": {
        "whose": CONTACTS,
        "moment": "date",
        "is_day": True,
        "title": SQL("COALESCE(account_payment.name, account_payment.memo)"),
        "amount": SQL(
            """CASE account_payment.payment_type WHEN 'outbound'
               THEN -account_payment.amount ELSE account_payment.amount END"""
        ),
        "currency": "currency_id",
        "state": "state",
        "tones": {"paid": "good"},
    },
    "crm.complaint": {
        "whose": COMMERCIAL,
        "moment": "date_received",
        "title": SQL("CONCAT_WS(' ', crm_complaint.name, crm_complaint.title)"),
        "state": "state",
        "tones": {"closed": "good", "cancelled": "muted"},
    },
    "crm.satisfaction.score": {
        "whose": COMMERCIAL,
        "moment": "date",
        "title": SQL(
            """CONCAT_WS(': ', CONCAT(
                   UPPER(crm_satisfaction_score.kind), ' ',
                   crm_satisfaction_score.value),
               NULLIF(crm_satisfaction_score.comment, ''))"""
        ),
        "state": SQL(
            "CASE WHEN crm_satisfaction_score.is_low THEN 'low' ELSE 'ok' END"
        ),
        "tones": {"low": "bad"},
    },
    "crm.need": {
        "whose": CUSTOMER,
        "moment": "date",
        "is_day": True,
        "title": "name",
        "state": "state",
        "tones": {"met": "good", "declined": "muted"},
    },
    "crm.lifecycle.transition": {
        "whose": CUSTOMER,
        "moment": "date_start",
        "title": SQL("''"),
        "state": "state",
    },
}
#: Kind of entry: its filter, icon, model, and which records of the model it shows
KINDS = {
    "lead": ("sales", "fa-star", "crm.lead", [("active", "in", [True, False])]),
    "quotation": ("sales", "fa-file-text-o", "sale.order", [("state", "!=", "sale")]),
    "order": ("sales", "fa-shopping-cart", "sale.order", [("state", "=", "sale")]),
    "delivery": (
        "delivery",
        "fa-truck",
        "stock.picking",
        [("picking_type_code", "=", "outgoing")],
    ),
    "return": (
        "delivery",
        "fa-undo",
        "stock.picking",
        [("picking_type_code", "=", "incoming"), ("return_id", "!=", False)],
    ),
    "invoice": (
        "money",
        "fa-file-o",
        "account.move",
        [("state", "=", "posted"), ("move_type", "in", ["out_invoice", "out_receipt"])],
    ),
    "credit_note": (
        "money",
        "fa-reply",
        "account.move",
        [("state", "=", "posted"), ("move_type", "=", "out_refund")],
    ),
    "payment": (
        "money",
        "fa-money",
        "account.payment",
        [("partner_type", "=", "customer"), ("state", "in", ["in_process", "paid"])],
    ),
    "complaint": ("service", "fa-comments-o", "crm.complaint", []),
    "answer": ("service", "fa-smile-o", "crm.satisfaction.score", []),
    "need": ("other", "fa-lightbulb-o", "crm.need", []),
    "lifecycle": ("other", "fa-refresh", "crm.lifecycle.transition", []),
}


class CrmCustomerPage(models.AbstractModel):
    """What the timeline shows: sales, deliveries, money, service, needs, lifecycle."""

    _inherit = "crm.customer.page"

    @api.model
    def _get_timeline_sources(self, scope):
        sources = super()._get_timeline_sources(scope)
        return sources + self._prepare_sources(scope, KINDS, MODELS)

    @api.model
    def _get_kind_labels(self):
        """Return the names of the kinds of entries."""
        return {
            "lead": self.env._("Opportunity"),
            "quotation": self.env._("Quotation"),
            "order": self.env._("Order"),
            "delivery": self.env._("Delivery"),
            "return": self.env._("Returned Goods"),
            "invoice": self.env._("Invoice"),
            "credit_note": self.env._("Credit Note"),
            "payment": self.env._("Payment"),
            "complaint": self.env._("Complaint"),
            "answer": self.env._("Survey"),
            "need": self.env._("Need"),
            "lifecycle": self.env._("Lifecycle"),
        }

    @api.model
    def _get_state_labels(self, model_name, state):
        """Return the names of the values of ``state``, a column or SQL."""
        if isinstance(state, str):
            field = self.env[model_name]._fields[state]
            return dict(field._description_selection(self.env))
        return {"low": self.env._("Low")}

    @api.model
    def _prepare_sources(self, scope, kinds, shown):
        """Return the sources of a table of ``kinds``, of the models in ``shown``."""
        labels = self._get_kind_labels()
        return [
            self._prepare_source(scope, model_name, domain, shown[model_name])
            | {"key": key, "filter": group, "label": labels[key], "icon": icon}
            for key, (group, icon, model_name, domain) in kinds.items()
        ]

    @api.model
    def _prepare_source(self, scope, model_name, domain, shown):
        table = self.env[model_name]._table

        def to_sql(column):
            is_name = isinstance(column, str)
            return SQL.identifier(table, column) if is_name else column

        whose = {
            CONTACTS: Domain("partner_id", "in", scope.partner_ids),
            CUSTOMER: Domain("partner_id", "=", scope.customer.id),
            COMMERCIAL: Domain("commercial_partner_id", "=", scope.customer.id),
        }
        columns = ("moment", "title", "amount", "currency", "state")
        company_currency = SQL("%s", scope.company.currency_id.id)
        return {
            "currency": company_currency if "amount" in shown else None,
            **{name: to_sql(shown[name]) for name in columns if name in shown},
            "model": model_name,
            "domain": whose[shown["whose"]] & Domain(domain),
            "is_day": shown.get("is_day", False),
            "labels": self._get_state_labels(model_name, shown["state"]),
            "tones": shown.get("tones", {}),
        }
