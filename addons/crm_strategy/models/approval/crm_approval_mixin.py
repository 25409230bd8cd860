from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...tools.approval import DOCUMENT_MOVES, move

OUR_USERS = "crm_strategy.group_user"


class CrmApprovalMixin(models.AbstractModel):
    """A document that has to be approved where rules say so.

    A model joins by inheriting this and answering the questions under HOOKS; it
    calls :meth:`_check_approved` where it goes on. Buttons, banner and the page
    with the log come into its form by themselves, once a rule asks for it.
    """

    _name = "crm.approval.mixin"
    _description = "Document With Approval"

    approval_state = fields.Selection(
        [
            ("none", "Not Requested"),
            ("pending", "Waiting for Approval"),
            ("approved", "Approved"),
            ("returned", "Returned"),
            ("rejected", "Rejected"),
        ],
        "Approval",
        default="none",
        readonly=True,
        copy=False,
        groups=OUR_USERS,
    )
    approval_step_ids = fields.One2many(
        "crm.approval.step",
        compute="_compute_approval_step_ids",
        search="_search_approval_step_ids",
        string="Approval Steps",
        groups=OUR_USERS,
    )
    approval_is_required = fields.Boolean(
        "Needs Approval", compute="_compute_approval_is_required", groups=OUR_USERS
    )
    approval_why = fields.Text(
        "Why It Needs Approval",
        compute="_compute_approval_is_required",
        groups=OUR_USERS,
    )
    can_approve = fields.Boolean(compute="_compute_approval_step_ids", groups=OUR_USERS)
    can_withdraw_approval = fields.Boolean(
        compute="_compute_approval_step_ids", groups=OUR_USERS
    )
    approval_hours = fields.Float(
        "Hours in Approval",
        compute="_compute_approval_step_ids",
        help="From the request to the last decision, or to now.",
        groups=OUR_USERS,
    )

    # --- COMPUTE

    @api.depends_context("uid")
    @api.depends("approval_state")
    def _compute_approval_step_ids(self):
        """Without a rule for this model there are no steps, and nothing is asked."""
        steps = self._search_approval_steps()
        by_document = steps.grouped("res_id")
        for document in self:
            own = by_document.get(document._origin.id, steps.browse())
            document.approval_step_ids = own
            document.can_approve = any(own.mapped("is_mine"))
            number = max(own.mapped("round"), default=0)
            last = own.filtered(lambda s, n=number: s.round == n)
            document.can_withdraw_approval = (
                document.approval_state == "pending"
                and document._is_requester(last.user_id)
            )
            document.approval_hours = self._get_approval_hours(last)

    @api.model
    def _get_approval_hours(self, steps):
        if not steps:
            return 0.0
        start = min(steps.mapped("date_requested"))
        is_open = any(step.state == "pending" for step in steps)
        decided = [step.date_decided for step in steps if step.date_decided]
        end = max(decided) if decided and not is_open else fields.Datetime.now()
        return (end - start).total_seconds() / 3600

    def _search_approval_steps(self):
        steps = self.env["crm.approval.step"]
        if not self._is_approval_used():
            return steps
        return steps.search(
            [("res_model", "=", self._name), ("res_id", "in", self._origin.ids)],
            order="round desc, tier, rule_id, position",
        )

    @api.model
    def _search_approval_step_ids(self, operator, value):
        """Find documents by their steps."""
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        steps = self.env["crm.approval.step"]
        field = "id" if operator in ("in", "any") else "display_name"
        if operator == "any":
            query = steps._search(value)
        else:
            query = steps._search([(field, operator, value)])
        found = steps.browse(query).filtered(lambda s: s.res_model == self._name)
        return [("id", "in", found.mapped("res_id"))]

    @api.depends(lambda self: ["approval_state", *self._get_approval_fields()])
    def _compute_approval_is_required(self):
        rules = self.env["crm.approval.rule"]
        for document in self:
            documents = document.sudo()  # style: CRM109 margins decide for all alike
            met = rules
            if document.approval_state != "approved" and documents._is_approval_open():
                met = rules._get_met(documents)
            document.approval_is_required = bool(met)
            document.approval_why = "\n".join(
                documents._get_approval_why(rule) for rule in met
            )

    def _get_approval_why(self, rule):
        figures = self._get_approval_figures()
        return self.env["crm.approval.step"]._get_why(
            rule,
            rule.is_margin_asked and (figures["margin"] or 0.0, rule.margin_below),
            rule.amount_min,
        )

    @api.model
    def _is_approval_used(self):
        """Return whether any rule was ever made for this model; costs no query."""
        return self._name in self.env["crm.approval.rule"]._get_ruled()[0]

    def _is_requester(self, requester):
        """Return whether the present user may take a request back."""
        return self.env.user in requester or self.env.user.has_group(
            "crm_strategy.group_manager"
        )

    # --- ACTIONS

    def action_request_approval(self, note=False):
        """Ask the approvers whom the rules name."""
        self.check_access("write")
        for document in self:
            document._request_approval(note)

    def action_approve(self):
        """Sign the steps of these documents that wait for the present user."""
        self._get_own_steps()._decide("approve")

    def action_return(self, reason=False):
        """Send the documents back to be changed."""
        self._get_own_steps()._decide("return", reason)

    def action_reject(self, reason=False):
        """Refuse the documents."""
        self._get_own_steps()._decide("reject", reason)

    def action_ask_return(self):
        """Open the dialogue that asks for the reason of a return."""
        return self._get_own_steps()._open_dialogue("return")

    def action_ask_reject(self):
        """Open the dialogue that asks for the reason of a refusal."""
        return self._get_own_steps()._open_dialogue("reject")

    def action_withdraw(self):
        """Take the request back."""
        self.check_access("read")
        for document in self:
            documents = document.sudo()  # style: CRM109 right is checked just below
            last = documents._get_approval_round()
            if not document._is_requester(last.user_id):
                raise AccessError(
                    self.env._(
                        "Only %(user)s or a manager can withdraw this request.",
                        user=", ".join(last.user_id.mapped("name")),
                    )
                )
            documents._end_approval("withdraw", self.env._("Withdrawn"))

    def _get_own_steps(self):
        """Return what waits for the present user, or say that nothing does."""
        steps = self.env["crm.approval.step"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("is_mine", "=", True),
            ]
        )
        if not steps:
            raise UserError(
                self.env._(
                    "Nothing here waits for your approval. Reload the page to see "
                    "where it stands."
                )
            )
        return steps

    # --- CHECK, called by documents before they go on

    def _get_unapproved(self, is_sending=False):
        """Return the documents of these that may not go on yet, as superuser.

        :param is_sending: only what may not even be sent
        """
        documents = self.sudo()  # style: CRM109 rules hold for whoever goes on
        if not self._is_approval_used():
            return documents.browse()
        return documents.filtered(lambda d: d._is_unapproved(is_sending))

    def _is_unapproved(self, is_sending):
        if self.approval_state == "approved" or not self._is_approval_open():
            return False
        if self.approval_state == "pending" and not is_sending:
            return True
        rules = self.env["crm.approval.rule"]._get_met(self)
        return bool(rules.filtered("is_before_sending") if is_sending else rules)

    def _check_approved(self, is_sending=False):
        """Raise UserError where an approval is missing."""
        for document in self._get_unapproved(is_sending):
            raise UserError(document._get_unapproved_message())

    def _get_unapproved_message(self):
        name = self._get_approval_name()
        if self.approval_state == "pending":
            waiting = self._get_approval_round().filtered(
                lambda step: step.state == "pending"
            )
            return self.env._(
                "%(document)s waits for the approval of %(users)s. Go on when it is "
                "approved, or withdraw the request.",
                document=name,
                users=", ".join(waiting.decider_ids.mapped("name")),
            )
        if self.approval_state == "rejected":
            return self.env._(
                "%(document)s was rejected. Change it before you ask again.",
                document=name,
            )
        rules = self.env["crm.approval.rule"]._get_met(self)
        return self.env._(
            "%(document)s needs approval first: %(why)s. Press Request Approval.",
            document=name,
            why="; ".join(self._get_approval_why(rule) for rule in rules),
        )

    # --- STATE: changed here and nowhere else

    def _set_approval_state(self, event):
        """Move on by ``event``; the table says where to."""
        for document in self:
            state = move(DOCUMENT_MOVES, document.approval_state, event)
            if not state:
                raise UserError(document._get_not_requestable_message())
            if state != document.approval_state:
                document.approval_state = state

    def _after_approval(self, step):
        """Tell the requester what was decided, and let the document act on it."""
        self.ensure_one()
        requester = step.sudo().user_id  # style: CRM109 whom to tell
        labels = dict(step._fields["state"]._description_selection(self.env))
        body = self.env._(
            "%(state)s by %(user)s",
            state=labels[step.state],
            user=self.env.user.name,
        )
        self._log_approval(f"{body}: {step.reason}" if step.reason else body)
        step.sudo()._mail(  # style: CRM109 the product writes, not the approver
            requester - self.env.user, "crm_strategy.mail_template_approval_decision"
        )
        if self.approval_state == "approved":
            self._on_approved()
        else:
            self._on_returned()

    def _end_approval(self, event, reason):
        """End a request without a decision, or an approval that no longer holds."""
        for document in self:
            if not move(DOCUMENT_MOVES, document.approval_state, event):
                raise UserError(
                    self.env._(
                        "%(document)s is not waiting for approval.",
                        document=document._get_approval_name(),
                    )
                )
            steps = document._get_approval_round()
            steps._finish("void", reason)
            document._set_approval_state(event)
            document._log_approval(reason)
            document._on_approval_void()

    def _log_approval(self, body):
        """Note ``body`` where the document keeps its history."""
        if hasattr(self, "_message_log"):
            self._message_log(body=body, author_id=self.env.user.partner_id.id)
