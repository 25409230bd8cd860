from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.after_sale_states import CASE, CASE_SYSTEM_ACTIONS, OPEN_CASES


class CrmAfterSale(models.Model):
    """What follows one order: from the delivery to the proposal to buy again.

    One case per order and template, made and moved on by a job from what the host
    knows of deliveries and returns, see ``crm_after_sale_plan.py`` and
    ``crm_after_sale_delivery.py``. People do its milestones.
    """

    _name = "crm.after.sale"
    _description = "After-Sale Case"
    _inherit = [
        "crm.state.mixin",
        "crm.system.fields.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_order desc, id desc"
    _transitions = CASE
    _system_actions = CASE_SYSTEM_ACTIONS

    # Whose
    name = fields.Char(compute="_compute_name", search="_search_name")
    order_id = fields.Many2one(
        "sale.order",
        "Sales Order",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    template_id = fields.Many2one(
        "crm.after.sale.template",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", "Salesperson", readonly=True, index="btree_not_null"
    )
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    line_ids = fields.Many2many(
        "sale.order.line",
        "crm_after_sale_line_rel",
        "after_sale_id",
        "line_id",
        string="Order Lines",
        readonly=True,
    )

    # Delivery
    date_order = fields.Date("Order Date", readonly=True)
    date_promised = fields.Date("Promised", readonly=True)
    date_delivered = fields.Date(
        "Delivered",
        readonly=True,
        help="The day of the last delivery, once nothing is left to be shipped.",
    )
    days_late = fields.Integer(
        readonly=True,
        aggregator="avg",
        help="Days between the promised date and the last delivery.",
    )

    # Buying again
    date_proposed = fields.Date(
        "Proposed",
        readonly=True,
        help="The day from which the customer is to be offered a repurchase.",
    )
    repurchase_order_id = fields.Many2one(
        "sale.order",
        "Bought Again With",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The customer's first order of the same products after the proposal.",
    )
    date_repurchased = fields.Date("Bought Again", readonly=True)
    is_repurchased = fields.Boolean(
        "Repeat Purchase",
        readonly=True,
        help="The customer bought the same products again after the proposal.",
    )

    # What is to be done
    milestone_ids = fields.One2many(
        "crm.after.sale.milestone",
        "after_sale_id",
        "Milestones",
        context={"active_test": False},
    )
    next_milestone_id = fields.Many2one(
        "crm.after.sale.milestone", compute="_compute_next_milestone_id"
    )
    next_date = fields.Date(compute="_compute_next_milestone_id")
    state = fields.Selection(
        [
            ("waiting", "Waiting for Delivery"),
            ("running", "Running"),
            ("done", "Done"),
            ("stopped", "Stopped"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="waiting",
        index=True,
        tracking=True,
        group_expand=True,
    )

    _order_template_uniq = models.Constraint(
        "UNIQUE(order_id, template_id)",
        "This order is followed up with this template already.",
    )

    # --- COMPUTE

    @api.depends("order_id.name", "template_id.name")
    def _compute_name(self):
        for case in self.sudo():  # style: CRM109 number of an order he may not open
            parts = (case.order_id.name, case.template_id.name)
            case.name = " · ".join(filter(None, parts))

    @api.depends("name")
    def _compute_display_name(self):
        for case in self:
            case.display_name = case.name

    def _search_name(self, operator, value):
        return Domain.OR(
            [
                Domain("order_id.name", operator, value),
                Domain("template_id.name", operator, value),
            ]
        )

    @api.depends("milestone_ids.state", "milestone_ids.date_due")
    def _compute_next_milestone_id(self):
        for case in self:
            pending = case.milestone_ids.filtered("is_pending")
            dated = pending.filtered("date_due").sorted("date_due")
            case.next_milestone_id = (dated or pending)[:1]
            case.next_date = case.next_milestone_id.date_due

    # --- ACTIONS

    def action_stop(self):
        """Nobody follows up this order any more."""
        self._move("stop")

    def action_resume(self):
        """Follow up again from where it stands."""
        self._move("resume")

    def action_open_order(self):
        """Open the sales order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [[False, "form"]],
        }

    def _after_move(self, old_state):
        """Put the milestones away with a case that ends, and get them back."""
        system = self.sudo()  # style: CRM109 follows from the move
        milestones = system.with_context(active_test=False).milestone_ids
        if self[:1].state in OPEN_CASES and old_state in ("stopped", "done"):
            milestones.active = True
            system._refresh()
        elif self[:1].state == "stopped":
            milestones._drop_reminders()
            milestones.active = False
        return super()._after_move(old_state)

    # --- MERGE

    @api.model
    def _follow_customers(self, partners):
        """After a merge: what came to a contact belongs to his company."""
        cases = self.sudo().search(  # style: CRM109 any merge
            [("partner_id", "in", partners.ids)]
        )
        for case in cases:
            case.partner_id = case.partner_id.commercial_partner_id
