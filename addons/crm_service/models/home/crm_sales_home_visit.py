from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from .crm_sales_home import LIMIT


class CrmSalesHome(models.AbstractModel):
    """Customers whose visit is due."""

    _inherit = "crm.sales.home"

    @api.model
    def _get_sections(self):
        return [
            *super()._get_sections(),
            {
                "key": "visits",
                "label": self.env._("Customers to Visit"),
                "icon": "fa-map-marker",
                "sequence": 30,
                "method": "_visits",
            },
        ]

    @api.model
    def _visits(self, scope):
        """Customers whose visit is overdue or due soon, the longest overdue first."""
        domain = self._get_visit_domain(scope)
        due = self.env["crm.visit.due"].search_fetch(
            domain,
            ["partner_id", "user_id", "city", "date_due", "days_overdue", "date_last"],
            order="days_overdue desc, id",
            limit=LIMIT,
        )
        return {
            "count": self._count("crm.visit.due", domain, due),
            "tile": self.env._("Visits Due"),
            "tone": "warning",
            "rows": self._prepare_visit_rows(due, scope),
            "empty": self.env._("No visit is due."),
        }

    @api.model
    def _prepare_visit_rows(self, due, scope):
        return [
            {
                "key": f"visit,{row.id}",
                "model": "res.partner",
                "id": row.partner_id.id,
                "title": row.partner_id.display_name,
                "note": self._join(
                    row.city,
                    self._get_last_visit_text(row.date_last),
                    self._get_person(row.user_id, scope),
                ),
                "icon": "fa-map-marker",
                "date": fields.Date.to_string(row.date_due),
                "days_late": max(0, row.days_overdue),
                "tone": False,
            }
            for row in due
        ]

    @api.model
    def _get_last_visit_text(self, day):
        if not day:
            return self.env._("Not visited yet")
        return self.env._("Last visit: %(date)s", date=format_date(self.env, day))

    @api.model
    def _visits_action(self, scope, _row_key):
        return self._open(
            "crm_service.crm_visit_due_action",
            self._get_visit_domain(scope),
            self.env._("Customers to Visit"),
        )

    @api.model
    def _get_visit_domain(self, scope):
        return Domain("user_id", "in", scope.people) & Domain(
            "state", "in", ["overdue", "due"]
        )
