import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.retention import TRANSITIONS, effect, is_reached

_logger = logging.getLogger(__name__)

# Settled when the programme starts: who is measured and how
SETTLED_FIELDS = {
    "company_id",
    "segment_ids",
    "target_group_id",
    "control_segment_ids",
    "measure_kind",
    "date_start",
}
# Settled when it ends: whether it was a success
SETTLED_AT_THE_END = {"date_end", "target_value"}


class CrmRetentionProgramme(models.Model):
    """What is done to keep the customers of some segments, and whether it helps.

    States and formulas: tools/retention.py; who is measured: crm_retention_measure.py.
    """

    _name = "crm.retention.programme"
    _description = "Retention Programme"
    _inherit = [
        "crm.system.fields.mixin",
        "crm.state.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_start desc, id desc"
    _check_company_auto = True
    _transitions = TRANSITIONS
    _begins_as = "draft"

    # --- DEFINITION
    name = fields.Char(required=True, tracking=True)
    goal = fields.Text(help="What is to be different afterwards, and why.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        ondelete="set null",
        domain="[('share', '=', False)]",
        tracking=True,
    )
    segment_ids = fields.Many2many(
        "crm.segment",
        "crm_retention_programme_segment_rel",
        "programme_id",
        "segment_id",
        string="Segments",
        check_company=True,
        help="The programme is for the customers who are in these segments when it "
        "starts and have bought before.",
    )
    target_group_id = fields.Many2one(
        "crm.target.group",
        check_company=True,
        ondelete="restrict",
        help="Instead of segments.",
    )
    control_segment_ids = fields.Many2many(
        "crm.segment",
        "crm_retention_programme_control_rel",
        "programme_id",
        "segment_id",
        string="Control Segments",
        check_company=True,
        help="With whom they are compared. Empty: all other customers who have "
        "bought before.",
    )
    date_start = fields.Date(
        "First Day", required=True, default=fields.Date.context_today, tracking=True
    )
    date_end = fields.Date("Last Day", required=True, tracking=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("running", "Running"),
            ("finished", "Finished"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        copy=False,
        tracking=True,
        group_expand=True,
    )

    # --- MEASURE OF SUCCESS
    measure_kind = fields.Selection(
        [
            ("repeat", "Repeat Rate (%)"),
            ("revenue", "Revenue per Customer"),
            ("lapsed", "Share without a Purchase (%)"),
            ("orders", "Orders per Customer"),
        ],
        "Measured By",
        required=True,
        default="repeat",
        tracking=True,
        help="Repeat rate: share of the buyers who bought at least twice. The period "
        "before is as long as the programme and ends the day before it starts.",
    )
    target_value = fields.Float("Target", tracking=True)
    value_before = fields.Float("Before", readonly=True, copy=False, aggregator="avg")
    value_after = fields.Float("Since", readonly=True, copy=False, aggregator="avg")
    control_before = fields.Float(readonly=True, copy=False, aggregator="avg")
    control_after = fields.Float(
        "Control Since", readonly=True, copy=False, aggregator="avg"
    )
    effect = fields.Float(
        compute="_compute_effect",
        store=True,
        aggregator="avg",
        help="Change among the programme's customers less the change in the control "
        "group.",
    )
    is_target_reached = fields.Boolean(
        "Target Reached", compute="_compute_effect", store=True
    )
    customer_count = fields.Integer("Customers", readonly=True, copy=False)
    control_count = fields.Integer("Control Customers", readonly=True, copy=False)
    kept_count = fields.Integer("Kept", readonly=True, copy=False)
    kept_beyond = fields.Float("Kept beyond Control", readonly=True, copy=False)
    date_measured = fields.Date("Measured Until", readonly=True, copy=False)
    measure_error = fields.Text("Why It Was Not Measured", readonly=True, copy=False)
    days_measured = fields.Integer(compute="_compute_days")
    days_total = fields.Integer("Days in All", compute="_compute_days")

    # --- MONEY
    budget = fields.Monetary(tracking=True)
    cost_actual = fields.Monetary(
        "Actual Cost", compute="_compute_cost_actual", store=True
    )
    cost_per_kept = fields.Monetary(
        "Cost per Customer Kept",
        compute="_compute_cost_per_kept",
        help="Actual cost, for each customer kept beyond the rate of the control.",
    )

    # --- WORK
    action_ids = fields.One2many(
        "crm.retention.action", "programme_id", string="Actions", copy=True
    )
    customer_ids = fields.One2many(
        "crm.retention.customer",
        "programme_id",
        string="Measured Customers",
        copy=False,
    )

    _end_after_start = models.Constraint(
        "CHECK (date_end >= date_start)",
        "A programme cannot end before it starts. Choose a later last day.",
    )
    _budget_not_negative = models.Constraint(
        "CHECK (budget >= 0)", "A budget cannot be negative."
    )

    # --- COMPUTE

    @api.depends(
        "value_before",
        "value_after",
        "control_before",
        "control_after",
        "control_count",
        "customer_count",
        "date_measured",
        "target_value",
        "measure_kind",
    )
    def _compute_effect(self):
        for programme in self:
            control = (programme.control_before, programme.control_after)
            programme.effect = effect(
                programme.value_before,
                programme.value_after,
                control if programme.control_count else None,
            )
            programme.is_target_reached = bool(
                programme.date_measured
                and programme.customer_count
                and is_reached(
                    programme.measure_kind,
                    programme.value_after,
                    programme.target_value,
                )
            )

    @api.depends("action_ids.cost")
    def _compute_cost_actual(self):
        for programme in self:
            programme.cost_actual = sum(programme.action_ids.mapped("cost"))

    @api.depends("date_start", "date_end", "date_measured")
    def _compute_days(self):
        for programme in self:
            start, end = programme.date_start, programme.date_end
            measured = programme.date_measured
            programme.days_total = (end - start).days + 1 if start and end else 0
            programme.days_measured = (
                max(0, (measured - start).days + 1) if start and measured else 0
            )

    # --- CHECKS

    @api.constrains("segment_ids", "target_group_id", "control_segment_ids")
    def _check_customers(self):
        """A programme is for segments or a target group, and not its own control."""
        for programme in self:
            if programme.target_group_id and programme.segment_ids:
                raise ValidationError(
                    self.env._(
                        "Choose segments or a target group for %s, not both.",
                        programme.name,
                    )
                )
            both = programme.segment_ids & programme.control_segment_ids
            if both:
                raise ValidationError(
                    self.env._(
                        "%(segments)s cannot be compared with itself. Take it out of "
                        "the control.",
                        segments=", ".join(both.mapped("display_name")),
                    )
                )

    # --- CRUD

    def write(self, vals):
        """Who is measured and how is settled once a programme has started."""
        if settled := SETTLED_FIELDS.intersection(vals):
            started = self.filtered(
                lambda p: (
                    p.state in ("running", "finished") and p._differs(settled, vals)
                )
            )
            if started:
                raise UserError(
                    self.env._(
                        "%(names)s has started: who is measured, by what and since "
                        "when stays as it is. Cancel it and start another one.",
                        names=", ".join(started.mapped("name")),
                    )
                )
        if settled := SETTLED_AT_THE_END.intersection(vals):
            ended = self.filtered(
                lambda p: p.state == "finished" and p._differs(settled, vals)
            )
            if ended:
                raise UserError(
                    self.env._(
                        "%(names)s is finished: its last day and its target stay as "
                        "they were measured.",
                        names=", ".join(ended.mapped("name")),
                    )
                )
        return super().write(vals)

    def _differs(self, names, vals):
        """Return whether ``vals`` would change one of the fields ``names``."""
        self.ensure_one()
        future = self.new(vals, origin=self)
        for name in names:
            mine, new = self[name], future[name]
            if isinstance(mine, models.BaseModel):
                new = new._origin
            if mine != new:
                return True
        return False

    @api.ondelete(at_uninstall=False)
    def _unlink_except_measured(self):
        if any(programme.state in ("running", "finished") for programme in self):
            raise UserError(
                self.env._(
                    "What a programme achieved would be lost. Archive it instead."
                )
            )

    # --- ACTIONS

    def action_start(self):
        """Settle who is measured, freeze the figures before, and begin."""
        self._move("start")

    def action_measure(self):
        """Work the result out as of today."""
        for programme in self.filtered(lambda p: p.state == "running"):
            programme._measure_after()

    def action_finish(self):
        """Measure a last time and freeze the result."""
        self._move("finish")

    def action_cancel(self):
        """Stop without a result."""
        self._move("cancel")

    def action_reset(self):
        """Back to draft: who was measured is forgotten."""
        self._move("reset")

    def action_open_measured(self):
        """Open the customers and their purchases before and since."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_retention_customer_action"
        )
        action["domain"] = [("programme_id", "=", self.id)]
        return action

    # --- STATES

    def _after_move(self, old_state):
        for programme in self:
            if programme.state == "running":
                programme._check_may_start()
                programme._settle_customers()
                programme._measure_before()
                programme._measure_after()
            elif programme.state == "finished":
                programme._measure_after()
            elif programme.state == "draft":
                programme.customer_ids.sudo().unlink()  # style: CRM109 system's rows
                programme._forget_figures()
        return super()._after_move(old_state)

    def _check_may_start(self):
        today = self._get_today()
        if not self.segment_ids and not self.target_group_id:
            raise UserError(
                self.env._("Choose the segments or the target group to be kept first.")
            )
        if self.date_start > today:
            raise UserError(
                self.env._(
                    "%(programme)s starts on %(day)s. Start it then, or choose an "
                    "earlier day.",
                    programme=self.name,
                    day=self.date_start,
                )
            )

    def _get_today(self):
        return self.env["crm.sale.fact"]._get_today(self.company_id)

    # --- CRON

    @api.model
    def _cron_measure(self):
        """Measure what runs; finish what is over. Each one once a day."""
        waiting = self.search([("state", "=", "running")], order="id")
        waiting = waiting.filtered(lambda p: p._is_measure_due())
        for done, programme in enumerate(waiting, start=1):
            programme = programme.try_lock_for_update(allow_referencing=True)
            if programme:
                programme._measure_in_background()
            remaining = len(waiting) - done
            if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                break

    def _is_measure_due(self):
        """Return whether there is a day that has not been measured yet."""
        today = self._get_today()
        return today > self.date_end or (self.date_measured or today) <= today - (
            timedelta(days=1)
        )

    def _measure_in_background(self):
        """Measure; on error note it, so that the others get their turn."""
        try:
            with self.env.cr.savepoint():
                if self._get_today() > self.date_end:
                    self._move("finish")
                else:
                    self._measure_after()
        except Exception as e:  # whatever it is, the others get their turn
            _logger.info("Programme %s not measured: %s", self.id, e, exc_info=True)
            self.env.invalidate_all()
            self.measure_error = str(e) or type(e).__name__
