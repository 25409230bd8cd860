from odoo import SUPERUSER_ID, api, fields, models

from ...tools.complaint_states import COMPLAINT, COMPLAINT_SYSTEM, OPEN_STATES
from .crm_complaint_kind import PRIORITIES, TYPES

# what a customer who signs in never reads
INTERNAL = "base.group_user"
STATES = [
    ("new", "New"),
    ("progress", "In Progress"),
    ("decided", "Decided"),
    ("execution", "In Execution"),
    ("inform", "Inform the Customer"),
    ("follow_up", "Follow-Up Call"),
    ("confirmed", "Confirmed"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
PROMISE_STATES = [
    ("ok", "On Time"),
    ("warned", "Due Soon"),
    ("late", "Late"),
    ("kept", "Kept"),
    ("broken", "Broken"),
]


class CrmComplaint(models.Model):
    """A customer is not satisfied: one closed loop from receiving it to its result.

    The states stand in ``tools/complaint_states.py``; what each button does in
    ``crm_complaint_move.py``, promised times in ``crm_complaint_clock.py``, the
    hand-over to other departments in ``crm_complaint_handover.py``.
    """

    _name = "crm.complaint"
    _description = "Complaint"
    _inherit = [
        "crm.state.mixin",
        "crm.approval.mixin",
        "crm.document.flow.mixin",
        "mail.thread.cc",
        "mail.activity.mixin",
        "portal.mixin",
    ]
    _order = "priority desc, id desc"
    _rec_names_search = ["name", "title", "partner_id.complete_name"]
    _check_company_auto = True
    _primary_email = "email_from"
    _transitions = COMPLAINT
    _system_actions = COMPLAINT_SYSTEM

    def _default_user_id(self):
        """Return the agent who enters it; what comes in by itself is nobody's."""
        user = self.env.user
        is_agent = user.id != SUPERUSER_ID and user.has_group("crm_service.group_agent")
        return user if is_agent else user.browse()

    # What it is
    name = fields.Char("Number", readonly=True, copy=False, index="trigram")
    title = fields.Char(
        "Subject", compute="_compute_title", store=True, readonly=False, precompute=True
    )
    kind_id = fields.Many2one(
        "crm.complaint.kind", index=True, ondelete="restrict", tracking=True
    )
    type = fields.Selection(TYPES, compute="_compute_type", store=True, precompute=True)
    cause_id = fields.Many2one(
        "crm.complaint.cause",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        groups=INTERNAL,
    )
    is_cause_required = fields.Boolean(related="kind_id.is_cause_required")
    description = fields.Text("What the Customer Says")
    internal_note = fields.Html(groups=INTERNAL)
    wish = fields.Selection(
        [
            ("replacement", "Replacement"),
            ("refund", "Money Back"),
            ("discount", "Discount"),
            ("repair", "Repair"),
            ("answer", "An Answer"),
            ("none", "Nothing"),
        ],
        "Customer's Wish",
    )
    wish_note = fields.Char("Wish Details")
    channel = fields.Selection(
        [
            ("portal", "Portal"),
            ("email", "E-mail"),
            ("phone", "Phone"),
            ("survey", "Survey"),
            ("visit", "Visit"),
            ("hand", "Manual Entry"),
        ],
        "Received Via",
        default="hand",
        required=True,
    )
    priority = fields.Selection(
        PRIORITIES,
        compute="_compute_priority",
        store=True,
        readonly=False,
        precompute=True,
    )
    tag_ids = fields.Many2many("crm.complaint.tag", string="Tags", groups=INTERNAL)
    merged_into_id = fields.Many2one(
        "crm.complaint",
        "Duplicate Of",
        index="btree_not_null",
        check_company=True,
        copy=False,
        tracking=True,
        groups=INTERNAL,
    )

    # Who complains, and who handles it
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner", "Contact", index=True, ondelete="restrict", tracking=True
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        related="partner_id.commercial_partner_id",
        store=True,
        index=True,
    )
    partner_name = fields.Char(
        "Contact Name", compute="_compute_partner_name", store=True, readonly=False
    )
    email_from = fields.Char(
        "E-mail", compute="_compute_email_from", store=True, readonly=False
    )
    phone = fields.Char(compute="_compute_phone", store=True, readonly=False)
    team_id = fields.Many2one(
        "crm.service.team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        check_company=True,
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Agent",
        default=lambda self: self._default_user_id(),
        index=True,
        domain=[("share", "=", False)],
        copy=False,
        tracking=True,
    )

    # What was bought
    order_id = fields.Many2one(
        "sale.order",
        "Sales Order",
        index="btree_not_null",
        check_company=True,
        domain="[('partner_id.commercial_partner_id', '=?', commercial_partner_id), "
        "('state', '=', 'sale')]",
        tracking=True,
    )
    delivery_partner_id = fields.Many2one(
        "res.partner",
        "Ship-to Address",
        compute="_compute_delivery_partner_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        help="Where a replacement is sent. This is the delivery address of the "
        "order unless it is changed.",
    )
    line_ids = fields.One2many(
        "crm.complaint.line", "complaint_id", string="Products", copy=True
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        ondelete="restrict",
    )
    amount = fields.Monetary(
        "Value of the Goods", compute="_compute_amount", store=True, aggregator=None
    )
    company_currency_id = fields.Many2one(
        "res.currency", "Company Currency", related="company_id.currency_id"
    )
    amount_company = fields.Monetary(
        "Value in Company Currency",
        compute="_compute_amount",
        store=True,
        currency_field="company_currency_id",
        groups=INTERNAL,
    )

    # Where it stands
    state = fields.Selection(
        STATES,
        default="new",
        required=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    is_open = fields.Boolean(compute="_compute_is_open", store=True, precompute=True)
    date_received = fields.Datetime(
        "Received On",
        default=fields.Datetime.now,
        required=True,
        copy=False,
        tracking=True,
    )
    date_replied = fields.Datetime("First Reply On", readonly=True, copy=False)
    date_decided = fields.Datetime("Decided On", readonly=True, copy=False)
    date_executed = fields.Datetime("Executed On", readonly=True, copy=False)
    date_told = fields.Datetime("Customer Informed On", readonly=True, copy=False)
    date_confirmed = fields.Datetime("Confirmed On", readonly=True, copy=False)
    date_closed = fields.Datetime("Closed On", readonly=True, copy=False)
    reopen_count = fields.Integer("Times Reopened", readonly=True, copy=False)
    skip_count = fields.Integer(
        "Skipped",
        readonly=True,
        copy=False,
        groups=INTERNAL,
        help="The number of steps of the process that were skipped.",
    )
    result = fields.Selection(
        [
            ("resolved", "Resolved"),
            ("partly", "Partly Resolved"),
            ("rejected", "Rejected"),
            ("withdrawn", "Withdrawn by the Customer"),
        ],
        copy=False,
        tracking=True,
    )
    result_note = fields.Text("Final Result", copy=False, tracking=True)
    step_ids = fields.One2many(
        "crm.complaint.step", "complaint_id", string="Steps", groups=INTERNAL
    )

    # What was promised; see crm_complaint_clock.py
    is_waiting = fields.Boolean(
        "Waiting for the Customer",
        readonly=True,
        copy=False,
        tracking=True,
        help="The promised times are paused.",
    )
    waiting_since = fields.Datetime(readonly=True, copy=False)
    waiting_hours = fields.Float(
        "Waiting Time (Hours)",
        readonly=True,
        copy=False,
        help="The total waiting time in working hours.",
    )
    deadline_reply = fields.Datetime("Reply By", readonly=True, copy=False)
    deadline_decision = fields.Datetime("Decide By", readonly=True, copy=False)
    deadline_resolution = fields.Datetime("Resolve By", readonly=True, copy=False)
    warn_reply = fields.Datetime(readonly=True, copy=False, groups=INTERNAL)
    warn_decision = fields.Datetime(readonly=True, copy=False, groups=INTERNAL)
    warn_resolution = fields.Datetime(readonly=True, copy=False, groups=INTERNAL)
    reply_state = fields.Selection(PROMISE_STATES, "Reply", readonly=True, copy=False)
    decision_state = fields.Selection(
        PROMISE_STATES, "Decision", readonly=True, copy=False
    )
    resolution_state = fields.Selection(
        PROMISE_STATES, "Resolution", readonly=True, copy=False
    )
    deadline_next = fields.Datetime(
        "Next Deadline",
        compute="_compute_deadline_next",
        store=True,
        help="The earliest promised time that is still open.",
    )
    date_check = fields.Datetime(
        readonly=True,
        copy=False,
        groups=INTERNAL,
        help="Technical field: when the promised times are checked next.",
    )

    _name_unique = models.UniqueIndex(
        "(name, company_id)",
        "This number is already taken. Save again to get the next one.",
    )
    _check_idx = models.Index("(date_check) WHERE date_check IS NOT NULL")
    _board_idx = models.Index("(priority DESC, id DESC) WHERE is_open")

    # --- COMPUTE

    @api.depends("kind_id")
    def _compute_title(self):
        for complaint in self:
            complaint.title = complaint.title or complaint.kind_id.name

    @api.depends("kind_id.type")
    def _compute_type(self):
        for complaint in self:
            complaint.type = complaint.kind_id.type or "complaint"

    @api.depends("kind_id")
    def _compute_priority(self):
        for complaint in self:
            known = complaint.priority or "0"
            complaint.priority = max(known, complaint.kind_id.priority or "0")

    # one method each: a value that is given keeps the host from computing the others

    @api.depends("partner_id")
    def _compute_partner_name(self):
        """Take over what we know of the contact, never lose what he gave."""
        for complaint in self:
            complaint.partner_name = complaint.partner_id.name or complaint.partner_name

    @api.depends("partner_id")
    def _compute_email_from(self):
        for complaint in self:
            complaint.email_from = complaint.email_from or complaint.partner_id.email

    @api.depends("partner_id")
    def _compute_phone(self):
        for complaint in self:
            complaint.phone = complaint.phone or complaint.partner_id.phone

    @api.depends("kind_id", "company_id")
    def _compute_team_id(self):
        teams = self.env["crm.service.team"].sudo()  # style: CRM109 any intake has one
        first = teams.search([("company_id", "in", self.company_id.ids)])
        for complaint in self:
            company = complaint.company_id
            if complaint._origin.id and complaint.team_id.company_id == company:
                continue
            team = complaint.kind_id.sudo().team_id  # style: CRM109 as above
            if not team.active or team.company_id != company:
                team = first.filtered(lambda t, c=company: t.company_id == c)[:1]
            complaint.team_id = team.id

    @api.depends("order_id")
    def _compute_delivery_partner_id(self):
        for complaint in self:
            order = complaint.order_id
            complaint.delivery_partner_id = (
                order.partner_shipping_id or complaint.delivery_partner_id
            )

    @api.depends("order_id", "company_id")
    def _compute_currency_id(self):
        for complaint in self:
            complaint.currency_id = (
                complaint.order_id.currency_id or complaint.company_id.currency_id
            )

    @api.depends("line_ids.amount", "currency_id", "company_id", "date_received")
    def _compute_amount(self):
        for complaint in self:
            amount = sum(complaint.line_ids.mapped("amount"))
            complaint.amount = amount
            currency = complaint.currency_id
            complaint.amount_company = (
                currency._convert(
                    amount,
                    complaint.company_currency_id,
                    complaint.company_id,
                    complaint.date_received or fields.Datetime.now(),
                )
                if currency
                else amount
            )

    @api.depends("state")
    def _compute_is_open(self):
        for complaint in self:
            complaint.is_open = complaint.state in OPEN_STATES

    @api.depends("name", "title")
    def _compute_display_name(self):
        for complaint in self:
            parts = (complaint.name, complaint.title)
            complaint.display_name = " ".join(filter(None, parts))

    @api.depends()
    def _compute_access_url(self):
        for complaint in self:
            complaint.access_url = f"/my/complaints/{complaint.id}"
