from odoo import fields, models

from .crm_satisfaction_mixin import READERS


class CrmComplaint(models.Model):
    """What the customer thought of how his complaint was handled."""

    _name = "crm.complaint"
    _inherit = ["crm.complaint", "crm.satisfaction.mixin"]

    _satisfaction_field = "complaint_id"

    satisfaction_request_ids = fields.One2many(
        "crm.satisfaction.request",
        "complaint_id",
        string="Satisfaction Requests",
        groups=READERS,
    )
    satisfaction_score_ids = fields.One2many(
        "crm.satisfaction.score",
        "complaint_id",
        string="Satisfaction Scores",
        groups=READERS,
    )

    def _on_closed(self):
        """Let the job look for whom to ask, now that there is somebody."""
        result = super()._on_closed()
        cron = self.env.ref("crm_service.ir_cron_satisfaction_plan")
        cron.sudo()._trigger()  # style: CRM109 wakes a fixed job, no data
        return result
