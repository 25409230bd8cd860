import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.role_states import (
    CLOSING_STATES,
    TRANSITIONS,
    is_allowed,
    last_day,
)

_logger = logging.getLogger(__name__)

BATCH = 500
# What a manager agrees with a partner; others read it
TERM_FIELDS = {
    "payment_term_id",
    "pricelist_id",
    "incoterm_id",
    "credit_note",
    "service_level_id",
}
# What the product notes itself
SYSTEM_FIELDS = {
    "end_reason",
    "date_state",
    "proposal_order_count",
    "date_last_order",
    "group_partner_id",
}
# What an assignment that is over says about the past
HISTORY_FIELDS = {"date_from", "date_to"}
# Who has which role; another one is another assignment
WHO_FIELDS = {"partner_id", "role_id", "company_id"}


class CrmPartnerRoleAssignment(models.Model):
    """States of a role: every write asks the table, whoever writes."""

    _inherit = "crm.partner.role.assignment"

    end_error = fields.Char("Why It Was Not Ended", readonly=True, copy=False)
    date_retry = fields.Date(
        readonly=True, copy=False, help="The day on which ending it is tried again."
    )

    # --- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        """A role that comes in as ended ends today if no day is given."""
        names = {name for vals in vals_list for name in vals}
        self._check_terms_access(names)
        self._check_history_access(names)
        today = fields.Date.context_today(self)
        for vals in vals_list:
            if vals.get("state") in CLOSING_STATES:
                vals.setdefault("end_reason", "manual")
            if vals.get("state") == "ended" and not vals.get("date_to"):
                start = fields.Date.to_date(vals.get("date_from")) or today
                vals["date_to"] = last_day(today, start, None)
            self._prepare_attributes(vals)
        return super().create(vals_list)

    @api.model
    def _prepare_attributes(self, vals):
        """Name the division, without which the host drops attributes on create."""
        role = self.env["crm.partner.role"].browse(vals.get("role_id"))
        if not role:
            return
        usual = [] if "attributes" in vals else role._get_usual_attributes()
        if usual:
            vals["attributes"] = usual
        if vals.get("attributes"):
            vals["division_id"] = role.division_id.id

    def write(self, vals):
        """Refuse steps that the table of states does not know."""
        self._check_terms_access(vals)
        self._check_history_access(vals)
        if "state" not in vals:
            return super().write(vals)
        self._check_transition(vals["state"])
        moved = self.filtered(lambda a: a.state != vals["state"])
        for step, records in moved.grouped(
            lambda a: tuple(a._prepare_state_vals(vals["state"]).items())
        ).items():
            super(CrmPartnerRoleAssignment, records).write({**dict(step), **vals})
        return super(CrmPartnerRoleAssignment, self - moved).write(vals)

    @api.model
    def _check_terms_access(self, names):
        """Only managers agree terms."""
        if self.env.su or TERM_FIELDS.isdisjoint(names):
            return
        if not self.env.user.has_group("crm_strategy.group_manager"):
            raise AccessError(
                self.env._(
                    "Terms and service level of a role are set by a sales manager. "
                    "Leave them out, or ask a manager to enter them."
                )
            )

    def _check_history_access(self, names):
        """What the product notes is nobody's to write; the past is no salesperson's."""
        if self.env.su:
            return
        is_refused = not SYSTEM_FIELDS.isdisjoint(names)
        if not self.env.user.has_group("crm_strategy.group_manager"):
            states = set(self.mapped("state"))
            is_refused |= bool(
                (states - {"proposed"} and not WHO_FIELDS.isdisjoint(names))
                or (
                    (states & {"ended", "declined"})
                    and not HISTORY_FIELDS.isdisjoint(names)
                )
            )
        if is_refused:
            raise AccessError(
                self.env._(
                    "This would rewrite the history of a role. End the role and add a "
                    "new one, or ask a sales manager to correct it."
                )
            )

    def _check_transition(self, target):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for assignment in self:
            if not is_allowed(assignment.state, target):
                raise UserError(
                    self.env._(
                        "%(name)s is %(state)s and cannot become %(target)s from "
                        "there. Use one of the buttons that it offers.",
                        name=assignment.display_name,
                        state=labels[assignment.state],
                        target=labels.get(target, target),
                    )
                )

    def _prepare_state_vals(self, target):
        """Return what goes with the step of this assignment to ``target``."""
        today = fields.Date.context_today(self)
        vals = {"date_state": fields.Datetime.now(), "end_reason": False}
        if target in CLOSING_STATES:
            vals["end_reason"] = "manual"
        if target == "ended":
            vals["date_to"] = last_day(today, self.date_from, self.date_to or None)
        elif self.state == "ended" and self.date_to <= today:
            vals["date_to"] = False
        return vals

    # --- ACTIONS

    def action_accept(self):
        """The partner gets the proposed role."""
        self._do("accept")

    def action_decline(self):
        """Not proposed again before the partner orders again."""
        self._do("decline")

    def action_reconsider(self):
        """Propose again what was declined."""
        self._do("reconsider")

    def action_suspend(self):
        """The role rests."""
        self._do("suspend")

    def action_resume(self):
        """The role holds again."""
        self._do("resume")

    def action_end(self):
        """Today is the last day of the role."""
        self._do("end")

    def action_reopen(self):
        """Take an end back."""
        self._do("reopen")

    def _do(self, action):
        """Take ``action`` on those of ``self`` that allow it; raise if none does."""
        ready = self.filtered(lambda a: (a.state, action) in TRANSITIONS)
        if not ready:
            raise UserError(
                self.env._(
                    "None of these roles is in a state that allows this. Reload the "
                    "page: somebody else may have changed them."
                )
            )
        for target, records in ready.grouped(
            lambda a: TRANSITIONS[a.state, action]
        ).items():
            records.write({"state": target})

    # --- BUSINESS

    def _close(self, reason):
        """End these assignments because of ``reason``."""
        self.write({"state": "ended", "end_reason": reason})

    def _suspend(self, reason):
        """Let active roles rest because of ``reason``; proposals fall away."""
        active = self.filtered(lambda a: a.state == "active")
        active.write({"state": "suspended", "end_reason": reason})
        proposed = self.filtered(lambda a: a.state == "proposed")
        proposed.write({"state": "declined", "end_reason": reason})

    # --- CRON

    @api.model
    def _cron_end_expired(self):
        """End the roles whose last day has passed (daily)."""
        today = self.env["crm.sale.fact"]._get_today(self.env.company)
        domain = [
            ("date_to", "<", today),
            ("state", "in", ("active", "suspended")),
            "|",
            ("date_retry", "=", False),
            ("date_retry", "<=", today),
        ]
        expired = self.search(domain, limit=BATCH, order="id").try_lock_for_update()
        if not expired._end_safely():
            for assignment in expired:
                assignment._end_safely(today + timedelta(days=1))
        self.env["ir.cron"]._commit_progress(
            len(expired), remaining=self.search_count(domain)
        )

    def _end_safely(self, date_retry=None):
        """End these roles; return whether it worked.

        :param date_retry: day on which one that fails is tried again
        """
        try:
            with self.env.cr.savepoint():
                self._close("expired")
                self.filtered("end_error").write(
                    {"end_error": False, "date_retry": False}
                )
        except OperationalError:
            raise  # the database asks to try the whole again
        except Exception as e:  # one broken role must not stop the others
            self.env.invalidate_all(flush=False)
            if date_retry:
                _logger.warning("Role %s cannot be ended", self.id, exc_info=True)
                self.write({"end_error": str(e), "date_retry": date_retry})
            return False
        return True
