from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CrmLifecycleTransition(models.Model):
    """States that a manager sets against the rules, for a time."""

    _inherit = "crm.lifecycle.transition"

    @api.model
    def _check_may_set(self, partners):
        partners.check_access("read")
        if not self.env.su and not self.env.user.has_group(
            "crm_strategy.group_manager"
        ):
            raise AccessError(
                self.env._("Ask a sales manager to set a lifecycle state by hand.")
            )

    @api.model
    def _set_by_hand(self, partners, state, note, until=False):
        """Put the customers of ``partners`` into ``state`` and keep them there.

        :param until: last day on which the rules leave them alone; none if empty
        :return: their present stays
        """
        self._check_may_set(partners)
        self._check_reason(note, until)
        company = self.env.company
        customers = self._get_placed_customers(partners, company)
        policy = self.env["crm.lifecycle.policy"]._ensure(company)
        policy._lock_for_refresh()
        stays = self.sudo()  # style: CRM109 right was checked just above
        present = stays.search(
            [
                ("partner_id", "in", customers.ids),
                ("company_id", "=", company.id),
                ("date_end", "=", False),
            ]
        )
        lock = {
            "is_locked": True,
            "lock_until": until,
            "note": note.strip(),
            "set_user_id": self.env.uid,
            "date_due": until and fields.Date.add(until, days=1),
        }
        here = present.filtered(lambda stay: stay.state == state)
        here.write(lock)
        old = {stay.partner_id: stay for stay in present - here}
        (present - here)._close("moved", state)
        return here | stays.create(
            [
                self._prepare_manual_vals(customer, company, state, old.get(customer))
                | lock
                for customer in customers - here.partner_id
            ]
        )

    @api.model
    def _prepare_manual_vals(self, customer, company, state, former):
        now = fields.Datetime.now()
        stayed = former and (max(now, former.date_start) - former.date_start)
        return {
            "partner_id": customer.id,
            "company_id": company.id,
            "state": state,
            "previous_state": former and former.state,
            "days_previous": stayed.total_seconds() / 86400 if former else False,
            "date_start": max(now, former.date_start) if former else now,
            "reason": "manual",
            "method": "manual",
        }

    @api.model
    def _check_reason(self, note, until):
        if not (note or "").strip():
            raise UserError(
                self.env._(
                    "Say why the state is set by hand, so that others can judge later "
                    "whether that still applies."
                )
            )
        if until and until < self.env["crm.sale.fact"]._get_today(self.env.company):
            raise UserError(
                self.env._("The state can be kept until today or a later day.")
            )

    @api.model
    def _get_placed_customers(self, partners, company):
        """Return the customers behind ``partners``; refuse who is none."""
        customers = partners.commercial_partner_id
        fitting = customers.filtered_domain(
            self.env["res.partner"]._get_customer_domain(company)
        )
        if customers - fitting:
            raise UserError(
                self.env._(
                    "Not customers of %(company)s: %(names)s. Archived contacts, "
                    "employees, own companies and customers of another company have no "
                    "lifecycle state here. Leave them out.",
                    company=company.name,
                    names=", ".join((customers - fitting).mapped("display_name")),
                )
            )
        return customers

    def action_release(self):
        """Let the rules decide again on these customers, at once."""
        self.check_access("read")
        self._check_may_set(self.partner_id)
        locked = self.filtered("is_locked")
        if not locked:
            raise UserError(self.env._("None of these states was set by hand."))
        policies = self.env["crm.lifecycle.policy"]
        for company, stays in locked.grouped("company_id").items():
            policy = policies._ensure(company)
            policy._lock_for_refresh()
            stays.sudo().write(  # style: CRM109 right was checked just above
                {"is_locked": False, "lock_until": False}
            )
            policy._refresh("incremental", partners=stays.partner_id)

    @api.model
    def _merge_stays(self, customer, duplicates):
        """Hand the stays of ``duplicates`` over to ``customer``; double nothing.

        Of two present stays in a company the one set by hand goes on, else that of
        the remaining customer; the other one ends as merged.
        """
        stays = self.sudo()  # style: CRM109 history of all companies moves
        open_stays = stays.search(
            [
                ("partner_id", "in", (customer | duplicates).ids),
                ("date_end", "=", False),
            ]
        ).sorted(lambda s: (not s.is_locked, s.partner_id != customer, s.id))
        taken = set()
        for stay in open_stays:
            if stay.company_id in taken:
                stay._close("merged")
            taken.add(stay.company_id)
        stays.search([("partner_id", "in", duplicates.ids)]).write(
            {"partner_id": customer.id}
        )
        self.env.flush_all()
