from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...tools import remedy_states
from ...tools.remedy_policy import PROMISES

# written by the product only: they follow from the decision and its documents
SYSTEM_FIELDS = {
    "state",
    "cost",
    "percent",
    "amount_company",
    "case_amount",
    "policy_id",
    "verdict",
    "verdict_note",
    "date_granted",
    "day_granted",
    "granted_by_id",
    "date_released",
    "released_by_id",
    "date_done",
    "date_shipped",
    "carrier_name",
    "tracking_ref",
    "sale_order_id",
    "discount_line_id",
    "refuse_reason",
}


class CrmComplaintRemedy(models.Model):
    """When a remedy may be entered and changed, and by whom."""

    _inherit = "crm.complaint.remedy"

    # --- CHECKS AND CRUD

    @api.constrains("remedy_type", "reason", "state")
    def _check_reason(self):
        for remedy in self:
            if (
                remedy.remedy_type == "reject"
                and remedy.state != "draft"
                and not (remedy.reason or "").strip()
            ):
                raise ValidationError(
                    self.env._(
                        "Enter why the complaint is rejected, so that the "
                        "customer can be told."
                    )
                )

    @api.onchange("remedy_type")
    def _onchange_remedy_type(self):
        """Offer all that is not made good yet for what is given piece by piece."""
        lines = self.line_ids.browse()
        if PROMISES.get(self.remedy_type) in ("goods", "pickup") and not self.line_ids:
            free = self.complaint_id._get_free_quantities(
                self.remedy_type, self | self._origin
            )
            for line, quantity in free.items():
                vals = {**self._prepare_line_vals(line), "quantity": quantity}
                lines |= lines.new(vals)
            self.line_ids = lines

    @api.model
    def _prepare_line_vals(self, complaint_line):
        return {
            "complaint_line_id": complaint_line._origin.id or complaint_line.id,
            "quantity": complaint_line.quantity,
        }

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_system_fields(vals)
        complaints = self.env["crm.complaint"].browse(
            {vals.get("complaint_id") for vals in vals_list} - {None, False}
        )
        context = self.env.context
        self._check_system_fields(
            {key[8:] for key in context if key.startswith("default_")} - {"state"}
        )
        with complaints._watch_approval():
            remedies = super().create(vals_list)
        remedies._check_may_change()
        return remedies

    def write(self, vals):
        self._check_system_fields(vals)
        self._check_stays(vals)
        self._check_may_change()
        if "state" in vals:
            for remedy in self:
                if remedy.state != vals["state"] and not remedy_states.may_move(
                    remedy.state, vals["state"]
                ):
                    raise remedy._get_move_error()
        with self.complaint_id._watch_approval():
            return super().write(vals)

    def unlink(self):
        with self.complaint_id._watch_approval():
            return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        for remedy in self:
            if remedy.state != "draft":
                raise UserError(
                    self.env._(
                        "%(remedy)s has been decided and cannot be deleted. Withdraw "
                        "the decision instead.",
                        remedy=remedy.display_name,
                    )
                )

    def _check_system_fields(self, names):
        """What was granted and what became of it follows from what is done."""
        if not self.env.su and SYSTEM_FIELDS & set(names):
            raise AccessError(
                self.env._(
                    "The state, dates and documents of a remedy are set by the "
                    "decision, finance and the warehouse. Use the buttons instead."
                )
            )

    def _check_stays(self, vals):
        """What was judged for one complaint is not slipped into another."""
        if "complaint_id" not in vals or self.env.su:
            return
        if any(remedy.complaint_id.id != vals["complaint_id"] for remedy in self):
            raise AccessError(
                self.env._(
                    "A remedy cannot be moved to another complaint. Propose a new one "
                    "there instead."
                )
            )

    def _check_may_change(self):
        """A remedy is drawn up while the complaint is open, and fixed after that."""
        if self.env.su:
            return
        for remedy in self:
            if remedy.state != "draft":
                raise UserError(
                    self.env._(
                        "%(remedy)s is already decided. Withdraw the decision before "
                        "you change it.",
                        remedy=remedy.display_name,
                    )
                )
            if remedy.complaint_id.state not in ("new", "progress"):
                raise UserError(
                    self.env._(
                        "“%(complaint)s” is already decided. Withdraw the decision "
                        "before you add a remedy.",
                        complaint=remedy.complaint_id.display_name,
                    )
                )

    def _get_move_error(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        return UserError(
            self.env._(
                "%(remedy)s is now “%(state)s”, so this action is no longer possible. "
                "Reload the page to see the available actions.",
                remedy=self.display_name,
                state=labels[self.state],
            )
        )
