from datetime import datetime, time

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import plaintext2html

from ...tools.after_sale_states import BY_DELIVERY

BATCH = 100
TODO = "mail.mail_activity_data_todo"
#: When a planned sales activity begins, in the company's time zone
START = time(9)
#: States of a sales activity that is still ahead
AHEAD = ("proposed", "planned", "confirmed")


class CrmAfterSaleMilestone(models.Model):
    """What the person responsible is to do, as long as a milestone is due.

    A sales activity of the milestone's kind, else a to-do; one at most. It comes
    with the first day of notice and goes when the milestone is done, skipped, put
    off or put away. Whoever does it, does the milestone.
    """

    _inherit = "crm.after.sale.milestone"

    mail_activity_id = fields.Many2one(
        "mail.activity",
        "To-Do",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    sales_activity_id = fields.Many2one(
        "crm.sales.activity",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    @api.model
    def _remind(self):
        """Take back and plan all that the milestones ask for."""
        while self._remind_batch():
            pass

    @api.model
    def _remind_batch(self):
        """Take back what is not asked for any more, plan a batch of what is.

        :return: whether there may be more to plan
        """
        system = self.sudo()  # style: CRM109 milestones of all colleagues
        gone = system.with_context(active_test=False).search(
            [
                ("date_reminded", "!=", False),
                "|",
                ("active", "=", False),
                ("state", "not in", ("due", "late")),
            ]
        )
        gone._drop_reminders()
        due = system.search(self._get_due_domain(), limit=BATCH)
        due._add_reminders()
        return len(due) == BATCH

    @api.model
    def _get_due_domain(self):
        """Return what calls for somebody; deliveries are looked at as late orders."""
        return [
            ("state", "in", ("due", "late")),
            ("kind", "not in", BY_DELIVERY),
            ("date_reminded", "=", False),
        ]

    def _add_reminders(self):
        """Tell each person responsible, if he may see the case."""
        today = {c: self.env["crm.sale.fact"]._get_today(c) for c in self.company_id}
        for milestone in self:
            milestone.date_reminded = today[milestone.company_id]
            user = milestone._get_reminded_user()
            if user and milestone.activity_kind_id:
                milestone._plan_sales_activity(user, today[milestone.company_id])
            elif user:
                milestone.mail_activity_id = milestone.after_sale_id.activity_schedule(
                    TODO,
                    milestone.date_due,
                    summary=milestone.name,
                    note=milestone.script and plaintext2html(milestone.script),
                    user_id=user.id,
                )

    def _plan_sales_activity(self, user, today):
        """Plan the touch on the day of the milestone, at the earliest today."""
        day = max(self.date_due, today)
        zone = timezone(self.env["crm.sale.fact"]._get_timezone(self.company_id))
        start = zone.localize(datetime.combine(day, START)).astimezone(utc)
        self.sales_activity_id = self.env["crm.sales.activity"].create(
            {
                "name": f"{self.name} ({self.order_id.name})",
                "kind_id": self.activity_kind_id.id,
                "partner_id": self.partner_id.id,
                "user_id": user.id,
                "company_id": self.company_id.id,
                "date_start": start.replace(tzinfo=None),
                "lead_id": self.lead_id.id,
                "document_ids": [
                    Command.create({"document_ref": f"sale.order,{self.order_id.id}"})
                ],
            }
        )

    def _get_reminded_user(self):
        """Return the person responsible, else the salesperson, who may see the case."""
        for user in self.user_id | self.after_sale_id.user_id:
            case = self.after_sale_id.with_user(user)
            case = case.with_context(allowed_company_ids=user.company_ids.ids)
            if user.active and case.has_access("read"):
                return user
        return self.env["res.users"]

    def _drop_reminders(self):
        """End what these milestones asked for; it may come again later."""
        system = self.sudo()  # style: CRM109 to-dos of colleagues
        system = system.with_context(crm_after_sale_system=True, active_test=False)
        todos = system.mail_activity_id.filtered("active")
        touches = system.sales_activity_id.filtered(lambda a: a.state in AHEAD)
        system.write({"mail_activity_id": False, "date_reminded": False})
        todos.unlink()
        if touches:
            touches.action_cancel(
                self.env._(
                    "The after-sale milestone no longer needs this sales activity."
                )
            )
            system.filtered(lambda m: m.sales_activity_id in touches).write(
                {"sales_activity_id": False}
            )

    def _move_reminders(self):
        """Let what is open follow its milestone to another person or day."""
        for milestone in self.sudo():  # style: CRM109 to-dos of colleagues
            user = milestone._get_reminded_user()
            if (todo := milestone.mail_activity_id).active:
                todo.write(
                    {
                        "user_id": user.id or todo.user_id.id,
                        "date_deadline": milestone.date_due or todo.date_deadline,
                    }
                )
            if (touch := milestone.sales_activity_id).state in AHEAD and user:
                touch.user_id = user


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """Whoever does the to-do of a milestone has done the milestone."""
        mine = self.filtered(lambda activity: activity.res_model == "crm.after.sale")
        milestones = self.env["crm.after.sale.milestone"]
        if mine:
            milestones = milestones.search([("mail_activity_id", "in", mine.ids)])
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if pending := milestones.filtered("is_pending"):
            if feedback:
                pending.write({"note": feedback})
            pending.action_done()
        return result


class CrmSalesActivity(models.Model):
    _inherit = "crm.sales.activity"

    after_sale_milestone_ids = fields.One2many(
        "crm.after.sale.milestone", "sales_activity_id", "Milestones"
    )
    after_sale_script = fields.Text("Script", related="after_sale_milestone_ids.script")

    def _after_move(self, old_state):
        """Whoever does the activity of a milestone has done the milestone."""
        result = super()._after_move(old_state)
        if self[:1].state == "done":
            system = self.sudo()  # style: CRM109 milestone of whoever did the activity
            for milestone in system.after_sale_milestone_ids.filtered("is_pending"):
                findings = milestone.sales_activity_id.findings
                milestone.note = findings or milestone.note
                milestone.action_done()
        return result
