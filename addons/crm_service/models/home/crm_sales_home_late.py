from odoo import api, fields, models
from odoo.fields import Domain

from .crm_sales_home import LIMIT


class CrmSalesHome(models.AbstractModel):
    """Orders that should have arrived by now."""

    _inherit = "crm.sales.home"

    @api.model
    def _get_sections(self):
        return [
            *super()._get_sections(),
            {
                "key": "late",
                "label": self.env._("Late Orders"),
                "icon": "fa-truck",
                "sequence": 40,
                "method": "_late",
            },
        ]

    @api.model
    def _late(self, scope):
        """Orders that should have been delivered before today, the oldest first."""
        domain = self._get_late_domain(scope)
        late = self.env["crm.late.order"].search_fetch(
            domain,
            [
                "name",
                "order_id",
                "partner_id",
                "user_id",
                "date_promised",
                "days_late",
                "delivered_percent",
            ],
            order="date_promised, id",
            limit=LIMIT,
        )
        return {
            "count": self._count("crm.late.order", domain, late),
            "tone": "danger",
            "rows": self._prepare_late_rows(late, scope),
            "empty": self.env._("All orders are on time."),
        }

    @api.model
    def _prepare_late_rows(self, late, scope):
        return [
            {
                "key": f"order,{row.id}",
                "model": "sale.order",
                "id": row.order_id.id,
                "title": row.partner_id.display_name,
                "note": self._join(
                    row.name,
                    self.env._(
                        "%(percent)s %% delivered", percent=row.delivered_percent
                    ),
                    self._get_person(row.user_id, scope),
                ),
                "icon": "fa-truck",
                "date": fields.Date.to_string(row.date_promised),
                "days_late": row.days_late,
                "tone": False,
            }
            for row in late
        ]

    @api.model
    def _late_action(self, scope, _row_key):
        return self._open(
            "crm_service.crm_late_order_action",
            self._get_late_domain(scope),
            self.env._("Late Orders"),
        )

    @api.model
    def _get_late_domain(self, scope):
        return Domain("user_id", "in", scope.people) & Domain("days_late", ">", 0)
