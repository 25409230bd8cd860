from datetime import datetime, time

from pytz import timezone, utc

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...tools.sales_activity_states import may_reopen, missing_parts

#: When a next step is planned for, on its day
FIRST_HOUR = 9


class CrmSalesActivity(models.Model):
    """What each move of the table asks for and leads to."""

    _inherit = "crm.sales.activity"

    # --- ACTIONS

    def action_plan(self):
        """A proposal is taken up."""
        self._move("plan")

    def action_unplan(self):
        """It is only a proposal again."""
        self._move("unplan")

    def action_confirm(self):
        """The date is agreed with the customer."""
        self._move("confirm")

    def action_unconfirm(self):
        """The date is not agreed any more."""
        self._move("unconfirm")

    def action_done(self):
        """It took place; what the kind requires must be on record."""
        self._move("done")

    def action_report(self):
        """Ask on one screen what came of it, then mark it as done."""
        self.ensure_one()
        return self._get_log_action({"default_activity_id": self.id})

    def action_cancel(self, reason=None):
        """It does not take place; ask for the reason where none is given."""
        if not reason:
            return {
                **self.env["ir.actions.act_window"]._for_xml_id(
                    "crm_service.crm_sales_activity_cancel_action"
                ),
                "context": {"default_activity_ids": self.ids},
            }
        self.check_access("write")
        self._move("cancel")
        self.cancel_reason = reason
        return True

    def action_reopen(self):
        """Take back that it was done."""
        self._move("reopen")

    def action_revive(self):
        """Take up a cancelled one again."""
        self._move("revive")

    # --- MOVES

    def _after_move(self, old_state):
        """Check what the new state asks for, and keep who did it when."""
        if old_state == "done":
            self._check_reopen()
        state = self[:1].state
        if state == "done":
            self._check_report()
            self._keep_done()
        elif old_state == "done":
            self.write({"date_done": False, "done_by_id": False})
        elif old_state == "cancelled":
            self.cancel_reason = False
        return super()._after_move(old_state)

    def _keep_done(self):
        if not self:
            return
        now = fields.Datetime.now()
        self.write({"date_done": now, "done_by_id": self.env.uid})
        for activity in self:
            activity._plan_next()

    def _plan_next(self):
        """Plan the touch that was agreed, once."""
        if self.next_date and not self.next_activity_id:
            self.next_activity_id = self.create(self._prepare_next_vals())

    def _prepare_next_vals(self):
        return {
            "name": self.next_step or self.name,
            "kind_id": (self.next_kind_id or self.kind_id).id,
            "partner_id": self.partner_id.id,
            "contact_ids": [Command.set(self.contact_ids.ids)],
            "user_id": self.user_id.id,
            "team_id": self.team_id.id,
            "company_id": self.company_id.id,
            "lead_id": self.lead_id.id,
            "date_start": self._get_morning(self.next_date),
            "source": "next",
            "document_ids": [
                Command.create({"document_ref": document})
                for document in self._get_readable_documents()
            ],
        }

    def _get_readable_documents(self):
        """Return the documents that are still there and that one may link."""
        documents = []
        rows = self.sudo().document_ids  # style: CRM109 filtered by their own rights
        for model_name, links in rows.grouped("res_model").items():
            if model_name in self.env:
                found = self.env[model_name].browse(links.mapped("res_id")).exists()
                readable = found._filtered_access("read")
                documents += [f"{model_name},{document.id}" for document in readable]
        return documents

    def _get_morning(self, day):
        """Return when the working day of the responsible begins, in UTC."""
        zone = timezone(self.user_id.tz or self.env.user.tz or "UTC")
        morning = zone.localize(datetime.combine(day, time(FIRST_HOUR)))
        return morning.astimezone(utc).replace(tzinfo=None)

    def _check_report(self):
        """Refuse touches whose report lacks what their kind requires."""
        for activity in self:
            missing = missing_parts(
                activity.kind_id._get_required_parts(),
                {
                    "outcome_id": activity.outcome_id.id,
                    "contact_ids": len(activity.contact_ids),
                    "findings": activity.findings,
                    "next_step": activity.next_step,
                },
            )
            if missing:
                labels = self.fields_get(missing, ["string"])
                raise UserError(
                    self.env._(
                        "“%(name)s” cannot be marked as done yet. Enter: %(missing)s.",
                        name=activity.display_name,
                        missing=", ".join(labels[part]["string"] for part in missing),
                    )
                )

    def _check_reopen(self):
        """Only the responsible, not for long, or a manager."""
        is_manager = self.env.su or self.env.user.has_group(
            "crm_strategy.group_manager"
        )
        now = fields.Datetime.now()
        for activity in self:
            days = (now - (activity.date_done or now)).days
            is_own = activity.user_id == self.env.user
            if not may_reopen(days, is_own, is_manager):
                raise UserError(
                    self.env._(
                        "“%(name)s” can only be reopened by the person responsible "
                        "within 30 days, or by a sales manager. Ask one of them.",
                        name=activity.display_name,
                    )
                )
