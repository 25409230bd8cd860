from datetime import timedelta

from odoo import fields, models

ACTIVITY = "mail.mail_activity_data_todo"
#: Days until a next action is due for which nobody entered a day
DAYS_TO_ACT = 7


class CrmFinding(models.Model):
    """What people do with findings: accept, dismiss, look at the records behind."""

    _inherit = "crm.finding"

    def _after_move(self, old_state):
        for finding in self:
            is_decided = finding.state in ("accepted", "dismissed")
            finding.sudo().write(  # style: CRM109 who decided is the system's to keep
                {
                    "decided_by_id": self.env.uid if is_decided else False,
                    "date_decided": fields.Datetime.now() if is_decided else False,
                }
            )
            if finding.state == "accepted":
                finding._plan_action()
            elif old_state == "accepted":
                finding.activity_unlink([ACTIVITY])
        return super()._after_move(old_state)

    def _plan_action(self):
        """Give the responsible an activity for the next action, if there is one."""
        self.ensure_one()
        if not self.user_id and self._is_reader(self.env.user, self.company_id):
            self.user_id = self.env.user
        summary = (self.next_action or "").strip()
        if not summary:
            return
        if not self.date_action:
            today = fields.Date.context_today(self)
            self.date_action = today + timedelta(days=DAYS_TO_ACT)
        self.activity_schedule(
            ACTIVITY,
            self.date_action,
            summary=summary,
            note=self.conclusion,
            user_id=self.user_id.id or self.env.uid,
        )

    # --- ACTIONS

    def action_accept(self):
        """It matters, and this is what it means."""
        self._move("accept")

    def action_dismiss(self):
        """Nobody needs to look at it."""
        self._move("dismiss")

    def action_reopen(self):
        """Judge it again."""
        self._move("reopen")

    def action_drill(self):
        """Open the records behind the figure."""
        self.ensure_one()
        self.check_access("read")
        return self.measure_id._get_drill_action(
            self.company_id, self.date_from, self.date_to
        )

    def action_open_measure(self):
        """Open the measure with all its values."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.measure_id.name,
            "res_model": "crm.measure",
            "res_id": self.measure_id.id,
            "views": [[False, "form"]],
        }
