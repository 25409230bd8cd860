from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from ...tools.visit_plan_states import VISIT_PLAN, VISIT_PLAN_SYSTEM, plan_actions

STATES = [
    ("draft", "Draft"),
    ("generated", "Generated"),
    ("active", "Active"),
    ("closed", "Closed"),
]
LOCKED = ("company_id", "date_from", "date_to")


class CrmVisitPlan(models.Model):
    """Who visits which customers in a year or a quarter, and when.

    - ``crm_visit_plan_generate.py``: whom to visit, how often, on which day
    - ``crm_visit_plan_rows.py``: the proposals, written all at once
    - ``crm_visit_plan_schedule.py``: proposals put into calendars; jobs
    """

    _name = "crm.visit.plan"
    _description = "Visit Plan"
    _inherit = ["crm.state.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, id desc"
    _check_company_auto = True
    _transitions = VISIT_PLAN
    _system_actions = VISIT_PLAN_SYSTEM
    _begins_as = "draft"

    # What it is
    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        STATES, default="draft", required=True, copy=False, index=True, tracking=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    team_id = fields.Many2one(
        "crm.team", "Sales Team", ondelete="set null", check_company=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Planned By",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        tracking=True,
    )
    period = fields.Selection(
        [("year", "Year"), ("quarter", "Quarter"), ("other", "Other Period")],
        default="year",
        required=True,
    )
    date_from = fields.Date(
        "From", required=True, default=lambda self: self._default_date_from()
    )
    date_to = fields.Date(
        "To",
        compute="_compute_date_to",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    note = fields.Html()

    # Whom to visit
    person_ids = fields.One2many(
        "crm.visit.plan.person", "plan_id", "People", copy=True
    )
    is_unassigned_included = fields.Boolean(
        "Customers without a Salesperson",
        default=True,
        help="Customers without a salesperson are given to the person with the most "
        "free capacity.",
    )
    is_lead_included = fields.Boolean(
        "Visits for Opportunities",
        help="Each open opportunity with at least the probability entered below gets "
        "a visit before the end of the quarter.",
    )
    lead_probability = fields.Float("Minimum Probability (%)", default=50.0)
    min_gap_days = fields.Integer(
        "Days between Visits",
        default=7,
        help="The minimum number of days between two visits to a customer. It is "
        "never more than half of the usual time from one visit to the next.",
    )

    # What is planned
    kind_id = fields.Many2one(
        "crm.sales.activity.kind",
        "Kind of Visit",
        required=True,
        ondelete="restrict",
        check_company=True,
        domain=[("is_visit", "=", True)],
        default=lambda self: self._default_kind_id(),
    )
    template_id = fields.Many2one(
        "crm.visit.template",
        ondelete="set null",
        check_company=True,
        help="Leave empty to use the template that suits each customer.",
    )
    hour_from = fields.Float("Start of First Visit", default=9.0)
    hour_to = fields.Float("Last Visit before", default=17.0)

    # What came of it
    visit_ids = fields.One2many("crm.sales.activity", "plan_id", "Visits")
    visit_count = fields.Integer("Number of Visits", compute="_compute_visit_count")
    proposed_count = fields.Integer("Proposed", compute="_compute_visit_count")
    ahead_count = fields.Integer("Planned", compute="_compute_visit_count")
    done_count = fields.Integer("Done", compute="_compute_visit_count")
    cancelled_count = fields.Integer("Cancelled", compute="_compute_visit_count")
    lead_count = fields.Integer("Opportunities Visited", compute="_compute_leads")
    lead_won_count = fields.Integer("Opportunities Won", compute="_compute_leads")
    conversion_rate = fields.Float(
        "Conversion Rate (%)",
        compute="_compute_leads",
        help="The share of the opportunities won among those for which the plan has a "
        "visit.",
    )
    date_generated = fields.Datetime("Generated On", readonly=True, copy=False)
    result = fields.Text(
        readonly=True,
        copy=False,
        help="What the last run planned, and what it found no room for.",
    )
    job = fields.Selection(
        [("generate", "Generating Visits"), ("schedule", "Scheduling Visits")],
        "Background Job",
        readonly=True,
        copy=False,
    )
    job_user_ids = fields.Many2many(
        "res.users",
        "crm_visit_plan_job_user_rel",
        "plan_id",
        "user_id",
        "People of the Job",
        readonly=True,
        copy=False,
    )
    job_error = fields.Text("Error", readonly=True, copy=False)

    _end_after_start = models.Constraint(
        "CHECK(date_to >= date_from)", "A plan cannot end before it begins."
    )
    _figures = models.Constraint(
        "CHECK(min_gap_days >= 0 AND hour_from >= 0 AND hour_to <= 24 "
        "AND hour_to > hour_from)",
        "The days between visits cannot be negative, and the last visit must be later "
        "than the first visit.",
    )

    # --- DEFAULTS

    @api.model
    def _default_date_from(self):
        """The next year, from October on; before that, the present one."""
        today = fields.Date.context_today(self)
        return today.replace(year=today.year + (today.month >= 10), month=1, day=1)

    @api.model
    def _default_kind_id(self):
        """The first kind of visits that the company uses."""
        companies = [False, self.env.company.id]
        return self.env["crm.sales.activity.kind"].search(
            [("is_visit", "=", True), ("company_id", "in", companies)], limit=1
        )

    # --- COMPUTE

    @api.depends("period", "date_from")
    def _compute_date_to(self):
        months = {"year": 12, "quarter": 3}
        for plan in self:
            length = months.get(plan.period)
            if plan.date_from and length:
                after = fields.Date.add(plan.date_from, months=length)
                plan.date_to = after - timedelta(1)
            else:
                plan.date_to = plan.date_to or plan.date_from

    @api.depends("state", "job")
    @api.depends_context("uid")
    def _compute_allowed_actions(self):
        """Generating and scheduling change no state, or not always."""
        may_move = self._may_move()
        for plan in self:
            actions = plan_actions(plan.state) if may_move and not plan.job else []
            plan.allowed_actions = ",".join(actions)

    @api.depends("visit_ids.state")
    def _compute_visit_count(self):
        counts = {}
        for plan, state, count in self.env["crm.sales.activity"]._read_group(
            [("plan_id", "in", self.ids)], ["plan_id", "state"], ["__count"]
        ):
            counts.setdefault(plan, {})[state] = count
        for plan in self:
            found = counts.get(plan._origin, {})
            plan.visit_count = sum(found.values())
            plan.proposed_count = found.get("proposed", 0)
            plan.ahead_count = found.get("planned", 0) + found.get("confirmed", 0)
            plan.done_count = found.get("done", 0)
            plan.cancelled_count = found.get("cancelled", 0)

    @api.depends("visit_ids.lead_id.won_status")
    def _compute_leads(self):
        leads = dict(
            self.env["crm.sales.activity"]._read_group(
                [("plan_id", "in", self.ids), ("lead_id", "!=", False)],
                ["plan_id"],
                ["lead_id:recordset"],
            )
        )
        for plan in self:
            visited = leads.get(plan._origin, self.env["crm.lead"])
            won = visited.filtered(lambda lead: lead.won_status == "won")
            plan.lead_count = len(visited)
            plan.lead_won_count = len(won)
            plan.conversion_rate = 100 * len(won) / len(visited) if visited else 0.0

    # --- CHECKS

    @api.onchange("team_id")
    def _onchange_team_id(self):
        """Begin with the members of the team."""
        known = self.person_ids.user_id
        members = self.team_id.member_ids - known
        self.person_ids = [Command.create({"user_id": user.id}) for user in members]

    @api.constrains("date_from", "date_to")
    def _check_length(self):
        for plan in self:
            if (plan.date_to - plan.date_from).days > 366:
                raise ValidationError(
                    self.env._(
                        "“%s” is longer than a year. Create one plan for each year.",
                        plan.name,
                    )
                )

    def write(self, vals):
        """A plan with visits keeps its company and its period."""
        if not set(LOCKED).isdisjoint(vals):
            fixed = self.filtered(lambda plan: plan.state != "draft")
            for plan in fixed:
                changed = any(
                    self._fields[name].convert_to_cache(vals[name], plan)
                    != self._fields[name].convert_to_cache(plan[name], plan)
                    for name in LOCKED
                    if name in vals
                )
                if changed:
                    raise UserError(
                        self.env._(
                            "“%s” has visits, so its period and company cannot be "
                            "changed. Press “Back to Draft” first, or create another "
                            "plan.",
                            plan.name,
                        )
                    )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_visits(self):
        """Keep plans of visits that were taken up."""
        if taken_up := self._find_taken_up():
            raise UserError(
                self.env._(
                    "“%s” has visits that are planned, done or cancelled, so it "
                    "cannot be deleted. Archive it instead.",
                    taken_up.plan_id.name,
                )
            )
        self._drop_proposals()

    def _find_taken_up(self):
        """Return a visit of these plans that is more than a proposal, or none."""
        visits = self.env["crm.sales.activity"].sudo()  # style: CRM109 yes or no
        return visits.search(
            [("plan_id", "in", self.ids), ("state", "!=", "proposed")], limit=1
        )

    def _drop_proposals(self):
        """Remove the proposals of these plans; what was taken up stays."""
        visits = self.env["crm.sales.activity"].sudo()  # style: CRM109 of these plans
        visits.search(
            [("plan_id", "in", self.ids), ("state", "=", "proposed")]
        ).unlink()

    # --- ACTIONS

    def action_reset(self):
        """Change the period or the people: remove the proposals."""
        if taken_up := self._find_taken_up():
            raise UserError(
                self.env._(
                    "“%s” has visits that are more than proposals already. Generate "
                    "its visits anew, or close it and create another plan.",
                    taken_up.plan_id.name,
                )
            )
        self._move("reset")
        self._drop_proposals()

    def action_close(self):
        """The period is over: remove proposals that nobody took up."""
        self._move("close")
        self._drop_proposals()

    def action_reopen(self):
        """Take the plan up again."""
        self._move("reopen")

    def action_open_visits(self):
        """Open the visits of the plan."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.crm_visit_action_list"
        )
        return {
            **action,
            "name": self.name,
            "domain": [("plan_id", "=", self.id)],
            "context": {"create": False},
        }
