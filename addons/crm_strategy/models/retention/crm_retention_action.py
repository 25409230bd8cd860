from odoo import api, fields, models
from odoo.exceptions import AccessError


class CrmRetentionAction(models.Model):
    """What is done in a retention programme: by whom, until when, at what cost."""

    _name = "crm.retention.action"
    _description = "Action of a Retention Programme"
    _order = "date_due, id"
    _check_company_auto = True

    name = fields.Char("Action", required=True)
    programme_id = fields.Many2one(
        "crm.retention.programme", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="programme_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="programme_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        ondelete="set null",
        domain="[('share', '=', False)]",
    )
    date_due = fields.Date("Due")
    cost = fields.Monetary(help="What it cost, in the currency of the company.")
    is_done = fields.Boolean("Done")
    date_done = fields.Date("Done On", compute="_compute_date_done", store=True)
    note = fields.Text()

    _cost_not_negative = models.Constraint(
        "CHECK (cost >= 0)", "A cost cannot be negative."
    )

    @api.depends("is_done")
    def _compute_date_done(self):
        """The day on which it was marked as done; marking twice changes nothing."""
        today = fields.Date.context_today(self)
        for action in self:
            action.date_done = action.is_done and (action.date_done or today)

    def action_done(self):
        """Mark as done; the responsible may do so, whatever else he may write."""
        self.check_access("read")
        mine = self.user_id <= self.env.user
        if not mine and not self.has_access("write"):
            raise AccessError(
                self.env._(
                    "Only the person responsible or a sales manager can mark this as "
                    "done. Ask %s.",
                    ", ".join(self.user_id.mapped("name")) or self.env._("a manager"),
                )
            )
        self.sudo().is_done = True  # style: CRM109 right was checked just above
