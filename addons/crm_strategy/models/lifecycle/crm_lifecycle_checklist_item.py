from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmLifecycleChecklistItem(models.Model):
    """What is to be done for every customer who comes into a lifecycle state."""

    _name = "crm.lifecycle.checklist.item"
    _description = "Lifecycle Checklist Item"
    _order = "state_sequence, sequence, id"

    name = fields.Char("What to Do", required=True, translate=True)
    description = fields.Text(
        "How", translate=True, help="What to find out or agree, and where it goes."
    )
    state = fields.Selection(
        selection="_selection_state", string="Lifecycle State", required=True
    )
    state_sequence = fields.Integer(compute="_compute_state_sequence", store=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: for every company."
    )
    responsible = fields.Selection(
        [
            ("salesperson", "Salesperson of the customer"),
            ("team_leader", "Leader of the customer's sales team"),
            ("person", "A named person"),
        ],
        required=True,
        default="salesperson",
    )
    user_id = fields.Many2one(
        "res.users", "Person", domain=[("share", "=", False)], ondelete="restrict"
    )
    days_due = fields.Integer(
        "Due After (Days)",
        default=14,
        required=True,
        aggregator=None,
        help="Days after the customer came into the state; for customers placed by the "
        "first refresh, after that refresh.",
    )

    _days_range = models.Constraint(
        "CHECK (days_due BETWEEN 0 AND 3650)",
        "The days until due must be between 0 and 3650.",
    )

    @api.depends("state")
    def _compute_state_sequence(self):
        order = [state for state, _label in self._selection_state()]
        for item in self:
            item.state_sequence = order.index(item.state) if item.state else 0

    @api.model
    def _selection_state(self):
        return self.env["crm.lifecycle.transition"]._selection_state()

    @api.constrains("responsible", "user_id")
    def _check_user_id(self):
        for item in self:
            if item.responsible == "person" and not item.user_id:
                raise ValidationError(
                    self.env._("Name the person who does “%s”.", item.name)
                )
