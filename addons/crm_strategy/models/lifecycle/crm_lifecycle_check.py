from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmLifecycleCheck(models.Model):
    """A checklist item done, or left out on purpose, for a customer's stay.

    A customer who comes back into a state has its checklist before him anew.
    """

    _name = "crm.lifecycle.check"
    _description = "Lifecycle Check"
    _order = "date desc, id desc"
    _rec_name = "item_id"

    transition_id = fields.Many2one(
        "crm.lifecycle.transition",
        "Stay",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    item_id = fields.Many2one(
        "crm.lifecycle.checklist.item",
        "What Was to Be Done",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    partner_id = fields.Many2one(
        related="transition_id.partner_id", string="Customer", store=True, index=True
    )
    company_id = fields.Many2one(
        related="transition_id.company_id", store=True, index=True
    )
    state = fields.Selection(
        [("done", "Done"), ("skipped", "Left out")],
        required=True,
        readonly=True,
        default="done",
    )
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users",
        "By",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    note = fields.Char(readonly=True)

    _once = models.UniqueIndex(
        "(transition_id, item_id)", "This is ticked off already: reload the page."
    )

    @api.constrains("transition_id", "item_id")
    def _check_item_id(self):
        for check in self:
            if check.item_id.state != check.transition_id.state:
                raise UserError(
                    self.env._(
                        "“%(item)s” belongs to another lifecycle state. Reload the "
                        "page: %(customer)s has moved on.",
                        item=check.item_id.name,
                        customer=check.partner_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Who ticks off does so now, and in his own name."""
        if not self.env.su:
            vals_list = [
                {**vals, "user_id": self.env.uid, "date": fields.Datetime.now()}
                for vals in vals_list
            ]
        return super().create(vals_list)

    def _undo(self):
        """Take these checks back: one's own, or any as a manager."""
        is_manager = self.env.user.has_group("crm_strategy.group_manager")
        foreign = self.filtered(lambda check: check.user_id != self.env.user)
        if foreign and not is_manager:
            raise UserError(
                self.env._(
                    "%s ticked this off. Ask that person, or a sales manager, to "
                    "undo it.",
                    ", ".join(foreign.user_id.mapped("name")),
                )
            )
        self.sudo().unlink()  # style: CRM109 right was checked just above
