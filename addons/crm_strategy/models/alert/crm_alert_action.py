from odoo import api, fields, models

ACTIVITY = "mail.mail_activity_data_todo"


class CrmAlertAction(models.Model):
    """What is done about an alert: by whom, until when, and whether it helped.

    Whoever has to do it gets an activity on the alert, which ends with the action.
    """

    _name = "crm.alert.action"
    _description = "Corrective Action"
    _order = "alert_id, date_due, id"

    alert_id = fields.Many2one(
        "crm.alert", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="alert_id.company_id", store=True, index=True)
    name = fields.Char("Action", required=True)
    kind = fields.Selection(
        [
            ("promotion", "Price Promotion"),
            ("price", "Price Policy"),
            ("stock", "Stock Transfer"),
            ("supply", "Supply"),
            ("people", "People"),
            ("contact", "Customer Contact"),
            ("other", "Other"),
        ],
        default="other",
        required=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        required=True,
        ondelete="restrict",
        domain=[("share", "=", False)],
        index=True,
    )
    date_due = fields.Date("Due")
    date_done = fields.Date("Done On", copy=False)
    effect = fields.Text(help="What it brought.")
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, copy=False, ondelete="set null"
    )

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        actions._plan()
        return actions

    def write(self, vals):
        result = super().write(vals)
        if vals.get("date_done"):
            done = self.activity_id.filtered("active")
            done._action_done(feedback=vals.get("effect"))
        elif {"user_id", "date_due", "date_done", "name"} & set(vals):
            self._plan()
        return result

    def unlink(self):
        self._get_planned().unlink()
        return super().unlink()

    def action_done(self):
        """Done today."""
        self.write({"date_done": fields.Date.context_today(self)})

    def _get_planned(self):
        """Return the activities of these actions that are still to be done."""
        activities = self.activity_id.sudo()  # style: CRM109 made by the action itself
        return activities.filtered("active")

    def _plan(self):
        """Give whoever has to do it an activity, in the place of the former one."""
        self._get_planned().unlink()
        for action in self.filtered(lambda a: not a.date_done):
            alert = action.alert_id.sudo()  # style: CRM109 who may write the action
            action.activity_id = alert.activity_schedule(
                ACTIVITY,
                action.date_due or fields.Date.context_today(self),
                summary=action.name,
                user_id=action.user_id.id,
            )
