from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.sales_activity_states import AHEAD
from .crm_customer_page import LIMIT
from .crm_customer_page_sources import CUSTOMER

#: See ``crm_customer_page_sources.py``
MODELS = {
    "crm.sales.activity": {
        "whose": CUSTOMER,
        "moment": "date_start",
        "title": SQL(
            """CONCAT_WS(': ', crm_sales_activity.name,
                         NULLIF(LEFT(crm_sales_activity.findings, 120), ''))"""
        ),
        "state": "state",
        "tones": {"done": "good", "cancelled": "muted"},
    },
}
KINDS = {
    "visit": (
        "touch",
        "fa-map-marker",
        "crm.sales.activity",
        [("is_visit", "=", True)],
    ),
    "touch": ("touch", "fa-phone", "crm.sales.activity", [("is_visit", "=", False)]),
}


class CrmCustomerPage(models.AbstractModel):
    """Sales activities on the page: what is planned, what was done, log another."""

    _inherit = "crm.customer.page"

    @api.model
    def _get_drills(self, scope):
        return super()._get_drills(scope) | {
            "activities": (
                "crm_service.crm_sales_activity_action",
                [
                    ("partner_id", "=", scope.customer.id),
                    ("company_id", "=", scope.company.id),
                ],
            ),
        }

    # --- NEXT ACTION

    @api.model
    def _get_next_rows(self, scope):
        return super()._get_next_rows(scope) + self._get_planned_rows(scope)

    @api.model
    def _get_planned_rows(self, scope):
        """Return the next sales activities that are agreed."""
        activities = self.env["crm.sales.activity"]
        if not activities.has_access("read"):
            return []
        found = activities.search_fetch(
            [
                ("partner_id", "=", scope.customer.id),
                ("company_id", "=", scope.company.id),
                ("state", "in", AHEAD),
            ],
            ["name", "date_start", "kind_id", "user_id", "state"],
            order="date_start, id",
            limit=LIMIT,
        )
        return [
            {
                "key": f"touch{activity.id}",
                "date": fields.Datetime.context_timestamp(
                    activity, activity.date_start
                ).date(),
                "what": self._link(
                    activity, activity.name, note=activity.kind_id.name or ""
                ),
                "who": activity.user_id.name,
            }
            for activity in found
        ]

    @api.model
    def _get_activity_condition(self):
        """Leave out what stands here as a sales activity already."""
        self.env["crm.sales.activity"].flush_model(["mail_activity_id", "state"])
        linked = SQL(
            """NOT EXISTS (SELECT FROM crm_sales_activity t
                            WHERE t.mail_activity_id = a.id)"""
        )
        return SQL("%s AND %s", super()._get_activity_condition(), linked)

    # --- TIMELINE

    @api.model
    def _get_timeline_filters(self):
        touches = {"key": "touch", "label": self.env._("Visits and Calls")}
        filters = super()._get_timeline_filters()
        return [*filters[:1], touches, *filters[1:]]

    @api.model
    def _get_kind_labels(self):
        return super()._get_kind_labels() | {
            "visit": self.env._("Visit"),
            "touch": self.env._("Sales Activity"),
        }

    @api.model
    def _get_timeline_sources(self, scope):
        sources = super()._get_timeline_sources(scope)
        return sources + self._prepare_sources(scope, KINDS, MODELS)

    # --- COMPETITORS

    @api.model
    def _get_competitor_sources(self, scope):
        """What was learnt in visits and calls is read as well."""
        known = self.env["crm.sales.activity"]._fields
        names = [
            name
            for name in ("findings", "competitor_note", "market_note")
            if name in known
        ]
        return [
            *super()._get_competitor_sources(scope),
            (
                "crm.sales.activity",
                [("partner_id", "=", scope.customer.id)],
                self.env._("Sales Activity"),
                SQL("date_start::date"),
                names,
            ),
        ]

    # --- BUTTONS

    @api.model
    def _get_buttons(self, scope):
        return [
            {
                "name": "touch",
                "label": self.env._("Log Activity"),
                "icon": "fa-phone",
                "model": "crm.sales.activity",
                "action": self._open_new_touch,
            },
            {
                "name": "visit",
                "label": self.env._("Plan Visit"),
                "icon": "fa-map-marker",
                "model": "crm.sales.activity",
                "action": self._open_new_visit,
            },
            *super()._get_buttons(scope),
        ]

    @api.model
    def _open_new_touch(self, scope):
        return self.env["crm.sales.activity"]._get_log_action(
            {"default_partner_id": scope.contact.id}
        )

    @api.model
    def _open_new_visit(self, scope):
        kinds = self.env["crm.sales.activity.kind"]
        visit = kinds.search(
            [
                ("is_visit", "=", True),
                ("company_id", "in", [False, scope.company.id]),
            ],
            limit=1,
        )
        return self._open_new_form(
            "crm.sales.activity",
            self.env._("Plan Visit"),
            {**self._prepare_touch_context(scope), "default_kind_id": visit.id},
        )

    @api.model
    def _prepare_touch_context(self, scope):
        is_contact = scope.contact != scope.customer
        return {
            "default_partner_id": scope.customer.id,
            "default_contact_ids": scope.contact.ids if is_contact else [],
            "default_company_id": scope.company.id,
        }
