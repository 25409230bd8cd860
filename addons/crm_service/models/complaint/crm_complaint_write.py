from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError

# written by the product only: they follow from what happens
SYSTEM_FIELDS = {
    "name",
    "date_decided",
    "date_executed",
    "date_told",
    "date_confirmed",
    "date_closed",
    "date_replied",
    "is_waiting",
    "waiting_since",
    "waiting_hours",
    "deadline_reply",
    "deadline_decision",
    "deadline_resolution",
    "warn_reply",
    "warn_decision",
    "warn_resolution",
    "reply_state",
    "decision_state",
    "resolution_state",
    "date_check",
    "reopen_count",
    "skip_count",
    "asked_exceptions",
}
# context value of a write that comes from the product's own methods; a client
# cannot send this very object
BY_SYSTEM = object()


class CrmComplaint(models.Model):
    """What holds for every complaint, and how one is made and changed."""

    _inherit = "crm.complaint"

    @api.constrains("order_id", "partner_id")
    def _check_order_id(self):
        for complaint in self.filtered("order_id"):
            customer = complaint.commercial_partner_id
            order = complaint.order_id.sudo()  # style: CRM109 whose order is it
            if customer and order.partner_id.commercial_partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "Order %(order)s does not belong to %(customer)s. Choose one "
                        "of this customer's orders.",
                        order=order.name,
                        customer=customer.name,
                    )
                )

    @api.constrains("merged_into_id")
    def _check_merged_into_id(self):
        if self._has_cycle("merged_into_id"):
            raise ValidationError(
                self.env._("A complaint cannot be a duplicate of itself.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handled(self):
        if handled := self.filtered(lambda c: c.state not in ("new", "cancelled")):
            raise UserError(
                self.env._(
                    "“%(name)s” has been processed and cannot be deleted. Cancel it "
                    "instead.",
                    name=handled[0].display_name,
                )
            )

    # --- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        """Number the complaints and start their clock; they begin as new."""
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            if not self.env.su:
                self._check_system_fields(vals)
                vals["state"] = "new"
            company = vals.get("company_id") or self.env.company.id
            sequence = self.env["ir.sequence"].with_company(company)
            vals["name"] = sequence.next_by_code("crm.complaint")
        clean = self._without_defaults(SYSTEM_FIELDS)
        complaints = super(CrmComplaint, clean).create(vals_list)
        complaints._start_clock()
        complaints._tell_leaders()
        complaints._on_received()
        return complaints

    def write(self, vals):
        if self.env.context.get("crm_service_move") is not BY_SYSTEM:
            self._check_system_fields(vals)
            if "state" in vals:
                return self._drag(vals)
        result = super().write(vals)
        if {"kind_id", "team_id", "partner_id", "company_id"} & set(vals):
            self._restart_clock()
        return result

    def _write_by_system(self, vals):
        """Write what only the product writes."""
        self.with_context(crm_service_move=BY_SYSTEM).write(vals)

    @api.model
    def _without_defaults(self, names):
        """Return ``self`` without the context's defaults of fields ``names``."""
        if self.env.su:
            return self
        own = {f"default_{name}" for name in names}
        context = {k: v for k, v in self.env.context.items() if k not in own}
        return self.with_env(self.env(context=context))

    def _check_system_fields(self, names):
        """Dates, promises and numbers follow from what happens."""
        if not self.env.su and SYSTEM_FIELDS & set(names):
            raise AccessError(
                self.env._(
                    "The number, dates and promised times of a complaint are set "
                    "automatically. Leave them out and use the buttons of the "
                    "complaint instead."
                )
            )
