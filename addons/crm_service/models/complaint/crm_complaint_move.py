from odoo import fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tools import plaintext2html

from ...tools.complaint_states import COMPLAINT_SYSTEM, REASONED, drag_action
from .crm_complaint_write import BY_SYSTEM

MANAGER = "crm_service.group_manager"


class CrmComplaint(models.Model):
    """What the buttons do, and what follows when a complaint has moved."""

    _inherit = "crm.complaint"

    # --- ACTIONS

    def action_take(self):
        """The agent works on it."""
        self._move("take")
        for complaint in self.filtered(lambda c: not c.user_id):
            complaint.user_id = self.env.user

    def action_decide(self):
        """Put the decision on record; what it grants goes to the departments."""
        self.check_access("write")
        for complaint in self:
            complaint._check_decision()
        self._move("decide")

    def action_return(self, reason=False):
        """Take a decision back; before it, send back what waits for approval."""
        asking = self.filtered(lambda c: c._is_approval_open())
        if decided := self - asking:
            decided._move("return", reason=reason)
        return asking and super(CrmComplaint, asking).action_return(reason)

    def action_tell(self):
        """The customer was told what was done."""
        self._move("tell")

    def action_receive(self):
        """The customer has received what was promised."""
        self._move("receive")

    def action_deny(self, reason=False):
        """The customer is not content or has received nothing: begin again."""
        self._move("deny", reason=reason)

    def action_confirm(self):
        """The customer says that all is well."""
        self._move("confirm")

    def action_close(self):
        """Close it with its result and its cause."""
        self.check_access("write")
        self._check_result()
        self._check_cause()
        self._move("close")

    def action_reopen(self, reason=False):
        """Take up a closed complaint again."""
        self._move("reopen", reason=reason)

    def action_cancel(self, reason=False):
        """It is none: a duplicate, a mistake."""
        self._move("cancel", reason=reason)

    def action_revive(self):
        """A cancelled complaint is one after all."""
        self._move("revive")

    def action_skip(self, reason=False):
        """Go on without telling the customer or without his answer."""
        self._move("skip", reason=reason)

    def action_ask_cancel(self):
        """Ask why it is cancelled."""
        return self._ask_reason("cancel")

    def action_ask_return(self):
        """Ask why the decision is taken back, or the request sent back."""
        if all(complaint._is_approval_open() for complaint in self):
            return super().action_ask_return()
        return self._ask_reason("return")

    def action_ask_close(self):
        """Close what has its result and its cause; else ask for them."""
        self.check_access("write")
        if all(complaint._is_complete() for complaint in self):
            return self.action_close()
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_service.crm_complaint_action_close"
            ),
            "res_id": self.id,
        }

    def action_ask_deny(self):
        """Ask what the customer is not content with."""
        return self._ask_reason("deny")

    def action_ask_reopen(self):
        """Ask why it is taken up again."""
        return self._ask_reason("reopen")

    def action_ask_skip(self):
        """Ask why a move is skipped."""
        return self._ask_reason("skip")

    def _ask_reason(self, action):
        self.check_access("write")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_service.crm_complaint_reason_action"
            ),
            "context": {
                "default_complaint_ids": self.ids,
                "default_action": action,
            },
        }

    # --- HOOKS: what other parts check and do

    def _check_decision(self):
        """Raise UserError where it cannot be decided yet."""
        self.ensure_one()
        kind = self.kind_id
        if not kind:
            raise UserError(
                self.env._(
                    "“%(name)s” has no kind yet. Choose one before you decide.",
                    name=self.display_name,
                )
            )
        if kind.proof == "text" and not (self.description or "").strip():
            raise UserError(
                self.env._(
                    "%(kind)s: a description is required. Enter what the customer "
                    "says before you decide.",
                    kind=kind.name,
                )
            )
        if kind.proof == "picture" and not self._has_picture():
            raise UserError(
                self.env._(
                    "%(kind)s: a picture is required. Ask the customer for one and "
                    "attach it before you decide.",
                    kind=kind.name,
                )
            )
        if kind.is_lot_required:
            self.line_ids._check_lots()

    def _has_picture(self):
        return bool(
            self.env["ir.attachment"].search_count(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("mimetype", "=like", "image/%"),
                ],
                limit=1,
            )
        )

    def _has_result(self):
        return bool(self.result and (self.result_note or "").strip())

    def _has_cause(self):
        return bool(self.cause_id or not self.is_cause_required)

    def _is_complete(self):
        return self._has_result() and self._has_cause()

    def _check_result(self):
        """Raise UserError where the final result is missing."""
        for complaint in self:
            if not complaint._has_result():
                raise UserError(
                    self.env._(
                        "“%(name)s” has no final result yet. Choose the result and "
                        "describe it before you close the complaint.",
                        name=complaint.display_name,
                    )
                )

    def _check_cause(self):
        """Raise UserError where the kind asks for a cause and there is none."""
        for complaint in self:
            if not complaint._has_cause():
                raise UserError(
                    self.env._(
                        "“%(name)s” has no cause yet. Choose the cause on the page "
                        "“Result” before you close the complaint.",
                        name=complaint.display_name,
                    )
                )

    def _on_received(self):
        """Do what follows when complaints have come in."""

    def _on_decided(self):
        """Do what follows a decision: open the steps of the departments."""

    def _on_released(self):
        """Do what follows when every gate has let the decision pass."""

    def _on_executed(self):
        """Do what follows when everything granted has been carried out."""

    def _on_closed(self):
        """Do what follows when a complaint is closed."""

    def _on_reopened(self):
        """Do what follows when a complaint is taken up again."""

    # --- SYSTEM MOVES

    def _release(self):
        """Every gate has let the decision pass."""
        self.sudo()._move("release")  # style: CRM109 follows from the last gate

    def _executed(self):
        """Everything granted has been carried out: the customer can be told."""
        self.sudo()._move("executed")  # style: CRM109 follows from the last step

    # --- MOVING

    def _move(self, action, *, reason=False):
        """Do what a button says, for one person at a time; note the reason."""
        self._check_move(action, reason)
        self._lock()
        moving = self.with_context(crm_service_move=BY_SYSTEM)
        result = super(CrmComplaint, moving)._move(action)
        if action == "skip":
            for complaint in moving:
                complaint.skip_count += 1
        if reason:
            self._log_reason(action, reason)
        if action in ("deny", "reopen"):
            self._on_reopened()
        return result

    def _check_move(self, action, reason):
        if action in COMPLAINT_SYSTEM and not self.env.su:
            raise self._get_move_error()
        if action == "skip" and not (self.env.su or self.env.user.has_group(MANAGER)):
            raise AccessError(
                self.env._(
                    "Only managers of customer service can skip the call. Call the "
                    "customer, or ask a manager."
                )
            )
        if action in REASONED and not (reason or "").strip():
            raise UserError(self.env._("Enter the reason. It stays on record."))

    def _lock(self):
        """Let one person at a time move a complaint.

        Who comes second gets an answer at once; who comes after that reads the
        state that the first has left, and the table says no.
        """
        self.check_access("write")
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as e:
            raise UserError(
                self.env._(
                    "Another user is working on “%(name)s” right now. Reload the page "
                    "to see what has been done.",
                    name=self[:1].display_name,
                )
            ) from e

    def _log_reason(self, action, reason):
        labels = dict(
            self.env["crm.complaint.reason"]
            ._fields["action"]
            ._description_selection(self.env)
        )
        for complaint in self:
            complaint._message_log(
                body=plaintext2html(f"{labels.get(action, action)}: {reason}"),
                author_id=self.env.user.partner_id.id,
            )

    def _drag(self, vals):
        """A state written from outside means the button that leads there."""
        new = vals["state"]
        others = {name: value for name, value in vals.items() if name != "state"}
        if others:
            self.write(others)
        for old, complaints in self.grouped("state").items():
            if old == new:
                continue
            action = drag_action(old, new)
            if not action:
                raise complaints._get_move_error(new)
            getattr(complaints, f"action_{action}")()
        return True

    def _after_move(self, old_state):
        """Keep the dates, end what no longer holds, and call the hooks."""
        complaints = self.with_context(crm_service_move=None)
        new_state = self[:1].state
        for complaint in complaints:
            complaint._write_by_system(complaint._prepare_move_vals(old_state))
        if new_state in ("progress", "cancelled"):
            complaints._void_steps()
        if new_state in ("closed", "cancelled"):
            complaints._end_activities()
        elif new_state == "progress" and old_state not in ("new", "decided"):
            complaints._restart_clock(["decision", "resolution"])
        complaints._judge_promises()
        result = super()._after_move(old_state)
        if new_state == "decided":
            complaints._tell_leaders()
        complaints._call_hooks(new_state)
        return result

    def _prepare_move_vals(self, old_state):
        """Return the dates that follow from having left ``old_state``."""
        now = fields.Datetime.now()
        state = self.state
        vals = {}
        if self.is_waiting and state in ("closed", "cancelled"):
            vals |= self._prepare_resume_vals(now)
        if state == "decided":
            vals["date_decided"] = now
        elif state == "inform":
            vals["date_executed"] = now
        elif state == "follow_up":
            vals["date_told"] = now
            vals["date_replied"] = self.date_replied or now
        elif state == "confirmed":
            vals["date_confirmed"] = now
            vals["date_told"] = self.date_told or now
            vals["date_replied"] = self.date_replied or vals["date_told"]
        elif state == "closed":
            vals["date_closed"] = now
        elif state == "progress" and old_state != "new":
            names = ("decided", "executed", "told", "confirmed", "closed")
            vals |= {f"date_{name}": False for name in names}
            if old_state not in ("decided", "execution"):
                vals |= {"reopen_count": self.reopen_count + 1, "result": False}
        return vals

    def _call_hooks(self, state):
        hook = {
            "decided": "_on_decided",
            "execution": "_on_released",
            "inform": "_on_executed",
            "closed": "_on_closed",
        }.get(state)
        if not hook:
            return
        for complaint in self:
            getattr(complaint, hook)()
        if state in ("decided", "execution"):
            self._advance()

    def _end_activities(self):
        self.activity_unlink(["mail.mail_activity_data_warning"])
