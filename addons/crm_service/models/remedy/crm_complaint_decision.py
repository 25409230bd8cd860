from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools import remedy_policy
from ...tools.remedy_states import BINDING


class CrmComplaint(models.Model):
    """What the customer gets: remedies judged by policy and budget, then decided.

    The verdict counts once more when the decision is on record, with the budgets and
    the order lines written to: of two who decide at once beside one budget or about
    the same pieces, the second starts again and reads what the first has granted.
    """

    _inherit = "crm.complaint"

    remedy_ids = fields.One2many(
        "crm.complaint.remedy", "complaint_id", string="Remedies"
    )
    exception_reason = fields.Text(
        "Reason for the Exception",
        copy=False,
        groups="base.group_user",
        help="Why the policy or the budget should not apply here. Shown to the "
        "approvers.",
    )
    decision_verdict = fields.Selection(
        lambda self: (
            self.env["crm.complaint.remedy"]
            ._fields["verdict"]
            ._description_selection(self.env)
        ),
        "Policy Check",
        compute="_compute_decision_verdict",
        groups="crm_service.group_agent",
    )
    is_first_buyer = fields.Boolean(
        "First-time Buyer",
        compute="_compute_is_first_buyer",
        groups="crm_service.group_agent",
        help="The customer has placed at most one order.",
    )
    remedy_cost = fields.Monetary(
        "Cost of Remedies",
        compute="_compute_remedy_cost",
        compute_sudo=True,
        currency_field="company_currency_id",
        groups="crm_service.group_agent,crm_strategy.group_user",
        help="What the remedies cost us, in company currency, as a positive amount.",
    )

    # --- COMPUTE

    @api.depends("remedy_ids.verdict")
    @api.depends_context("uid")
    def _compute_decision_verdict(self):
        for complaint in self:
            verdicts = complaint.remedy_ids.filtered("verdict").mapped("verdict")
            worst = remedy_policy.worst(verdicts)
            complaint.decision_verdict = worst if verdicts else False

    @api.depends("commercial_partner_id", "company_id")
    def _compute_is_first_buyer(self):
        for company, complaints in self.grouped("company_id").items():
            counts = complaints._count_purchases(company)
            for complaint in complaints:
                customer = complaint.commercial_partner_id._origin
                complaint.is_first_buyer = counts.get(customer.id, 0) <= 1

    def _count_purchases(self, company):
        """Return {customer id: number of his purchases from ``company``}."""
        customers = self.commercial_partner_id._origin
        if not customers or not company:
            return {}
        fact = self.env["crm.sale.fact"]
        fact._flush_sources()
        orders = fact._orders_sql(
            company, customers=SQL("SELECT unnest(%s)", customers.ids)
        )
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT customer_id, COUNT(*) FROM (%s) f GROUP BY customer_id",
                    orders,
                )
            )
        )

    @api.depends("remedy_ids.cost")
    def _compute_remedy_cost(self):
        for complaint in self:
            complaint.remedy_cost = sum(complaint.remedy_ids.mapped("cost"))

    # --- POLICY

    def _get_case(self):
        """Return what the policy asks about this complaint."""
        self.ensure_one()
        complaint = self.sudo()  # style: CRM109 policy is the same for every reader
        customer = complaint.commercial_partner_id._origin
        customer = customer.with_company(complaint.company_id).with_context(
            allowed_company_ids=complaint.company_id.ids
        )
        return remedy_policy.Case(
            kind=complaint.kind_id.id or 0,
            segments=frozenset(customer.segment_ids.ids),
            lifecycle=customer.lifecycle_state or "",
            is_first=complaint.is_first_buyer,
            amount=complaint.amount_company,
        )

    def _get_rules(self):
        """Return {remedy: line of the policy that decides}."""
        self.ensure_one()
        policies = self.env["crm.complaint.policy"]
        return remedy_policy.decide(
            policies._get_rules(self.company_id), self._get_case()
        )

    def _get_policy(self, remedy_type):
        """Return the line of the policy that decides on ``remedy_type``."""
        rule = self._get_rules().get(remedy_type)
        return self.env["crm.complaint.policy"].browse(rule.record_id if rule else [])

    def _get_role(self):
        """Return as what the present user decides on this complaint."""
        user = self.env.user
        leader = self.sudo().team_id.leader_id  # style: CRM109 who leads
        is_head = user == leader or user.has_group("crm_service.group_manager")
        return "manager" if is_head else "agent"

    def _judge(self, remedies, role=None):
        """Return {remedy: (verdict, why)} of proposed ``remedies``, all together."""
        self.ensure_one()
        role = role or self._get_role()
        rules = self._get_rules()
        amount = self.sudo().amount_company  # style: CRM109 decides for all alike
        judged = {
            remedy: remedy._judge_one(rules.get(remedy.remedy_type), amount, role)
            for remedy in remedies
        }
        for remedy in remedies._filter_made_good():
            if remedy_policy.worst([judged[remedy][0], "approval"]) == "approval":
                judged[remedy] = "approval", "again"
        costs = {remedy: remedy._estimate_cost() for remedy in remedies}
        budget = self._judge_budgets(sum(costs.values()))
        if budget != "granted":
            for remedy, (verdict, _why) in list(judged.items()):
                if costs[remedy] and remedy_policy.worst([verdict, budget]) == budget:
                    judged[remedy] = budget, "budget"
        return judged

    def _get_budgets(self):
        return self.env["crm.complaint.budget"]._find(
            self.company_id, self.team_id, fields.Date.context_today(self)
        )

    def _judge_budgets(self, cost):
        """Return the verdict of all budgets by what is left of them at this moment."""
        budgets = self._get_budgets()
        budgets.invalidate_recordset(["spent", "remaining"])
        verdicts = [
            remedy_policy.judge_budget(
                cost, budget.remaining, budget.over, budget.currency_id.rounding / 2
            )
            for budget in budgets
        ]
        return remedy_policy.worst(verdicts)

    # --- DECIDE

    def _check_decision(self):
        """Raise UserError where policy, budget or a missing approval stand against."""
        result = super()._check_decision()
        drafts = self.remedy_ids.filtered(lambda r: r.state == "draft")
        bound = self.remedy_ids.filtered(lambda r: r.state in BINDING)
        if not drafts | bound and self.type == "complaint":
            raise UserError(
                self.env._(
                    "“%(name)s”: enter what the customer gets on the “Decision” tab "
                    "before you decide, even if it is only an apology.",
                    name=self.display_name,
                )
            )
        self._check_verdicts(drafts)
        self._check_approved()
        return result

    def _check_verdicts(self, drafts):
        judged = self._judge(drafts)
        notes = drafts._get_verdict_notes()
        for remedy, (verdict, why) in judged.items():
            values = {"remedy": remedy.display_name, "why": notes.get(why, "")}
            if verdict == "refused":
                raise UserError(
                    self.env._(
                        "%(remedy)s: %(why)s, and nothing may be granted beyond it. "
                        "Grant less, or have the budget raised.",
                        **values,
                    )
                )
            if verdict == "manager":
                leader = self.sudo().team_id.leader_id  # style: CRM109 name only
                raise UserError(
                    self.env._(
                        "%(remedy)s: %(why)s. Ask %(leader)s to decide.",
                        **values,
                        leader=leader.name or self.env._("the head of service"),
                    )
                )
        if any(verdict == "approval" for verdict, _why in judged.values()):
            self._check_exception(judged, notes)

    def _check_exception(self, judged, notes):
        """An exception has a reason and an approval."""
        why = "; ".join(
            f"{remedy.display_name}: {notes.get(why, '')}"
            for remedy, (verdict, why) in judged.items()
            if verdict == "approval"
        )
        if not (self.exception_reason or "").strip():
            raise UserError(
                self.env._(
                    "This is an exception (%(why)s). Enter the reason on the "
                    "“Decision” tab and request approval.",
                    why=why,
                )
            )
        if self._is_approval_covering():
            return
        self._check_approved()
        raise UserError(
            self.env._(
                "This is an exception (%(why)s), and no approval rule of %(company)s "
                "covers exceptions. Ask a manager to create one for complaints under "
                "CRM ▸ Configuration ▸ Approval Rules.",
                why=why,
                company=self.company_id.name,
            )
        )

    def _on_decided(self):
        """Bind us: judge once more beside all who decide now, grant, hand over."""
        result = super()._on_decided()
        complaint = self.sudo()  # style: CRM109 rights and verdicts were checked
        drafts = complaint.remedy_ids.filtered(lambda r: r.state == "draft")
        self._get_budgets().write({"date_last_decision": fields.Datetime.now()})
        self.env.flush_all()
        drafts.line_ids._claim_bought()
        self._check_verdicts(self.remedy_ids.filtered(lambda r: r.state == "draft"))
        drafts._grant(self.env.user)
        complaint._open_missing_steps()
        complaint._send_distribution()
        return result

    def _open_missing_steps(self):
        """Hand over what departments have to do and are not asked to yet."""
        for complaint in self.sudo():  # style: CRM109 the product hands over
            templates = complaint.remedy_ids._prepare_steps()
            if templates:
                complaint._open_steps(templates)

    # --- GOING ON AND BACK

    def _is_released(self):
        return super()._is_released() and not self.remedy_ids.filtered(
            lambda r: r.state == "granted"
        )

    def _is_executed(self):
        return super()._is_executed() and not self.remedy_ids.filtered(
            lambda r: r.state in ("granted", "released")
        )

    def _on_step_closed(self, step):
        """Finance has opened its gate: the goods may leave."""
        remedy = step.remedy_id
        if step.is_gate and step.state == "done" and remedy.state == "granted":
            remedy._release(self.env.user)
            remedy._sync_shipment()
        return super()._on_step_closed(step)

    def _on_step_returned(self, step):
        """A department sends it back: this remedy is refused, the others wait."""
        remedy = step.remedy_id
        if remedy.state in ("granted", "released") and not remedy._has_left():
            remedy._refuse(step.reason)
        return super()._on_step_returned(step)

    def _after_move(self, old_state):
        result = super()._after_move(old_state)
        complaints = self.sudo()  # style: CRM109 follows from the move
        if old_state in ("decided", "execution"):
            back = complaints.filtered(lambda c: c.state == "progress")
            back.remedy_ids._take_back()
        cancelled = complaints.filtered(lambda c: c.state == "cancelled")
        cancelled.remedy_ids.filtered(lambda r: r.state == "draft")._move("cancel")
        return result

    def _give_back(self, note):
        """Something that was granted will not happen: to the head of service.

        As superuser.
        """
        for complaint in self:
            if complaint.state in ("decided", "execution"):
                complaint._move("return", reason=note)
            user = complaint.team_id.leader_id or complaint.user_id
            complaint.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=self.env._("Decide again"),
                note=note,
                user_id=user.id or self.env.uid,
            )
