import ast

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...tools.approval import is_asked


class CrmApprovalRule(models.Model):
    """When somebody has to approve a document, and who.

    Rules belong to one company and speak its currency. Every rule that a document
    meets asks for its own approval: those of one tier side by side, the next tier
    when all of this one have approved.
    """

    _name = "crm.approval.rule"
    _description = "Approval Rule"
    _inherit = ["mail.thread"]
    _order = "company_id, model, tier, sequence, id"

    # --- WHAT IS ASKED FOR
    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    model = fields.Selection(
        lambda self: self._selection_model(),
        "Document",
        required=True,
        tracking=True,
        default=lambda self: self._default_model(),
    )
    kind = fields.Selection(
        lambda self: self._selection_kind(),
        help="Empty: documents of every kind.",
        tracking=True,
    )
    tier = fields.Integer(
        default=1,
        required=True,
        tracking=True,
        help="Rules of one tier are asked at the same time, the next tier when all of "
        "them have approved.",
    )
    amount_min = fields.Monetary(
        "Amount From",
        tracking=True,
        help="Untaxed amount in the company's currency from which the rule asks.",
    )
    amount_max = fields.Monetary(
        "Amount Below",
        tracking=True,
        help="The rule no longer asks for approval from this amount. Zero: no upper "
        "limit.",
    )
    is_margin_asked = fields.Boolean("Check the Margin", tracking=True)
    margin_below = fields.Float(
        "Margin Below (%)",
        tracking=True,
        help="The rule asks for approval where the margin is lower than this "
        "percentage.",
    )
    domain = fields.Char(
        "Further Conditions",
        default="[]",
        tracking=True,
        help="Only documents that meet these conditions as well.",
    )
    is_before_sending = fields.Boolean(
        "Also before Sending",
        tracking=True,
        help="The document may not even be sent to the customer before it is approved.",
    )

    # --- WHO APPROVES
    approver_kind = fields.Selection(
        [
            ("user", "A person"),
            ("group", "Members of a group"),
            ("leader", "Leader of the document's team"),
            ("parent_leader", "Leader of the team above"),
            ("division", "Responsible of the division"),
        ],
        "Approver",
        required=True,
        default="leader",
        tracking=True,
    )
    approver_user_id = fields.Many2one(
        "res.users",
        "Person",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        ondelete="restrict",
        tracking=True,
    )
    approver_group_id = fields.Many2one(
        "res.groups", "Group", ondelete="restrict", tracking=True
    )
    min_approvals = fields.Integer(
        "Approvals Needed",
        default=1,
        required=True,
        tracking=True,
        help="How many different members of the group have to approve.",
    )
    is_own_allowed = fields.Boolean(
        "Requester May Approve",
        tracking=True,
        help="Whoever asks, or is the salesperson of the document, may approve as "
        "well, if the rule names them.",
    )
    due_days = fields.Integer(
        "Due After (Days)", default=2, help="Zero: it is never overdue."
    )
    reminder_days = fields.Integer(
        "Remind Every (Days)",
        default=1,
        help="How often approvers are reminded of what is overdue. Zero: never.",
    )
    step_count = fields.Integer("Requests", compute="_compute_step_count")

    _amounts = models.Constraint(
        "CHECK (amount_min >= 0 AND (COALESCE(amount_max, 0) = 0 OR "
        "amount_max > amount_min))",
        "“Amount Below” must be higher than “Amount From”. Leave it at zero where "
        "there is no upper limit.",
    )
    _numbers = models.Constraint(
        "CHECK (min_approvals >= 1 AND tier >= 1)",
        "A rule needs at least one approval, and tiers begin with 1.",
    )
    _days = models.Constraint(
        "CHECK (due_days >= 0 AND reminder_days >= 0)",
        "Days cannot be negative. Enter zero where there is no due date or reminder.",
    )

    # --- COMPUTE

    def _compute_step_count(self):  # style: CRM107 counted when looked at
        counts = dict(
            self.env["crm.approval.step"]._read_group(
                [("rule_id", "in", self.ids)], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.step_count = counts.get(rule._origin, 0)

    # --- SELECTION

    @api.model
    def _selection_model(self):
        """List the documents that take part: those that inherit the mixin."""
        mixin = self.pool["crm.approval.mixin"]
        return [
            (name, self.env["ir.model"]._get(name).name)
            for name, model in sorted(self.pool.items())
            if issubclass(model, mixin) and not model._abstract
        ]

    @api.model
    def _default_model(self):
        documents = self._selection_model()
        return documents[0][0] if len(documents) == 1 else False

    @api.model
    def _selection_kind(self):
        """List the kinds of all documents; :meth:`_check_kind` sorts them out."""
        kinds = {}
        for name, _label in self._selection_model():
            kinds.update(self.env[name]._get_approval_kinds())
        return list(kinds.items())

    # --- CHECKS

    @api.constrains("model", "kind")
    def _check_kind(self):
        for rule in self.filtered("kind"):
            if rule.kind not in dict(self.env[rule.model]._get_approval_kinds()):
                raise ValidationError(
                    self.env._(
                        "The kind chosen in rule %(rule)s does not exist for this "
                        "document. Choose another kind or leave it empty.",
                        rule=rule.name,
                    )
                )

    @api.constrains(
        "approver_kind", "approver_user_id", "approver_group_id", "min_approvals"
    )
    def _check_approver(self):
        for rule in self:
            kind = rule.approver_kind
            if (kind == "user" and not rule.approver_user_id) or (
                kind == "group" and not rule.approver_group_id
            ):
                raise ValidationError(
                    self.env._(
                        "Rule %(rule)s names no approver. Choose the person or the "
                        "group that approves.",
                        rule=rule.name,
                    )
                )
            if kind != "group" and rule.min_approvals > 1:
                raise ValidationError(
                    self.env._(
                        "Rule %(rule)s asks one person and needs more approvals than "
                        "one. Choose a group, or add a rule for each person.",
                        rule=rule.name,
                    )
                )

    @api.constrains("model", "domain")
    def _check_domain(self):
        for rule in self:
            rule._parse_domain()

    def _parse_domain(self):
        """Return the further conditions; raise ValidationError if they are none."""
        self.ensure_one()
        try:
            domain = Domain(ast.literal_eval(self.domain or "[]"))
            domain.validate(self.env[self.model].sudo())  # style: CRM109 fields exist?
            return domain
        except (ValueError, TypeError, SyntaxError, KeyError, AttributeError) as e:
            raise ValidationError(
                self.env._(
                    "The further conditions of rule %(rule)s cannot be used: "
                    "%(error)s. Edit them with the condition editor.",
                    rule=self.name,
                    error=str(e).strip().rstrip("."),
                )
            ) from e

    # --- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env.registry.clear_cache()
        return rules

    def write(self, vals):
        if {"model", "company_id"} & set(vals):
            self._check_no_steps()
        result = super().write(vals)
        if {"model", "company_id", "active"} & set(vals):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_steps(self):
        """Keep rules that asked already: the log names them."""
        self._check_no_steps()

    def _check_no_steps(self):
        steps = self.env["crm.approval.step"]
        if steps.sudo().search_count(  # style: CRM109 whole log, yes or no
            [("rule_id", "in", self.ids)], limit=1
        ):
            raise UserError(
                self.env._(
                    "A rule that already asked for approvals stays as it is in the "
                    "log. Archive it and create a new one."
                )
            )

    # --- ACTIONS

    def action_open_steps(self):
        """Open what this rule asked for."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_approval_step_action_log"
        )
        action["domain"] = [("rule_id", "=", self.id)]
        return action

    # --- MATCHING

    @api.model
    @tools.ormcache()
    def _get_ruled(self):
        """Return ({models that ever had a rule}, {(model, company) with one now})."""
        rules = self.sudo().with_context(active_test=False)  # style: CRM109 existence
        groups = rules._read_group([], ["model", "company_id", "active"])
        return (
            frozenset(model for model, _company, _active in groups),
            frozenset(
                (model, company.id) for model, company, active in groups if active
            ),
        )

    @api.model
    def _get_met(self, document):
        """Return the rules that ``document`` (one record, as superuser) meets."""
        company = document._get_approval_company()
        if (document._name, company.id) not in self._get_ruled()[1]:
            return self.browse()
        rules = self.sudo().search(  # style: CRM109 policies hold for every reader
            [("model", "=", document._name), ("company_id", "=", company.id)]
        )
        figures = document._get_approval_figures()
        return rules.filtered(lambda rule: rule._is_met(document, figures))

    def _is_met(self, document, figures):
        self.ensure_one()
        if not is_asked(
            figures["amount_company"],
            figures["margin"],
            amount_min=self.amount_min,
            amount_max=self.amount_max,
            margin_below=self.margin_below if self.is_margin_asked else None,
        ):
            return False
        if self.kind and self.kind != document._get_approval_kind():
            return False
        domain = self._parse_domain()
        return domain.is_true() or bool(document.filtered_domain(domain))
