from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import plaintext2html

from ...tools.complaint_states import OPEN_STEP_STATES, STEP, STEP_SYSTEM
from .crm_service_team_department import DEPARTMENTS

# who does the work of a department, besides the one who is responsible
DEPARTMENT_GROUPS = {
    "agent": "crm_service.group_agent",
    "service_head": "crm_service.group_manager",
    "leader": "crm_service.group_manager",
    "finance": "account.group_account_invoice",
    "warehouse": "stock.group_stock_user",
    "shipping": "stock.group_stock_user",
}
# what people may change; all else follows from the buttons
OWN_FIELDS = {"user_id", "date_due"}


class CrmComplaintStep(models.Model):
    """What one department has to do for a complaint, and how long it took.

    A step says itself what has to be known (number, customer, address, products),
    so that finance and warehouse need no right on the complaint. A gate holds the
    decision until it is done: nothing is shipped or paid before.
    """

    _name = "crm.complaint.step"
    _description = "Step of a Complaint"
    _inherit = [
        "crm.complaint.part.mixin",
        "crm.state.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "complaint_id desc, round, sequence, id"

    _changed_idx = models.Index("(write_date)")
    _check_company_auto = True
    # departments read their steps only, and have something to say about them
    _mail_post_access = "read"
    _transitions = STEP
    _system_actions = STEP_SYSTEM

    # What has to be done, by whom
    name = fields.Char("To Do", required=True, readonly=True)
    complaint_id = fields.Many2one(
        "crm.complaint", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="complaint_id.company_id", store=True, index=True
    )
    sequence = fields.Integer(
        default=10,
        readonly=True,
        help="Steps with the same number are done in parallel. The steps with the "
        "next number follow when all of them are completed.",
    )
    round = fields.Integer(
        default=1,
        readonly=True,
        help="Increases by one each time the complaint is decided.",
    )
    department = fields.Selection(DEPARTMENTS, required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        domain=[("share", "=", False)],
        index="btree_not_null",
        tracking=True,
        help="Leave empty if anyone in the department can take the step.",
    )
    is_gate = fields.Boolean(
        "Blocking Step",
        readonly=True,
        help="Nothing is carried out before this step is completed, and it cannot "
        "be skipped.",
    )
    is_mine = fields.Boolean(compute="_compute_is_mine")

    # What has to be known: a copy, of when it was decided
    complaint_name = fields.Char("Complaint Number", readonly=True)
    customer_name = fields.Char("Customer", readonly=True)
    ship_to = fields.Text("Ship-to Address", readonly=True)
    products = fields.Text(readonly=True, help="The products with their quantities.")
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    amount = fields.Monetary(readonly=True, aggregator=None)
    message = fields.Text(readonly=True)

    # Where it stands
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("ready", "Ready"),
            ("done", "Done"),
            ("returned", "Returned"),
            ("skipped", "Skipped"),
            ("void", "Void"),
        ],
        default="waiting",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    hours = fields.Float(
        "Time Allowed (Hours)", default=8.0, readonly=True, aggregator=None
    )
    date_ready = fields.Datetime("Ready Since", readonly=True, copy=False)
    date_due = fields.Datetime("Due", index="btree_not_null", copy=False)
    date_start = fields.Datetime("Started On", readonly=True, copy=False)
    date_end = fields.Datetime("Ended On", readonly=True, copy=False)
    waiting_hours = fields.Float(
        "Time until Start (Hours)", readonly=True, aggregator="avg", copy=False
    )
    working_hours = fields.Float(
        "Processing Time (Hours)", readonly=True, aggregator="avg", copy=False
    )
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")
    reason = fields.Text(readonly=True, copy=False)
    done_by_id = fields.Many2one("res.users", "Ended By", readonly=True, copy=False)

    # --- COMPUTE

    @api.depends("user_id", "department")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for step in self:
            step.is_mine = step._is_worker(self.env.user)

    @api.depends("state", "date_due")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for step in self:
            is_open = step.state in OPEN_STEP_STATES
            step.is_late = is_open and bool(step.date_due) and step.date_due < now

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = [
            ("state", "in", OPEN_STEP_STATES),
            ("date_due", "<", fields.Datetime.now()),
        ]
        if set(value) == {True}:
            return late
        return NotImplemented

    @api.depends("complaint_name", "name")
    def _compute_display_name(self):
        for step in self:
            parts = (step.complaint_name, step.name)
            step.display_name = ": ".join(filter(None, parts))

    def _is_worker(self, user):
        """Return whether ``user`` does this step: responsible, or of the department."""
        return user == self.user_id or user.has_group(
            DEPARTMENT_GROUPS[self.department]
        )

    # --- CHECKS

    @api.constrains("user_id", "department")
    def _check_user_id(self):
        """A gate is no gate if anybody can be put in front of it."""
        for step in self.filtered("user_id"):
            group = DEPARTMENT_GROUPS[step.department]
            user = step.user_id.sudo()  # style: CRM109 groups of the one chosen
            if step.department in ("service_head", "leader"):
                continue
            if not user.has_group(group):
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work for the department of “%(step)s”. "
                        "Choose a user of this department.",
                        user=user.name,
                        step=step.name,
                    )
                )

    # --- CRUD

    def write(self, vals):
        if not self.env.su and set(vals) - OWN_FIELDS:
            raise AccessError(
                self.env._(
                    "A step can only be changed with its buttons. You can still edit "
                    "the responsible person and the due date."
                )
            )
        moved = self.browse()
        if vals.get("user_id"):
            moved = self.filtered(lambda s: s.user_id.id != vals["user_id"])
        result = super().write(vals)
        moved._plan_activity()
        return result

    # --- ACTIONS

    def action_start(self):
        """I work on it."""
        for step in self._get_workable():
            if step.state != "ready":
                raise step._get_move_error()
            if step.date_start:
                continue
            now = fields.Datetime.now()
            step.write(
                {
                    "user_id": self.env.uid,
                    "date_start": now,
                    "waiting_hours": step._count_hours(step.date_ready, now),
                }
            )

    def action_done(self):
        """It is done: the next step, or the complaint, goes on."""
        for step in self._get_workable():
            step._finish("done")

    def action_return(self, reason=False):
        """It cannot be done: the decision goes back to the agent, with the reason."""
        self._check_reason(reason)
        for step in self._get_workable():
            step._finish("return", reason)

    def action_skip(self, reason=False):
        """Go on without it. A gate cannot be skipped."""
        self._check_reason(reason)
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group("crm_service.group_manager")):
            raise AccessError(
                self.env._("Only managers of customer service can skip a step.")
            )
        for step in self.sudo():  # style: CRM109 right was checked above
            if step.is_gate:
                raise UserError(
                    self.env._(
                        "“%(step)s” protects money or stock and cannot be skipped. "
                        "Ask the department to complete it.",
                        step=step.display_name,
                    )
                )
            step._finish("skip", reason)

    def action_ask_return(self):
        """Ask why it cannot be done."""
        return self._ask_reason("return")

    def action_ask_skip(self):
        """Ask why it is skipped."""
        return self._ask_reason("skip")

    def _ask_reason(self, action):
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_service.crm_complaint_reason_action"
            ),
            "context": {"default_step_ids": self.ids, "default_action": action},
        }

    # --- WORK

    @api.model
    def _may_move(self):
        """A department moves its own steps without a right to write them."""
        return True

    def _check_reason(self, reason):
        if not (reason or "").strip():
            raise UserError(self.env._("Enter the reason. It stays on record."))

    def _get_workable(self):
        """Return these steps as the product, for somebody whose work they are."""
        self.check_access("read")
        for step in self:
            if not self.env.su and not step._is_worker(self.env.user):
                raise AccessError(
                    self.env._(
                        "“%(step)s” is the responsibility of %(department)s. Ask them "
                        "to do it.",
                        step=step.display_name,
                        department=dict(
                            self._fields["department"]._description_selection(self.env)
                        )[step.department],
                    )
                )
        return self.sudo()  # style: CRM109 whose work it is was checked above

    def _finish(self, action, reason=False):
        """End one step; as superuser."""
        self.ensure_one()
        self.complaint_id._lock()
        now = fields.Datetime.now()
        self._move(action)
        begin = self.date_start or now
        vals = {
            "date_start": begin,
            "date_end": now,
            "done_by_id": self.env.uid,
            "reason": reason,
            "working_hours": self._count_hours(begin, now),
        }
        if not self.date_start:
            vals["waiting_hours"] = self._count_hours(self.date_ready, now)
        self.write(vals)
        self.activity_unlink(["mail.mail_activity_data_todo"])
        self._log_on_complaint(reason)
        if self.state == "returned":
            self.complaint_id._on_step_returned(self)
        else:
            self.complaint_id._on_step_closed(self)

    def _count_hours(self, start, end):
        complaint = self.complaint_id
        if not start:
            return 0.0
        return complaint.team_id._count_hours(start, end, complaint.company_id)

    def _log_on_complaint(self, reason):
        labels = dict(self._fields["state"]._description_selection(self.env))
        text = f"{self.name}: {labels[self.state]}"
        self.complaint_id._message_log(
            body=plaintext2html(f"{text}. {reason}" if reason else text),
            author_id=self.env.user.partner_id.id,
        )

    def _set_ready(self):
        """It is the turn of these steps; as superuser."""
        now = fields.Datetime.now()
        for step in self:
            complaint = step.complaint_id
            team = complaint.team_id
            step.write(
                {
                    "state": "ready",
                    "date_ready": now,
                    "date_due": step.date_due
                    or team._plan_hours(step.hours, now, complaint.company_id),
                }
            )
        self._plan_activity()

    def _plan_activity(self):
        """Tell whoever is responsible, once."""
        for step in self.sudo():  # style: CRM109 whoever hands it over
            step.activity_unlink(["mail.mail_activity_data_todo"])
            if step.state == "ready" and step.user_id.active:
                due = fields.Datetime.context_timestamp(step, step.date_due)
                step.activity_schedule(
                    "mail.mail_activity_data_todo",
                    due.date(),
                    summary=step.name,
                    user_id=step.user_id.id,
                )
