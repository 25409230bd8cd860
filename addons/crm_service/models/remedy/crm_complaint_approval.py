from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ...tools import remedy_policy
from ...tools.remedy_states import BINDING

# whose the promise is: fixed while it binds us
PROMISED_TO = {"partner_id", "order_id", "company_id"}


class CrmComplaint(models.Model):
    """Exceptions from policy and budget are approved like any other document.

    An approval covers the exceptions that the approver has read about, and no other
    that has come up since: a policy that was tightened, a budget that was spent.
    """

    _inherit = "crm.complaint"

    asked_exceptions = fields.Json(
        "Exceptions Submitted for Approval",
        copy=False,
        groups="base.group_system",
        help="Technical field: the exceptions that approval was requested for.",
    )

    @api.model
    def _get_approval_kinds(self):
        kinds = {
            "exception": self.env._("Complaint beyond policy or budget"),
            "within_policy": self.env._("Complaint within the policy"),
        }
        return [*super()._get_approval_kinds(), *kinds.items()]

    def _get_approval_kind(self):
        """An exception is what the head of service could not grant alone."""
        drafts = self.remedy_ids.filtered(lambda r: r.state == "draft")
        judged = self._judge(drafts, role="manager")
        worst = remedy_policy.worst([verdict for verdict, _why in judged.values()])
        return "within_policy" if worst == "granted" else "exception"

    @api.model
    def _get_approval_fields(self):
        return [
            *super()._get_approval_fields(),
            "kind_id",
            "partner_id",
            "exception_reason",
            "line_ids.product_id",
            "line_ids.quantity",
            "line_ids.amount",
            "remedy_ids.remedy_type",
            "remedy_ids.amount",
            "remedy_ids.gift_product_id",
            "remedy_ids.gift_quantity",
            "remedy_ids.line_ids.product_id",
            "remedy_ids.line_ids.quantity",
        ]

    def _get_approval_amount(self):
        drafts = self.remedy_ids.filtered(lambda r: r.state == "draft")
        return sum(drafts.mapped("amount"))

    def _get_approval_currency(self):
        return self.currency_id or self.company_id.currency_id

    def _get_approval_name(self):
        customer = self.commercial_partner_id.name or self.partner_name
        return f"{self.name} {customer or ''}".strip()

    def _get_approval_summary(self):
        drafts = self.remedy_ids.filtered(lambda r: r.state == "draft")
        labels = dict(drafts._get_types())
        notes = drafts._get_verdict_notes()
        lines = [self.title or "", self.exception_reason or ""]
        for remedy, (_verdict, why) in self._judge(drafts, role="manager").items():
            amount = format_amount(self.env, remedy.amount, remedy.currency_id)
            note = f" ({notes[why]})" if why in notes else ""
            lines.append(f"{labels[remedy.remedy_type]} {amount}{note}")
        return "\n".join(filter(None, lines))

    def _is_approval_open(self):
        return self.state in ("new", "progress")

    # --- WHAT AN APPROVAL COVERS

    def _get_exceptions(self):
        """Return what the head of service could not grant alone, as [remedy:why]."""
        drafts = self.remedy_ids.filtered(lambda r: r.state == "draft")
        judged = self._judge(drafts, role="manager")
        return sorted(
            f"{remedy.id}:{why}"
            for remedy, (verdict, why) in judged.items()
            if verdict == "approval"
        )

    def _is_approval_covering(self):
        """Return whether the approver knew of all that is an exception now."""
        complaint = self.sudo()  # style: CRM109 approvals hold for whoever decides
        if complaint.approval_state != "approved":
            return False
        asked = complaint.asked_exceptions
        if asked is None or asked is False:  # requested before this was kept
            kinds = complaint._get_approval_round().mapped("document_kind")
            return "exception" in kinds or not complaint._get_exceptions()
        return set(complaint._get_exceptions()) <= set(asked)

    def _is_unapproved(self, is_sending):
        if (
            self.approval_state == "approved"
            and self._is_approval_open()
            and not self._is_approval_covering()
        ):
            return bool(self.env["crm.approval.rule"]._get_met(self))
        return super()._is_unapproved(is_sending)

    def _request_approval(self, note):
        """Keep what is asked for; ask anew where an approval does not cover it."""
        complaint = self.sudo()  # style: CRM109 written by the product only
        if (
            complaint.approval_state == "approved"
            and complaint._is_approval_open()
            and not complaint._is_approval_covering()
        ):
            complaint._end_approval(
                "change",
                self.env._("There are exceptions now that were not approved."),
            )
        complaint.asked_exceptions = complaint._get_exceptions()
        return super()._request_approval(note)

    def _after_move(self, old_state):
        """Nobody approves what was cancelled."""
        result = super()._after_move(old_state)
        complaints = self.sudo()  # style: CRM109 follows from the move
        complaints = complaints.with_context(crm_service_move=None).filtered(
            lambda c: c.state == "cancelled" and c.approval_state == "pending"
        )
        complaints._end_approval("withdraw", self.env._("The complaint was cancelled."))
        return result

    # --- WHAT WAS GRANTED, WAS GRANTED TO SOMEBODY

    def action_cancel(self, reason=False):
        """What the customer gets, or has, is no mistake any more."""
        self.check_access("write")
        for complaint in self:
            if complaint._get_promised():
                raise UserError(
                    self.env._(
                        "“%(name)s” cannot be cancelled, because the customer has "
                        "received what was granted or it is on its way. Decide and "
                        "close the complaint instead.",
                        name=complaint.display_name,
                    )
                )
        return super().action_cancel(reason)

    def _get_promised(self):
        """Return the remedies that bind us by more than words."""
        return self.remedy_ids.filtered(
            lambda r: (
                r.state in BINDING and remedy_policy.PROMISES[r.remedy_type] != "words"
            )
        )

    def write(self, vals):
        self._check_promised(vals)
        return super().write(vals)

    def _check_promised(self, vals):
        """A promise is not handed on to another customer, order or company."""
        names = PROMISED_TO & set(vals)
        if self.env.su or not names:
            return
        for complaint in self:
            known = {name: complaint[name].id for name in names}
            is_moved = any(known[name] != (vals[name] or False) for name in names)
            if is_moved and complaint._get_promised():
                raise UserError(
                    self.env._(
                        "“%(name)s”: remedies have already been granted. Withdraw the "
                        "decision before you change the customer, order or company.",
                        name=complaint.display_name,
                    )
                )
