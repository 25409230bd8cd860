import logging

from odoo import api, fields, models

_logger = logging.getLogger(__name__)


class CrmMeasure(models.Model):
    """New figures are looked at by alert rules, and complete decisions."""

    _inherit = "crm.measure"

    alert_rule_ids = fields.One2many("crm.alert.rule", "measure_id")
    open_alert_count = fields.Integer(
        "Open Alerts", compute="_compute_open_alert_count"
    )

    @api.depends_context("allowed_company_ids")
    def _compute_open_alert_count(self):
        counts = dict(
            self.env["crm.alert"]._read_group(
                [
                    ("measure_id", "in", self.ids),
                    ("state", "in", ["new", "acknowledged", "progress"]),
                ],
                ["measure_id"],
                ["__count"],
            )
        )
        for measure in self:
            measure.open_alert_count = counts.get(measure._origin, 0)

    def _refresh_measure(self, companies, count):
        result = super()._refresh_measure(companies, count)
        if not self.error:
            self.alert_rule_ids._watch()
            self._update_decisions()
        return result

    def _update_decisions(self):
        """Complete the figures of decisions that wait for this measure."""
        lines = self.env["crm.decision.measure"].search(
            [
                ("measure_id", "=", self.id),
                ("decision_id.state", "=", "decided"),
                ("date_check", "<=", fields.Date.context_today(self)),
            ]
        )
        lines._update_after()

    def action_open_alerts(self):
        """Open the alerts on this measure."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_alert_action"
        )
        return {
            **action,
            "domain": [("measure_id", "=", self.id)],
            "context": {"search_default_open": 1},
        }
