from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...tools.sales_activity_states import AHEAD, SALES_ACTIVITY

STATES = [
    ("proposed", "Proposed"),
    ("planned", "Planned"),
    ("confirmed", "Confirmed"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]


class CrmSalesActivity(models.Model):
    """A touch: one time that we are in contact with a customer, planned or done.

    The host's scheduled activity, meeting or e-mail that is the same touch is
    linked, one touch each, so that nothing counts twice. The customer is the
    commercial entity; ``contact_ids`` keeps whom we spoke to.

    - ``crm_sales_activity_customer.py``: the customer in the place of a contact
    - ``crm_sales_activity_move.py``: what each move of the table asks for
    - ``crm_sales_activity_event.py``: the meeting in the calendar, both ways
    """

    _name = "crm.sales.activity"
    _description = "Sales Activity"
    _inherit = [
        "crm.screen.read.mixin",
        "crm.state.mixin",
        "crm.document.flow.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_start desc, id desc"
    _check_company_auto = True
    _transitions = SALES_ACTIVITY
    _system_actions = set()

    # What it is
    name = fields.Char(
        "Subject",
        compute="_compute_name",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        tracking=True,
    )
    kind_id = fields.Many2one(
        "crm.sales.activity.kind",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        default=lambda self: self._default_kind_id(),
    )
    is_visit = fields.Boolean(related="kind_id.is_visit", store=True, precompute=True)
    medium_id = fields.Many2one(
        "utm.medium",
        "Channel",
        compute="_compute_from_kind",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    direction = fields.Selection(
        [("out", "Outgoing"), ("in", "Incoming")], default="out", required=True
    )
    source = fields.Selection(
        [
            ("manual", "By Hand"),
            ("activity", "Scheduled Activity"),
            ("meeting", "Meeting"),
            ("email", "E-mail"),
            ("next", "Next Step"),
        ],
        default="manual",
        required=True,
        readonly=True,
        copy=False,
        help="How the activity was created.",
    )

    # Who
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        ondelete="cascade",
        tracking=True,
        help="The company or person as a customer; for a contact, their company.",
    )
    contact_ids = fields.Many2many(
        "res.partner",
        "crm_sales_activity_contact_rel",
        "activity_id",
        "partner_id",
        string="People of the Customer",
        domain="[('id', 'child_of', partner_id)]",
        help="The people who took part on the customer's side.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        required=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    user_ids = fields.Many2many(
        "res.users",
        "crm_sales_activity_user_rel",
        "activity_id",
        "user_id",
        "Our People",
        compute="_compute_user_ids",
        store=True,
        readonly=False,
        domain=[("share", "=", False)],
        help="The people who take part on our side, including the person responsible.",
    )
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )

    # When
    date_start = fields.Datetime(
        "Start", required=True, default=fields.Datetime.now, index=True, tracking=True
    )
    duration = fields.Float(
        "Duration (Hours)",
        compute="_compute_duration",
        store=True,
        readonly=False,
        precompute=True,
    )
    date_end = fields.Datetime(
        "End",
        compute="_compute_date_end",
        inverse="_inverse_date_end",
        store=True,
        precompute=True,
    )
    state = fields.Selection(
        STATES,
        default="planned",
        required=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    is_scheduled = fields.Boolean(
        "Was Planned",
        compute="_compute_is_scheduled",
        store=True,
        precompute=True,
        help="It was more than a proposal at some time.",
    )
    is_overdue = fields.Boolean(
        "Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )

    # What came of it
    outcome_id = fields.Many2one(
        "crm.sales.activity.outcome",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="['|', ('kind_ids', '=', False), ('kind_ids', 'in', kind_id)]",
    )
    findings = fields.Text(copy=False, help="What was learnt from the activity.")
    next_step = fields.Char(copy=False, help="What was agreed as the next step.")
    next_date = fields.Date(copy=False)
    next_kind_id = fields.Many2one(
        "crm.sales.activity.kind",
        copy=False,
        ondelete="restrict",
        help="The kind of the next activity; by default, the kind of this activity.",
    )
    next_activity_id = fields.Many2one(
        "crm.sales.activity",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    date_done = fields.Datetime("Done On", readonly=True, copy=False)
    done_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    cancel_reason = fields.Text(readonly=True, copy=False)

    # What it costs
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind_cost = fields.Monetary(
        "Own Cost",
        compute="_compute_kind_cost",
        store=True,
        readonly=False,
        precompute=True,
        help="The cost of the activity itself; by default, the cost of its kind.",
    )
    cost = fields.Monetary(
        "Total Cost",
        compute="_compute_cost",
        store=True,
        help="The cost of the activity plus the expenses linked to it.",
    )

    # What it belongs to
    lead_id = fields.Many2one(
        "crm.lead",
        "Opportunity",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        domain="[('partner_id', 'child_of', partner_id)]",
    )
    document_ids = fields.One2many(
        "crm.sales.activity.document", "activity_id", "Documents"
    )
    event_id = fields.Many2one(
        "calendar.event", "Meeting", readonly=True, copy=False, ondelete="set null"
    )
    mail_activity_id = fields.Many2one(
        "mail.activity",
        "Scheduled Activity",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    mail_message_id = fields.Many2one(
        "mail.message", "E-mail", readonly=True, copy=False, ondelete="set null"
    )

    _changed_idx = models.Index("(write_date)")
    _event_unique = models.UniqueIndex(
        "(event_id) WHERE event_id IS NOT NULL",
        "This meeting has a sales activity already.",
    )
    _mail_activity_unique = models.UniqueIndex(
        "(mail_activity_id) WHERE mail_activity_id IS NOT NULL",
        "This scheduled activity has a sales activity already.",
    )
    _mail_message_unique = models.UniqueIndex(
        "(mail_message_id) WHERE mail_message_id IS NOT NULL",
        "This e-mail has a sales activity already.",
    )
    _partner_date_index = models.Index("(partner_id, date_start)")
    _user_date_index = models.Index("(user_id, date_start)")
    _duration_positive = models.Constraint(
        "CHECK(duration >= 0)", "The duration of an activity cannot be negative."
    )

    # --- DEFAULTS

    @api.model
    def _default_kind_id(self):
        """The first kind that the company uses."""
        companies = [False, self.env.company.id]
        return self.env["crm.sales.activity.kind"].search(
            [("company_id", "in", companies)], limit=1
        )

    # --- COMPUTE

    @api.depends("kind_id")
    def _compute_name(self):
        for activity in self:
            activity.name = activity.name or activity.kind_id.name

    @api.depends("kind_id")
    def _compute_from_kind(self):
        for activity in self:
            activity.medium_id = activity.kind_id.medium_id

    @api.depends("kind_id")
    def _compute_duration(self):
        for activity in self:
            activity.duration = activity.kind_id.duration

    @api.depends("date_start", "duration")
    def _compute_date_end(self):
        for activity in self:
            activity.date_end = activity.date_start and (
                activity.date_start + timedelta(hours=activity.duration)
            )

    def _inverse_date_end(self):
        for activity in self.filtered("date_end"):
            hours = (activity.date_end - activity.date_start).total_seconds() / 3600
            activity.duration = max(hours, 0.0)

    @api.depends("user_id")
    def _compute_user_ids(self):
        for activity in self:
            activity.user_ids |= activity.user_id

    @api.depends("user_id", "lead_id")
    def _compute_team_id(self):
        for activity in self:
            team = activity.lead_id.team_id or activity.user_id.sale_team_id
            if team.company_id and team.company_id != activity.company_id:
                team = team.browse()
            activity.team_id = team

    @api.depends("state")
    def _compute_is_scheduled(self):
        for activity in self:
            activity.is_scheduled = activity.is_scheduled or (
                activity.state not in ("proposed", "cancelled")
            )

    @api.depends("state", "date_end")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for activity in self:
            end = activity.date_end
            activity.is_overdue = activity.state in AHEAD and bool(end) and end < now

    def _search_is_overdue(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return [("state", "in", AHEAD), ("date_end", "<", fields.Datetime.now())]

    @api.depends("kind_id", "company_id")
    def _compute_kind_cost(self):
        today = fields.Date.context_today(self)
        for activity in self:
            kind, company = activity.kind_id, activity.company_id
            activity.kind_cost = (
                kind.currency_id._convert(
                    kind.cost, company.currency_id, company, today
                )
                if kind and company
                else 0.0
            )

    @api.depends("kind_cost")
    def _compute_cost(self):
        for activity in self:
            activity.cost = activity.kind_cost

    # --- CHECKS

    @api.constrains("outcome_id", "kind_id")
    def _check_outcome_kind(self):
        for activity in self.filtered("outcome_id"):
            kinds = activity.outcome_id.kind_ids
            if kinds and activity.kind_id not in kinds:
                raise ValidationError(
                    self.env._(
                        "The outcome “%(outcome)s” is not available for the kind "
                        "“%(kind)s”. Choose another outcome.",
                        outcome=activity.outcome_id.name,
                        kind=activity.kind_id.name,
                    )
                )

    @api.model
    def _get_ahead_domain(self):
        """Return what is agreed and still to be done."""
        return Domain("state", "in", AHEAD)
