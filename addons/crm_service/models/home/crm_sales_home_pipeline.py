from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_strategy.models.alert.crm_alert import OPEN_STATES

from .crm_sales_home import LIMIT


class CrmSalesHome(models.AbstractModel):
    """What is under way: the pipeline by stage, and alerts that want an answer."""

    _inherit = "crm.sales.home"

    @api.model
    def _get_sections(self):
        return [
            *super()._get_sections(),
            {
                "key": "pipeline",
                "label": self.env._("Pipeline"),
                "icon": "fa-filter",
                "sequence": 50,
                "method": "_pipeline",
            },
            {
                "key": "alerts",
                "label": self.env._("Alerts"),
                "icon": "fa-bell-o",
                "sequence": 60,
                "method": "_alerts",
            },
        ]

    # --- PIPELINE

    @api.model
    def _pipeline(self, scope):
        """Open opportunities by stage, with what they are expected to bring."""
        stages = self.env["crm.lead"]._read_group(
            self._get_pipeline_domain(scope),
            ["stage_id"],
            ["__count", "expected_revenue:sum"],
            order="stage_id",
        )
        most = max((amount for _stage, _count, amount in stages), default=0.0)
        return {
            "count": sum(count for _stage, count, _amount in stages),
            "amount": sum(amount for _stage, _count, amount in stages),
            "tone": False,
            "rows": [
                {
                    "key": str(stage.id),
                    "title": stage.name or self.env._("Without a Stage"),
                    "note": self._get_opportunities_text(count),
                    "amount": amount,
                    "share": amount / most if most else 0.0,
                    "tone": False,
                }
                for stage, count, amount in stages
            ],
            "empty": self.env._("There are no open opportunities."),
        }

    @api.model
    def _get_opportunities_text(self, count):
        if count == 1:
            return self.env._("1 opportunity")
        return self.env._("%(count)s opportunities", count=count)

    @api.model
    def _pipeline_action(self, scope, row_key):
        domain = self._get_pipeline_domain(scope)
        if row_key:
            stage_id = row_key.isdecimal() and int(row_key)
            domain &= Domain("stage_id", "=", stage_id)
        return self._open(
            "crm.crm_lead_action_pipeline", domain, self.env._("Pipeline")
        )

    @api.model
    def _get_pipeline_domain(self, scope):
        """Opportunities that are neither won nor lost, in one currency."""
        return (
            Domain("type", "=", "opportunity")
            & Domain("user_id", "in", scope.people)
            & Domain("won_status", "=", "pending")
            & Domain("company_id", "in", [False, self.env.company.id])
        )

    # --- ALERTS

    @api.model
    def _alerts(self, scope):
        """Figures that call for attention, the gravest first."""
        alerts = self.env["crm.alert"].search(
            self._get_alert_domain(scope),
            order="severity desc, date_raised desc, id desc",
            limit=LIMIT,
        )
        return {
            "count": self._count("crm.alert", self._get_alert_domain(scope), alerts),
            "tone": "warning",
            "rows": [
                {
                    "key": f"alert,{alert.id}",
                    "model": alert._name,
                    "id": alert.id,
                    "title": alert.sentence,
                    "note": self._join(
                        alert.period_display,
                        self._get_person(alert.user_id, scope),
                    ),
                    "icon": "fa-bell-o",
                    "tone": "danger" if alert.tone == "bad" else False,
                }
                for alert in alerts
            ],
            "empty": self.env._("No figure calls for your attention."),
        }

    @api.model
    def _alerts_action(self, scope, _row_key):
        domain = self._get_alert_domain(scope)
        return self._open("crm_strategy.crm_alert_action", domain, self.env._("Alerts"))

    @api.model
    def _get_alert_domain(self, scope):
        return Domain("user_id", "in", scope.people) & Domain(
            "state", "in", OPEN_STATES
        )
