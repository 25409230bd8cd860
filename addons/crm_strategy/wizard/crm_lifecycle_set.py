from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmLifecycleSet(models.TransientModel):
    """Put customers into a lifecycle state by hand, for a time."""

    _name = "crm.lifecycle.set"
    _description = "Set a Lifecycle State by Hand"

    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        default=lambda self: self._default_partner_ids(),
    )
    state = fields.Selection("_selection_state", string="New State", required=True)
    reason = fields.Char(required=True)
    until = fields.Date(
        "Keep Until", help="Empty: until someone lets the rules decide again."
    )

    @api.model
    def _default_partner_ids(self):
        if self.env.context.get("active_model") == "res.partner":
            return self.env.context.get("active_ids")
        return False

    @api.model
    def _selection_state(self):
        return self.env["crm.lifecycle.transition"]._selection_state()

    def action_apply(self):
        """Set the state."""
        self.ensure_one()
        if not self.partner_ids:
            raise UserError(self.env._("Choose at least one customer."))
        self.env["crm.lifecycle.transition"]._set_by_hand(
            self.partner_ids, self.state, self.reason, self.until
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
