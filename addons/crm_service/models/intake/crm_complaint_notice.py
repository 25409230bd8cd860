from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

DECIDE = "crm_service.mail_activity_type_decide"
# by which the clock of another machine may be ahead
TOLERANCE = timedelta(minutes=5)


class CrmComplaint(models.Model):
    """The head of service learns of each new complaint, until it is decided."""

    _inherit = "crm.complaint"

    @api.constrains("date_received")
    def _check_date_received(self):
        """The promised times count from that day: nobody moves them ahead."""
        limit = fields.Datetime.now() + TOLERANCE
        if any(complaint.date_received > limit for complaint in self):
            raise ValidationError(
                self.env._(
                    "A complaint cannot have been received in the future. Correct the "
                    "date under Received On."
                )
            )

    def _on_received(self):
        """Give the head of service a to-do; the host tells them by e-mail too."""
        result = super()._on_received()
        for complaint in self.sudo():  # style: CRM109 strangers' complaints as well
            leader = complaint.team_id.leader_id
            if leader.active and leader != self.env.user:
                deadline = complaint.deadline_decision or complaint.date_received
                complaint.activity_schedule(
                    DECIDE,
                    date_deadline=fields.Datetime.context_timestamp(
                        complaint.with_context(tz=leader.tz), deadline
                    ).date(),
                    user_id=leader.id,
                )
        return result

    def _on_decided(self):
        result = super()._on_decided()
        self.sudo().activity_feedback([DECIDE])  # style: CRM109 the head's own to-do
        return result

    def _end_activities(self):
        result = super()._end_activities()
        self.activity_unlink([DECIDE])
        return result
