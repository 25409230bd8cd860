from odoo import api, fields, models
from odoo.fields import Domain


class CrmApprovalStep(models.Model):
    """One signature that a rule asks for: the request, the decision, and the log.

    Only the product writes steps. What a step says about its document is what the
    document said when approval was asked for: an approver decides on that, and
    needs no right on the document to do so.
    """

    _name = "crm.approval.step"
    _description = "Approval"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_requested desc, id desc"
    _rec_name = "document_name"
    _mail_post_access = "read"

    # --- WHAT
    res_model = fields.Selection(
        lambda self: self.env["crm.approval.rule"]._selection_model(),
        "Document Type",
        required=True,
        readonly=True,
    )
    res_id = fields.Many2oneReference(
        "Document ID", model_field="res_model", required=True, readonly=True
    )
    document_name = fields.Char("Document", readonly=True)
    document_kind = fields.Selection(
        lambda self: self.env["crm.approval.rule"]._selection_kind(),
        "Kind",
        readonly=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    round = fields.Integer(
        readonly=True, help="How often approval was asked for this document."
    )
    rule_id = fields.Many2one(
        "crm.approval.rule",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    tier = fields.Integer(readonly=True, aggregator=None)
    position = fields.Integer(readonly=True, aggregator=None)

    # --- FIGURES AS THEY WERE WHEN ASKED
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary("Amount in Document Currency", readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount_company = fields.Monetary(
        "Amount", currency_field="company_currency_id", readonly=True
    )
    has_margin = fields.Boolean(readonly=True)
    margin = fields.Float("Margin (%)", readonly=True, aggregator="avg")
    limit_amount = fields.Monetary(
        "Limit of the Rule", currency_field="company_currency_id", readonly=True
    )
    has_limit_margin = fields.Boolean("Has Margin Limit", readonly=True)
    limit_margin = fields.Float("Margin Limit (%)", readonly=True, aggregator=None)
    why = fields.Char(compute="_compute_why")
    summary = fields.Text("Content", readonly=True)
    note = fields.Text("Message of the Requester", readonly=True)

    # --- WHO ASKS, WHO IS ASKED
    user_id = fields.Many2one(
        "res.users",
        "Requested By",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    author_ids = fields.Many2many(
        "res.users",
        "crm_approval_step_author_rel",
        string="Whose Document",
        readonly=True,
        help="The requester and the salesperson; they do not approve their own.",
    )
    date_requested = fields.Datetime("Requested On", required=True, readonly=True)
    approver_ids = fields.Many2many(
        "res.users", "crm_approval_step_approver_rel", string="Approvers", readonly=True
    )
    decider_ids = fields.Many2many(
        "res.users", string="Who May Approve Now", compute="_compute_decider_ids"
    )
    is_fallback = fields.Boolean(
        readonly=True, help="The rule named nobody who can approve; others step in."
    )
    is_mine = fields.Boolean(
        "Waiting for Me", compute="_compute_is_mine", search="_search_is_mine"
    )
    can_open_document = fields.Boolean(compute="_compute_can_open_document")

    # --- DECISION
    state = fields.Selection(
        [
            ("waiting", "Later Tier"),
            ("pending", "Waiting"),
            ("approved", "Approved"),
            ("returned", "Returned"),
            ("rejected", "Rejected"),
            ("skipped", "Not Needed Any More"),
            ("void", "Void"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    decision = fields.Selection(
        [
            ("approved", "Approved"),
            ("returned", "Returned"),
            ("rejected", "Rejected"),
        ],
        readonly=True,
        help="What the approver decided, also where a later change made it void.",
    )
    decided_by_id = fields.Many2one(
        "res.users", readonly=True, index=True, ondelete="restrict"
    )
    on_behalf_id = fields.Many2one(
        "res.users", "On Behalf Of", readonly=True, ondelete="restrict"
    )
    date_decided = fields.Datetime("Decided On", readonly=True)
    reason = fields.Text(readonly=True)
    void_reason = fields.Char("Void Because", readonly=True)

    # --- TIME
    date_pending = fields.Datetime("Waiting Since", readonly=True)
    date_due = fields.Date("Due", readonly=True)
    is_overdue = fields.Boolean(
        "Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    date_reminded = fields.Date(readonly=True)
    date_checked = fields.Date(readonly=True)
    check_error = fields.Text(readonly=True)
    calendar_hours = fields.Float(
        "Hours to Decide",
        readonly=True,
        aggregator="avg",
        help="From the moment when the approver was asked to the decision.",
    )
    work_hours = fields.Float(
        "Working Hours to Decide",
        readonly=True,
        aggregator="avg",
        help="The same, counting only the working time of the company.",
    )
    waiting_hours = fields.Float("Hours Waiting", compute="_compute_waiting_hours")

    _document = models.Index("(res_model, res_id, round)")
    _one_request = models.UniqueIndex(
        "(res_model, res_id, round, rule_id, position)",
        "Somebody else has just asked for this approval. Reload the page.",
    )
    _pending = models.Index("(date_checked, id) WHERE state = 'pending'")

    # --- COMPUTE

    @api.depends("document_name", "rule_id.name")
    def _compute_display_name(self):
        for step in self:
            step.display_name = f"{step.document_name}: {step.rule_id.name}"

    @api.depends("margin", "limit_amount", "has_limit_margin", "limit_margin")
    def _compute_why(self):
        """Say what the rule objects to, in the reader's language."""
        for step in self:
            step.why = self._get_why(
                step.rule_id,
                step.has_limit_margin and (step.margin, step.limit_margin),
                step.limit_amount,
            )

    @api.model
    def _get_why(self, rule, margins, limit_amount):
        """Return the text for ``margins`` (found, limit) and an amount's limit."""
        env = self.env
        parts = []
        if margins:
            parts.append(
                env._(
                    "margin %(margin).1f %% is below %(limit).1f %%",
                    margin=margins[0],
                    limit=margins[1],
                )
            )
        if limit_amount:
            currency = rule.sudo().company_id.currency_id  # style: CRM109 a format
            parts.append(
                env._(
                    "amount is %(limit)s or more", limit=currency.format(limit_amount)
                )
            )
        if not parts:
            return rule.name or ""
        return f"{rule.name}: {', '.join(parts)}"

    @api.depends("approver_ids", "state")
    def _compute_decider_ids(self):
        """Approvers and their deputies of today, without whom the rule bars."""
        deputies = self.env["crm.approval.deputy"]
        pairs = deputies._get_pairs() if any(s.state == "pending" for s in self) else []
        for step in self:
            step.decider_ids = (
                step._get_deciders(pairs)
                if step.state == "pending"
                else step.decider_ids.browse()
            )

    @api.depends_context("uid")
    @api.depends("decider_ids")
    def _compute_is_mine(self):
        for step in self:
            step.is_mine = self.env.user in step.decider_ids

    @api.model
    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        candidates = self.sudo().search(  # style: CRM109 narrowed to the user's own
            [
                ("state", "=", "pending"),
                (
                    "approver_ids",
                    "in",
                    self.env["crm.approval.deputy"]._get_principal_ids(),
                ),
            ]
        )
        return [("id", "in", candidates.filtered("is_mine").ids)]

    @api.depends_context("uid")
    @api.depends("res_model", "res_id")
    def _compute_can_open_document(self):
        for res_model, steps in self.grouped("res_model").items():
            documents = self.env[res_model].browse(steps.mapped("res_id")).exists()
            readable = set(documents._filtered_access("read").ids)
            for step in steps:
                step.can_open_document = step.res_id in readable

    @api.depends("state", "date_due")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for step in self:
            step.is_overdue = bool(
                step.state == "pending" and step.date_due and step.date_due < today
            )

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        return [("state", "=", "pending"), ("date_due", "<", today)]

    @api.depends("state", "date_pending", "calendar_hours")
    def _compute_waiting_hours(self):
        now = fields.Datetime.now()
        for step in self:
            step.waiting_hours = (
                (now - step.date_pending).total_seconds() / 3600
                if step.state == "pending" and step.date_pending
                else step.calendar_hours
            )

    # --- ACCESS: those concerned, and who may read the document

    @api.model
    def _get_visible_domain(self):
        """Return the domain of the steps that the present user may see."""
        uid = self.env.uid
        concerned = Domain.OR(
            [
                Domain("user_id", "=", uid),
                Domain("decided_by_id", "=", uid),
                Domain("on_behalf_id", "=", uid),
                Domain(
                    "approver_ids",
                    "in",
                    self.env["crm.approval.deputy"]._get_principal_ids(),
                ),
            ]
        )
        readable = [
            Domain("res_model", "=", name)
            & Domain(
                "res_id",
                "in",
                self.env[name].with_context(active_test=False)._search([]),
            )
            for name, _label in self.env["crm.approval.rule"]._selection_model()
            if self.env[name].has_access("read")
        ]
        return Domain.OR([concerned, *readable])

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if operation != "read" or self.env.su or not any(self._ids):
            return result
        allowed = self - result[0] if result else self
        if not allowed:
            return result
        visible = self._search([("id", "in", allowed.ids)], active_test=False)
        forbidden = allowed - self.browse(visible)
        if not forbidden:
            return result
        if result:
            forbidden |= result[0]
        return forbidden, lambda: self.env["ir.rule"]._make_access_error(
            operation, forbidden
        )

    @api.model
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        active_test=True,
        bypass_access=False,
    ):
        if not self.env.su and not bypass_access:
            domain = Domain(domain) & self._get_visible_domain()
        return super()._search(
            domain,
            offset,
            limit,
            order,
            active_test=active_test,
            bypass_access=bypass_access,
        )

    # --- ACTIONS

    def action_approve(self):
        """Approve, on the tap of a button."""
        self._decide("approve")

    def action_return(self, reason=False):
        """Send the documents back with a reason."""
        self._decide("return", reason)

    def action_reject(self, reason=False):
        """Refuse the documents with a reason."""
        self._decide("reject", reason)

    def action_ask_return(self):
        """Open the dialogue that asks for the reason of a return."""
        return self._open_dialogue("return")

    def action_ask_reject(self):
        """Open the dialogue that asks for the reason of a refusal."""
        return self._open_dialogue("reject")

    def _open_dialogue(self, event):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_approval_decide_action"
        )
        action["context"] = {
            "default_step_ids": self.ids,
            "default_event": event,
        }
        return action

    def action_open_document(self):
        """Open the document, for those who may read it."""
        self.ensure_one()
        self.env[self.res_model].browse(self.res_id).check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
