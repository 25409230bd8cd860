from odoo import fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.fields import Domain

from ...tools.approval import (
    REASONED,
    STEP_MOVES,
    Signature,
    deputies_of,
    move,
    next_to_open,
)


class CrmApprovalStep(models.Model):
    """Who decides, and what follows from it."""

    _inherit = "crm.approval.step"

    # --- WHO

    def _get_deciders(self, pairs):
        """Return who may decide this step now.

        :param pairs: (absent, deputy) of today as user ids
        """
        self.ensure_one()
        step = self.sudo()  # style: CRM109 the same answer for every reader
        rule = step.rule_id
        signed = step._get_signed()
        principals = step._get_free_principals(signed)
        deputies = principals.browse(deputies_of(principals.ids, pairs))
        users = rule._filter_able(principals | deputies)
        if not rule.is_own_allowed:
            users -= step.user_id | step.author_ids
        return users - signed.decided_by_id

    def _get_signed(self):
        """Return the other signatures that its rule has got in this request."""
        if self.position <= 1:
            return self.browse()
        return self._get_round().filtered(
            lambda s: s.rule_id == self.rule_id and s != self
        )

    def _get_free_principals(self, signed):
        """Return whom the rule asks, without those for whom somebody has signed."""
        taken = signed.on_behalf_id
        for other in signed:
            if not other.on_behalf_id:
                taken |= other.decided_by_id
        return self.approver_ids - taken

    def _get_round(self):
        """Return all steps of the requests to which these belong, as superuser."""
        steps = self.sudo()  # style: CRM109 colleagues sign the same document
        requests = {(step.res_model, step.res_id, step.round) for step in steps}
        return steps.search(
            Domain.OR(
                Domain("res_model", "=", res_model)
                & Domain("res_id", "=", res_id)
                & Domain("round", "=", number)
                for res_model, res_id, number in requests
            ),
            order="res_model, res_id, tier, rule_id, position",
        )

    def _get_document(self):
        """Return the document as superuser, empty when it is gone."""
        self.ensure_one()
        documents = self.env[self.res_model].sudo()  # style: CRM109 the step decides
        return documents.browse(self.res_id).exists()

    # --- DECIDE

    def _decide(self, event, reason=False):
        """Carry out the decision ``event`` of the present user on these steps."""
        self.check_access("read")
        reason = (reason or "").strip()
        if event in REASONED and not reason:
            raise UserError(
                self.env._(
                    "Say why, so that the requester knows what to change before "
                    "asking again."
                )
            )
        self._lock()
        for step in self:
            step._decide_one(event, reason)

    def _lock(self):
        """Let nobody else decide on these requests until we are done."""
        try:
            self._get_round().lock_for_update(allow_referencing=True)
        except LockError as e:
            raise UserError(
                self.env._(
                    "Somebody else is deciding on this request right now. Reload the "
                    "page to see the result."
                )
            ) from e
        self.invalidate_recordset()

    def _decide_one(self, event, reason):
        self._check_may_decide(event)
        step = self.sudo()  # style: CRM109 right was checked just above
        now = fields.Datetime.now()
        new_state = move(STEP_MOVES, step.state, event)
        step.write(
            {
                "state": new_state,
                "decision": new_state,
                "decided_by_id": self.env.uid,
                "on_behalf_id": step._get_principal().id,
                "date_decided": now,
                "reason": reason,
                **step._prepare_time_vals(now),
            }
        )
        step._close_activities()
        document = step._get_document()
        if event == "approve":
            step._go_on(document)
        else:
            round_steps = step._get_round()
            round_steps._finish("skip")
            document._set_approval_state(event)
            document._after_approval(step)

    def _check_may_decide(self, event):
        self.ensure_one()
        if not move(STEP_MOVES, self.state, event):
            raise UserError(self._get_closed_message())
        if self.env.user not in self.decider_ids:
            approvers = self.sudo().approver_ids  # style: CRM109 names of colleagues
            raise AccessError(
                self.env._(
                    "%(document)s waits for %(approvers)s. Only they or their "
                    "deputies can decide.",
                    document=self.document_name,
                    approvers=", ".join(approvers.mapped("name")),
                )
            )
        if not self._get_document():
            raise UserError(
                self.env._(
                    "%(document)s was deleted in the meantime. Nothing is left to "
                    "decide.",
                    document=self.document_name,
                )
            )

    def _get_closed_message(self):
        """Say what became of a step that is no longer waiting."""
        if self.decided_by_id:
            return self.env._(
                "%(user)s has decided on %(document)s already: %(state)s. Reload the "
                "page.",
                user=self.decided_by_id.name,
                document=self.document_name,
                state=dict(self._fields["state"]._description_selection(self.env))[
                    self.state
                ],
            )
        return self.env._(
            "%(document)s is not waiting for this approval any more, or not yet. "
            "Reload the page to see where it stands.",
            document=self.document_name,
        )

    def _get_principal(self):
        """Return for whom the present user signs, empty when for himself."""
        if self.env.user in self.approver_ids:
            return self.env["res.users"]
        ids = set(self.env["crm.approval.deputy"]._get_principal_ids())
        free = self._get_free_principals(self._get_signed())
        return free.filtered(lambda user: user.id in ids)[:1]

    def _prepare_time_vals(self, now):
        """Return how long the decision took, in hours and in working hours."""
        start = self.date_pending
        calendar = self.company_id.resource_calendar_id
        hours = (now - start).total_seconds() / 3600
        return {
            "calendar_hours": hours,
            "work_hours": calendar.get_work_hours_count(start, now)
            if calendar
            else hours,
        }

    # --- WHAT FOLLOWS

    def _go_on(self, document):
        """After an approval: open what comes next, or approve the document."""
        round_steps = self._get_round()
        if all(step.state == "approved" for step in round_steps):
            document._set_approval_state("complete")
            document._after_approval(self)
            return
        round_steps._open_next()
        round_steps.filtered(lambda step: step.state == "pending")._sync_activities()

    def _open_next(self):
        """Open the steps of this round whose turn it is; ask their approvers."""
        keys = next_to_open(
            [Signature(s.id, s.tier, s.rule_id.id, s.position, s.state) for s in self]
        )
        opened = self.browse(keys)
        today = fields.Date.context_today(self)
        for step in opened:
            days = step.rule_id.due_days
            step.write(
                {
                    "state": move(STEP_MOVES, step.state, "open"),
                    "date_pending": fields.Datetime.now(),
                    "date_due": fields.Date.add(today, days=days) if days else False,
                }
            )
        opened.filtered(lambda s: not s._get_deciders([]))._resolve_again()
        opened._sync_activities()

    def _finish(self, event, reason=False):
        """Skip or void the steps of these that are not over yet."""
        for step in self:
            if new_state := move(STEP_MOVES, step.state, event):
                step._close_activities()
                step.write({"state": new_state, "void_reason": reason})

    def _resolve_again(self):
        """Ask others where those who were asked can no longer decide."""
        pairs = self.env["crm.approval.deputy"]._get_pairs()
        for step in self:
            document = step._get_document()
            if not document or step._get_deciders(pairs):
                continue
            try:
                users, is_fallback = step.rule_id._find_approvers(
                    document, step.user_id | step.author_ids
                )
            except UserError as e:
                step.check_error = str(e)
                continue
            step.write({"approver_ids": users.ids, "is_fallback": is_fallback})
            step._message_log(
                body=self.env._(
                    "Nobody who was asked can approve any more. Asked now: %(users)s.",
                    users=", ".join(users.mapped("name")),
                )
            )
        self._sync_activities()
