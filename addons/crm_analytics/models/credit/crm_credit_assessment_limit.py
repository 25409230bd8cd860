from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ...tools import credit
from ..seven_p.known_float import KnownMonetary

ACCOUNTANTS = "account.group_account_invoice,account.group_account_readonly"


class CrmCreditAssessment(models.Model):
    """How a limit comes to the host, and is taken back: always by four eyes."""

    _inherit = "crm.credit.assessment"

    current_limit = fields.Monetary(
        compute="_compute_current_limit",
        groups=ACCOUNTANTS,
        help="The credit limit of the customer in accounting.",
    )
    applied_limit = fields.Monetary(readonly=True, copy=False, groups=ACCOUNTANTS)
    replaced_limit = KnownMonetary(
        "Limit before",
        readonly=True,
        copy=False,
        groups=ACCOUNTANTS,
        help="What the applied limit replaced, and Undo Limit brings back.",
    )
    applied_by_id = fields.Many2one(
        "res.users", "Applied by", readonly=True, copy=False, ondelete="restrict"
    )
    date_applied = fields.Datetime("Limit applied on", readonly=True, copy=False)

    @api.depends("partner_id", "company_id")
    def _compute_current_limit(self):
        for company, ones in self.grouped("company_id").items():
            for one in ones:
                customer = one.partner_id.with_company(company)
                one.current_limit = customer.credit_limit

    # --- ACTIONS

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

    def action_undo_limit(self):
        """Give the customers the limits back that they had before."""
        self.check_access("read")
        self._check_decider()
        for one in self:
            one._undo_limit()

    # --- BUSINESS

    def _get_customer(self):
        """Return the customer as the host has him in the company, to write to."""
        self.ensure_one()
        system = self.sudo()  # style: CRM109 sales managers cannot write accounting's
        return system.partner_id.with_company(self.company_id)

    def _apply_limit(self):
        """Write the limit to the host's field and tell so."""
        self.ensure_one()
        customer = self._get_customer()
        before = customer.credit_limit
        limit = credit.host_limit(self.credit_limit_proposed, self.currency_id.rounding)
        customer.credit_limit = limit
        system = self.sudo()  # style: CRM109 who did what, kept by the system
        system.write(
            {
                "applied_limit": limit,
                "replaced_limit": before,
                "applied_by_id": self.env.uid,
                "date_applied": fields.Datetime.now(),
            }
        )
        self._tell_limit(before, limit)
        if not self.company_id.account_use_credit_limit:
            system.message_post(
                body=self.env._(
                    "Quotations do not warn yet: switch on “Sales Credit Limit” in "
                    "the settings of Invoicing."
                )
            )

    def _undo_limit(self):
        """Write the limit of before, unless somebody has changed it since."""
        self.ensure_one()
        customer = self._get_customer()
        system = self.sudo()  # style: CRM109 accounting's amounts, to compare
        before, applied = system.replaced_limit, system.applied_limit
        if not self.date_applied or before is False:
            raise UserError(
                self.env._(
                    "“%(name)s” has no applied limit that could be undone. Change the "
                    "limit on the customer, in accounting.",
                    name=self.display_name,
                )
            )
        if self.currency_id.compare_amounts(customer.credit_limit, applied):
            raise UserError(
                self.env._(
                    "The limit of %(customer)s has been changed since. Change it on "
                    "the customer, in accounting.",
                    customer=self.partner_id.display_name,
                )
            )
        customer.credit_limit = before
        system.write(
            {
                "applied_limit": False,
                "replaced_limit": False,
                "applied_by_id": False,
                "date_applied": False,
            }
        )
        self._tell_limit(applied, before)

    def _tell_limit(self, before, after):
        """Put a change of the host's limit on record."""
        text = self.env._(
            "Credit limit in %(company)s: %(before)s → %(after)s (grade %(grade)s).",
            company=self.company_id.name,
            before=format_amount(self.env, before, self.currency_id),
            after=format_amount(self.env, after, self.currency_id),
            grade=self.risk_grade,
        )
        system = self.sudo()  # style: CRM109 readers of the assessment may not write it
        system.message_post(body=text, author_id=self.env.user.partner_id.id)

    def _take_over_limits(self, former):
        """A limit that stays is applied already, where the former one was."""
        applied = {
            (one.partner_id, one.company_id): one
            for one in former.filtered("date_applied")
        }
        for one in self.sudo():  # style: CRM109 what was done, kept by the system
            before = applied.get((one.partner_id, one.company_id))
            if before and before.credit_limit_proposed == one.credit_limit_proposed:
                one.write(
                    {
                        name: before[name]
                        for name in ("applied_limit", "replaced_limit", "date_applied")
                    }
                    | {"applied_by_id": before.applied_by_id.id}
                )
