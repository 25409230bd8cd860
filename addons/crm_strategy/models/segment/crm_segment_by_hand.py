from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class CrmSegment(models.Model):
    """Customers put into a segment, or taken out of it, by hand."""

    _inherit = "crm.segment"

    # --- RIGHTS

    def _check_may_assign(self, partners):
        """Allow managers everything; salespeople, if so set, those of their tree."""
        self.check_access("read")
        partners.check_access("read")
        user = self.env.user
        if self.env.su or user.has_group("crm_strategy.group_manager"):
            return
        if not user.has_group("crm_strategy.group_user"):
            raise AccessError(
                self.env._("Ask a sales manager to place customers in segments.")
            )
        closed = self.segmentation_id.filtered(
            lambda scheme: not scheme.is_salesperson_assignable
        )
        if closed:
            raise AccessError(
                self.env._(
                    "Only sales managers place customers in %(schemes)s. Ask one of "
                    "them.",
                    schemes=", ".join(closed.mapped("name")),
                )
            )
        others = partners.filtered(
            lambda p: p.commercial_partner_id.user_id not in user.crm_tree_user_ids
        )
        if others:
            raise AccessError(
                self.env._(
                    "You may place your own customers and those of your teams only. "
                    "Leave out: %(customers)s.",
                    customers=", ".join(others.mapped("display_name")),
                )
            )

    def _lock_schemes(self):
        for scheme in self.segmentation_id:
            scheme._lock_scheme()

    # --- PUT IN, TAKE OUT

    def _assign(self, partners, note=None, lock=None):
        """Put the customers of ``partners`` into this segment now.

        :param lock: values of :meth:`crm.segment.membership._get_lock_vals`
        :return: the present memberships of these customers in this segment
        """
        self.ensure_one()
        customers = self._get_assignable_customers(partners)
        self._check_may_assign(customers)
        self._lock_schemes()
        memberships = self.env["crm.segment.membership"]
        memberships = memberships.sudo()  # style: CRM109 right was checked just above
        stays = memberships.search(
            [
                ("segmentation_id", "=", self.segmentation_id.id),
                ("partner_id", "in", customers.ids),
                "|",
                ("date_end", "=", False),
                ("is_locked", "=", True),
            ]
        )
        here = stays.filtered(lambda m: m.segment_id == self and not m.date_end)
        self._make_room(stays - here)
        if lock:
            here.write(lock)
        return here | memberships.create(
            [
                self._prepare_membership_vals(customer, note, lock)
                for customer in customers - here.partner_id
            ]
        )

    def _make_room(self, stays):
        """End what contradicts a place in this segment."""
        kept_out = stays.filtered(lambda m: m.date_end and m.segment_id == self)
        kept_out.write({"is_locked": False, "date_unlocked": fields.Datetime.now()})
        if self.kind == "exclusive":
            elsewhere = stays.filtered(lambda m: not m.date_end)
            self._check_unlocked(elsewhere)
            elsewhere._close("moved")

    def _remove(self, partners, note=None, lock=None):
        """Take the customers of ``partners`` out of this segment now.

        With a lock the refresh does not put them back until it expires.

        :return: how many were taken out
        """
        self.ensure_one()
        customers = partners.commercial_partner_id
        self._check_may_assign(customers)
        self._lock_schemes()
        memberships = self.env["crm.segment.membership"]
        memberships = memberships.sudo()  # style: CRM109 right was checked just above
        stays = memberships.search(
            [
                ("segment_id", "=", self.id),
                ("partner_id", "in", customers.ids),
                ("date_end", "=", False),
            ]
        )
        self._check_unlocked(stays)
        vals = {**(lock or {}), **({"note": note} if note else {})}
        stays._close("manual", **vals)
        return len(stays)

    def _check_unlocked(self, stays):
        locked = stays.filtered("is_locked")
        if locked:
            raise UserError(
                self.env._(
                    "Locked, and so not moved: %(customers)s. Unlock them first; the "
                    "customer's history says who locked them and why.",
                    customers=", ".join(
                        f"{m.partner_id.display_name} ({m.segment_id.name})"
                        for m in locked
                    ),
                )
            )

    def _get_assignable_customers(self, partners):
        """Return the customers behind ``partners``; refuse who is none."""
        customers = partners.commercial_partner_id
        fitting = customers.filtered_domain(
            self.env["res.partner"]._get_customer_domain(self.company_id)
        )
        if customers - fitting:
            raise UserError(
                self.env._(
                    "Not customers to whom %(scheme)s applies: %(names)s. Archived "
                    "contacts, employees, own companies and customers of another "
                    "company cannot be in its segments. Leave them out.",
                    scheme=self.segmentation_id.name,
                    names=", ".join((customers - fitting).mapped("display_name")),
                )
            )
        if not self.active or not self.segmentation_id.active:
            raise UserError(
                self.env._("%s is archived. Restore it first.", self.display_name)
            )
        return customers

    def _prepare_membership_vals(self, customer, note, lock):
        return {
            "segmentation_id": self.segmentation_id.id,
            "segment_id": self.id,
            "partner_id": customer.id,
            "company_id": self.company_id.id,
            "date_start": fields.Datetime.now(),
            "start_reason": "manual",
            "is_exclusive": self.kind == "exclusive",
            "note": note,
            **(lock or {}),
        }
