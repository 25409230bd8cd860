from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from ...tools.approval import DOCUMENT_MOVES, move


class CrmApprovalMixin(models.AbstractModel):
    """What a document answers when approval is asked for, and the request itself."""

    _inherit = "crm.approval.mixin"

    # --- HOOKS: what a document answers, and what it does when it is decided

    @api.model
    def _get_approval_kinds(self):
        """Return [(code, label)] of the kinds of this document rules may name."""
        return []

    def _get_approval_kind(self):
        """Return the code of the kind of this document, or False."""
        return False

    @api.model
    def _get_approval_fields(self):
        """Return the fields, or ``lines.field``, whose change voids an approval."""
        return []

    def _get_approval_amount(self):
        """Return the untaxed amount in the document's currency."""
        return 0.0

    def _get_approval_currency(self):
        """Return the document's currency."""
        return self._get_approval_company().currency_id

    def _get_approval_date(self):
        """Return the day whose rate converts the amount."""
        return fields.Date.context_today(self)

    def _get_approval_margin(self):
        """Return the margin in percent, None where there is none."""

    def _get_approval_company(self):
        """Return the company whose rules hold."""
        return self.company_id or self.env.company

    def _get_approval_team(self):
        """Return the team whose leader is asked."""
        return self.env["crm.team"]

    def _get_approval_division(self):
        """Return the division whose responsible is asked."""
        return self.env["crm.division"]

    def _get_approval_authors(self):
        """Return whose document it is: they approve it as little as the requester."""
        return self.env["res.users"]

    def _get_approval_terms(self):
        """Return what was agreed, for :meth:`_is_beyond_approved`."""

    def _is_beyond_approved(self, terms):
        """Return whether what stands there now goes beyond the ``terms`` before."""
        return True

    def _is_approval_settled(self):
        """Return whether it goes on with what was approved, until it is reopened."""
        return False

    def _get_approval_name(self):
        """Return how approvers recognise the document."""
        return self.display_name

    def _get_approval_summary(self):
        """Return what the approver reads on his phone, one fact a line."""
        return ""

    def _is_approval_open(self):
        """Return whether the document is still to be decided on."""
        return True

    def _on_approved(self):
        """Do what follows when the last approver has approved."""

    def _on_returned(self):
        """Do what follows when an approver has returned or rejected."""

    def _on_approval_void(self):
        """Do what follows when a change or a withdrawal has ended an approval."""

    # --- REQUEST

    def _request_approval(self, note):
        document = self.sudo()  # style: CRM109 steps are written by the product only
        try:
            document.lock_for_update(allow_referencing=True)
        except LockError as e:
            raise UserError(
                self.env._("Somebody else is working on this. Try again in a moment.")
            ) from e
        if not move(DOCUMENT_MOVES, document.approval_state, "request"):
            raise UserError(document._get_not_requestable_message())
        rules = self.env["crm.approval.rule"]
        if document._is_approval_open():
            rules = rules._get_met(document)
        if not rules:
            raise UserError(
                self.env._(
                    "%(document)s meets no approval rule. Go on without.",
                    document=document._get_approval_name(),
                )
            )
        steps = self.env["crm.approval.step"].sudo()  # style: CRM109 as above
        steps = steps.with_context(mail_create_nosubscribe=True, mail_create_nolog=True)
        steps = steps.create(document._prepare_step_vals(rules, note))
        document._set_approval_state("request")
        steps._open_next()
        document._log_approval(
            self.env._(
                "Approval requested: %(rules)s", rules=", ".join(rules.mapped("name"))
            )
        )

    def _get_not_requestable_message(self):
        name = self._get_approval_name()
        if self.approval_state == "approved":
            return self.env._("%(document)s is approved already.", document=name)
        return self._get_unapproved_message()

    def _prepare_step_vals(self, rules, note):
        """Return the values of all steps of a new request."""
        self.ensure_one()
        requester = self.env.user
        authors = requester | self._get_approval_authors()
        number = self._get_approval_round()[:1].round + 1
        vals_list = []
        for rule in rules:
            users, is_fallback = rule._find_approvers(self, authors)
            vals_list += [
                {
                    **self._prepare_snapshot_vals(rule),
                    "round": number,
                    "position": position,
                    "user_id": requester.id,
                    "author_ids": authors.ids,
                    "date_requested": fields.Datetime.now(),
                    "approver_ids": users.ids,
                    "is_fallback": is_fallback,
                    "note": note,
                }
                for position in range(1, rule.min_approvals + 1)
            ]
        return vals_list

    def _add_approval_authors(self):
        """Bar whoever takes a waiting document over from approving it."""
        if not self._is_approval_used():
            return
        for document in self.sudo():  # style: CRM109 steps are the product's
            if document.approval_state != "pending":
                continue
            steps = document._get_approval_round()
            steps.author_ids |= document._get_approval_authors()
            steps.filtered(lambda step: step.state == "pending")._resolve_again()

    def _prepare_snapshot_vals(self, rule):
        """Return what the document says now, and what ``rule`` objects to."""
        figures = self._get_approval_figures()
        return {
            "res_model": self._name,
            "res_id": self.id,
            "document_name": self._get_approval_name(),
            "document_kind": self._get_approval_kind(),
            "company_id": rule.company_id.id,
            "rule_id": rule.id,
            "tier": rule.tier,
            "currency_id": figures["currency"].id,
            "amount": figures["amount"],
            "amount_company": figures["amount_company"],
            "has_margin": figures["margin"] is not None,
            "margin": figures["margin"] or 0.0,
            "limit_amount": rule.amount_min,
            "has_limit_margin": rule.is_margin_asked,
            "limit_margin": rule.margin_below,
            "summary": self._get_approval_summary(),
        }

    def _get_approval_figures(self):
        """Return amount, currency, amount in company currency, and margin or None."""
        self.ensure_one()
        company = self._get_approval_company()
        currency = self._get_approval_currency()
        amount = self._get_approval_amount()
        return {
            "amount": amount,
            "currency": currency,
            "amount_company": currency._convert(
                amount, company.currency_id, company, self._get_approval_date()
            ),
            "margin": self._get_approval_margin(),
        }

    def _get_approval_round(self):
        """Return the steps of the last request, as superuser."""
        steps = self.env["crm.approval.step"].sudo()  # style: CRM109 all signatures
        steps = steps.search(
            [("res_model", "=", self._name), ("res_id", "=", self.id)],
            order="round desc, tier, rule_id, position",
        )
        return steps.filtered(lambda step: step.round == steps[:1].round)
