from odoo import api, fields, models
from odoo.fields import Command


class CrmCustomerOwner(models.TransientModel):
    """Give customers to a salesperson, who looks after them from now on."""

    _name = "crm.customer.owner"
    _description = "Assign an Owner"

    partner_ids = fields.Many2many(
        "res.partner", string="Customers", default=lambda self: self._default_partners()
    )
    partner_count = fields.Integer(
        "Number of Customers", compute="_compute_partner_count"
    )
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        required=True,
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
    )
    is_kept = fields.Boolean(
        "Keep Existing Salespeople",
        default=True,
        help="Customers with a salesperson keep theirs.",
    )

    @api.model
    def _default_partners(self):
        if self.env.context.get("active_model") != "res.partner":
            return self.env["res.partner"]
        return [Command.set(self.env.context.get("active_ids", []))]

    @api.depends("partner_ids", "is_kept")
    def _compute_partner_count(self):
        for wizard in self:
            wizard.partner_count = len(wizard._get_meant())

    def _get_meant(self):
        """Return the customers who are to get the salesperson."""
        customers = self.partner_ids.commercial_partner_id
        if self.is_kept:
            return customers.filtered(lambda customer: not customer.user_id)
        return customers

    def action_assign(self):
        self.ensure_one()
        self._get_meant().write({"user_id": self.user_id.id})
        return {"type": "ir.actions.act_window_close"}
