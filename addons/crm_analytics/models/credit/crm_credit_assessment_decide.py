from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: Who decides on assessments and limits
DECIDERS = ("account.group_account_invoice", "sales_team.group_sale_manager")


class CrmCreditAssessment(models.Model):
    """Who decides: always by four eyes."""

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
        former._drop_reminders()
        self._take_over_limits(former)

    # --- MERGE

    @api.model
    def _drop_of(self, partners):
        """End the open assessments of ``partners``, who are about to disappear."""
        everything = self.sudo()  # style: CRM109 rows of merged customers
        everything.search(
            [
                ("partner_id", "in", partners.ids),
                ("state", "in", ("draft", "proposed", "in_force")),
            ]
        ).write({"state": "superseded"})
        everything.flush_model()
