from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount

from ...tools import credit

#: Who decides on assessments and limits
DECIDERS = ("account.group_account_invoice", "sales_team.group_sale_manager")


class CrmCreditAssessment(models.Model):
    """Who decides, and how a limit comes to the host: always by four eyes."""

    _inherit = "crm.credit.assessment"

    # --- ACTIONS

    def action_compute(self):
        """Take the figures of today into these drafts."""
        self.check_access("write")
        if self.filtered(lambda one: one.state != "draft"):
            raise UserError(
                self.env._("Only a draft can be assessed anew: make a new assessment.")
            )
        self._fill()

    def action_propose(self):
        """Ask those who may decide."""
        for one in self:
            if not one.risk_grade:
                raise UserError(
                    self.env._(
                        "Nothing is known of %(customer)s yet: refresh the scorecards "
                        "and assess anew, or choose a grade and give the reason.",
                        customer=one.partner_id.display_name,
                    )
                )
        self._move("propose")

    def action_approve(self):
        """Put it in force in place of the one before."""
        self._move("approve")

    def action_reject(self):
        self._move("reject")

    def action_discard(self):
        self._move("discard")

    def action_reset(self):
        self._move("reset")

    def action_apply_limit(self):
        """Write the proposed limit to the customer, as the host warns by it."""
        self.check_access("read")
        self._check_decider()
        for one in self:
            if one.state != "in_force":
                raise UserError(
                    self.env._(
                        "“%(name)s” is not in force, so its limit cannot be applied.",
                        name=one.display_name,
                    )
                )
            one._apply_limit()

    # --- BUSINESS

    def _check_decision(self, state):
        """Refuse a decision to whoever may not take it."""
        moving = self.filtered(lambda one: one.state != state)
        waiting = moving.filtered(lambda one: one.state == "proposed")
        if moving and state == "in_force":
            moving._check_decider()
        elif waiting and state == "rejected":
            waiting._check_group()
        elif waiting and state == "draft":
            own = waiting.filtered(lambda one: one.proposed_by_id == self.env.user)
            (waiting - own)._check_group()

    def _check_group(self):
        if self and not any(self.env.user.has_group(group) for group in DECIDERS):
            raise AccessError(
                self.env._(
                    "Accountants and sales managers decide on credit. Ask one of them."
                )
            )

    def _check_decider(self):
        """Refuse who may not decide, and who made or proposed it."""
        self._check_group()
        own = self.filtered(lambda one: self.env.user in one._get_authors())
        if own:
            raise AccessError(
                self.env._(
                    "“%(name)s” is your own work. Somebody else has to decide.",
                    name=own[0].display_name,
                )
            )

    def _get_authors(self):
        """Return who drafted, overrode or proposed it; nobody of a monthly one."""
        self.ensure_one()
        if not self.proposed_by_id:
            return self.proposed_by_id
        return self.proposed_by_id | self.create_uid | self.overridden_by_id

    def _after_move(self, old_state):
        system = self.sudo()  # style: CRM109 who did what, kept by the system
        decision = {
            "decided_by_id": self.env.uid,
            "date_decided": fields.Datetime.now(),
        }
        for state, ones in system.grouped("state").items():
            if state == "proposed":
                ones.write({"proposed_by_id": self.env.uid})
            elif state == "draft":
                ones.write({"proposed_by_id": False})
            elif state in ("rejected", "in_force"):
                ones.write(decision)
        return super()._after_move(old_state)

    def _supersede_former(self):
        """End what was in force for the customers of these, in their companies."""
        everything = self.sudo()  # style: CRM109 the one in force gives way
        former = everything.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "=", "in_force"),
                ("id", "not in", self.ids),
            ]
        )
        pairs = {(one.partner_id, one.company_id) for one in self}
        former = former.filtered(lambda o: (o.partner_id, o.company_id) in pairs)
        former._move("supersede")
        former.flush_recordset()

    def _apply_limit(self):
        """Write the limit to the host's field and tell so."""
        self.ensure_one()
        limit = credit.host_limit(self.credit_limit_proposed, self.currency_id.rounding)
        system = self.sudo()  # style: CRM109 sales managers cannot write accounting's
        customer = system.partner_id.with_company(self.company_id)
        before = customer.credit_limit
        customer.credit_limit = limit
        system.write(
            {
                "applied_limit": limit,
                "applied_by_id": self.env.uid,
                "date_applied": fields.Datetime.now(),
            }
        )
        text = self.env._(
            "Credit limit in %(company)s: %(before)s → %(after)s (grade %(grade)s).",
            company=self.company_id.name,
            before=format_amount(self.env, before, self.currency_id),
            after=format_amount(self.env, limit, self.currency_id),
            grade=self.risk_grade,
        )
        system.message_post(body=text, author_id=self.env.user.partner_id.id)
        if not self.company_id.account_use_credit_limit:
            system.message_post(
                body=self.env._(
                    "Quotations do not warn yet: switch on “Sales Credit Limit” in "
                    "the settings of Invoicing."
                )
            )
