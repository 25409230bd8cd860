from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.after_sale_states import (
    BY_DELIVERY,
    MILESTONE,
    MILESTONE_SYSTEM_ACTIONS,
    PENDING,
)
from .crm_after_sale_template_milestone import BASES, KINDS, RESPONSIBLES, UNITS


class CrmAfterSaleMilestone(models.Model):
    """One step after one sale, with its day and the person responsible.

    It is a copy of the template's, so that a later change of the template leaves
    alone what was planned. When it is due, the person responsible is reminded, see
    ``crm_after_sale_reminder.py``.
    """

    _name = "crm.after.sale.milestone"
    _description = "After-Sale Milestone"
    _inherit = ["crm.state.mixin", "crm.system.fields.mixin"]
    _order = "after_sale_id, sequence, id"
    _transitions = MILESTONE
    _system_actions = MILESTONE_SYSTEM_ACTIONS
    _begins_as = "waiting"

    after_sale_id = fields.Many2one(
        "crm.after.sale", "Case", required=True, index=True, ondelete="cascade"
    )
    template_milestone_id = fields.Many2one(
        "crm.after.sale.template.milestone",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    partner_id = fields.Many2one(
        related="after_sale_id.partner_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="after_sale_id.company_id", store=True, precompute=True, index=True
    )
    is_added = fields.Boolean(
        "Added by Hand",
        readonly=True,
        copy=False,
        help="A person has added the milestone; it does not come from the template.",
    )
    order_id = fields.Many2one(related="after_sale_id.order_id", string="Sales Order")
    date_delivered = fields.Date(related="after_sale_id.date_delivered")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=100)
    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(KINDS, required=True, default="check")
    script = fields.Text(
        translate=True, help="What to do, ask or say, shown to the person responsible."
    )

    # When
    offset_number = fields.Integer("Interval")
    offset_unit = fields.Selection(UNITS, "Unit", required=True, default="day")
    offset_from = fields.Selection(
        BASES, "Counted From", required=True, default="delivery"
    )
    notice_days = fields.Integer("Notice (Days)")
    date_due = fields.Date(
        "Due",
        index="btree_not_null",
        help="Calculated from the delivery, unless somebody has chosen another day.",
    )
    is_date_fixed = fields.Boolean(
        "Due Date Set by Hand",
        readonly=True,
        copy=False,
        help="Somebody has chosen the due date, so it is not calculated any more.",
    )
    date_done = fields.Date("Done", copy=False)

    # Who
    responsible = fields.Selection(
        RESPONSIBLES, "Who", required=True, default="salesperson"
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        index="btree_not_null",
        ondelete="set null",
        domain=[("share", "=", False)],
    )
    activity_kind_id = fields.Many2one(
        "crm.sales.activity.kind",
        "Kind of Activity",
        ondelete="restrict",
        index="btree_not_null",
    )
    note = fields.Text("Result")
    lead_id = fields.Many2one(
        "crm.lead",
        "Opportunity",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    date_reminded = fields.Date(readonly=True, copy=False)
    is_pending = fields.Boolean("To Do", compute="_compute_is_pending")
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("due", "Due"),
            ("late", "Late"),
            ("done", "Done"),
            ("skipped", "Skipped"),
        ],
        required=True,
        default="waiting",
        copy=False,
        index=True,
        group_expand=True,
    )

    # --- COMPUTE

    @api.depends("state", "active")
    def _compute_is_pending(self):
        for milestone in self:
            milestone.is_pending = milestone.active and milestone.state in PENDING

    # --- CREATE, WRITE

    @api.model_create_multi
    def create(self, vals_list):
        """A further step of a case, entered by a person who may see the case.

        Whoever has a step of a case sees the case: nobody gives himself one.
        """
        numbers = {vals.get("after_sale_id") for vals in vals_list}
        numbers.add(self.env.context.get("default_after_sale_id"))
        cases = self.env["crm.after.sale"].browse(filter(None, numbers))
        cases.check_access("write")
        milestones = super().create(vals_list)
        for milestone in milestones.sudo():  # style: CRM109 fields of the system
            milestone.write(
                {
                    "is_added": True,
                    "is_date_fixed": bool(milestone.date_due),
                    "user_id": (
                        milestone.user_id or milestone.after_sale_id.user_id
                    ).id,
                }
            )
        milestones.after_sale_id._refresh()
        return milestones

    def write(self, vals):
        """A day that a person chooses stays, and moves what is counted from it."""
        if "after_sale_id" in vals:
            raise UserError(
                self.env._(
                    "A milestone cannot be moved to another after-sale case. "
                    "Add a new milestone to that case."
                )
            )
        if "state" in vals:
            self._check_by_delivery()
        result = super().write(vals)
        if self.env.context.get("crm_after_sale_system"):
            return result
        if "date_due" in vals:
            system = self.sudo()  # style: CRM109 field of the system
            system.with_context(crm_after_sale_system=True).write(
                {"is_date_fixed": bool(vals["date_due"])}
            )
        if {"date_due", "notice_days", "date_done", "active"} & set(vals):
            self.after_sale_id._refresh()
        if {"user_id", "date_due"} & set(vals):
            self._move_reminders()
        return result

    @api.constrains("date_done")
    def _check_date_done(self):
        for milestone in self:
            if milestone.date_done and milestone.date_done > milestone._get_today():
                raise ValidationError(
                    self.env._(
                        "“%(name)s” cannot have been done on a day in the future. To "
                        "plan it for that day, change its due date.",
                        name=milestone.name,
                    )
                )

    def _check_by_delivery(self):
        """Refuse to say by hand what the host knows."""
        if not self.env.su and (
            known := self.filtered(lambda m: m.kind in BY_DELIVERY)
        ):
            raise UserError(
                self.env._(
                    "“%(name)s” follows from the delivery order of %(order)s. "
                    "Validate the delivery order to mark the milestone as done.",
                    name=known[0].name,
                    order=known[0].sudo().order_id.name,  # style: CRM109 number only
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if done := self.filtered(lambda m: m.state == "done"):
            raise UserError(
                self.env._(
                    "“%(name)s” is done and cannot be deleted. Reopen it first.",
                    name=done[0].name,
                )
            )

    # --- ACTIONS

    def action_done(self):
        """It is done, today unless another day is entered."""
        self.check_access("write")
        self._check_by_delivery()
        for milestone in self.filtered(lambda m: not m.date_done):
            milestone.with_context(
                crm_after_sale_system=True
            ).date_done = milestone._get_today()
        self._move("done")

    def action_skip(self):
        """It is not needed this time."""
        self._move("skip")

    def action_reopen(self):
        """It was not done after all."""
        self._move("reopen")

    def _after_move(self, old_state):
        """End the reminders, and work out the days that are counted from it."""
        system = self.sudo().with_context(  # style: CRM109 follows from the move
            crm_after_sale_system=True
        )
        if self[:1].state in ("done", "skipped"):
            system._drop_reminders()
        elif old_state in ("done", "skipped"):
            system.write({"date_done": False, "date_reminded": False})
        system.after_sale_id._refresh()
        return super()._after_move(old_state)

    def _get_today(self):
        return self.env["crm.sale.fact"]._get_today(self.company_id)
