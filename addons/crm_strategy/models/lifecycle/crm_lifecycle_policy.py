from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from ...tools.lifecycle import Rules
from ...tools.notification import notification


class CrmLifecyclePolicy(models.Model):
    """By which rules one company places its customers in the lifecycle.

    A change of the rules moves nobody by itself: the next refresh does, and looks
    at every customer then.
    """

    _name = "crm.lifecycle.policy"
    _description = "Lifecycle Policy"
    _inherit = ["mail.thread", "crm.lifecycle.threshold.mixin"]
    _rec_name = "company_id"
    _order = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    active = fields.Boolean(
        default=True,
        tracking=True,
        help="An archived policy is not refreshed: the states stay as they are.",
    )

    # --- RULES, with a log
    interest_days = fields.Integer(tracking=True)
    loyal_min_orders = fields.Integer(tracking=True)
    loyal_min_tenure_days = fields.Integer(tracking=True)
    loyal_max_interval_days = fields.Integer(tracking=True)
    loyal_min_satisfaction = fields.Float(tracking=True)
    lapse_days = fields.Integer(tracking=True)
    lapse_factor = fields.Float(tracking=True)
    lapse_choice = fields.Selection(tracking=True)
    is_satisfaction_missing = fields.Boolean(
        "Satisfaction Missing",
        compute="_compute_is_satisfaction_missing",
        help="The rules ask for satisfaction, but nobody measures it.",
    )

    # --- LAST REFRESH
    date_refresh = fields.Datetime("Last Refresh", readonly=True, copy=False)
    date_full_refresh = fields.Datetime("Last Full Check", readonly=True, copy=False)
    refresh_duration = fields.Float(
        "Duration (s)", digits=(16, 2), readonly=True, copy=False, aggregator=None
    )
    moved_count = fields.Integer(
        "Customers Moved",
        readonly=True,
        copy=False,
        help="Customers who changed state.",
    )
    corrected_count = fields.Integer(
        "Corrected",
        readonly=True,
        copy=False,
        help="Customers moved by the last full check although no change had been "
        "reported: 0 is the goal.",
    )
    refresh_error = fields.Text("Why the Refresh Failed", readonly=True, copy=False)
    is_stale = fields.Boolean(
        "Rules Changed",
        readonly=True,
        default=True,
        copy=False,
        help="The rules changed after the last look at every customer.",
    )
    watermark = fields.Datetime(readonly=True, copy=False)
    last_day = fields.Date("States as of", readonly=True, copy=False)

    customer_count = fields.Integer("Customers", compute="_compute_customer_count")

    _company_uniq = models.UniqueIndex(
        "(company_id)", "A company has one lifecycle policy: change the existing one."
    )

    # --- COMPUTE

    @api.depends("loyal_min_satisfaction")
    def _compute_is_satisfaction_missing(self):
        engine = self.env["crm.lifecycle.engine"]
        for policy in self:
            policy.is_satisfaction_missing = (
                policy.loyal_min_satisfaction
                and engine._satisfaction_sql(policy.company_id) is None
            )

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("company_id")
    def _compute_customer_count(self):
        counts = dict(
            self.env["crm.lifecycle.transition"]._read_group(
                [("company_id", "in", self.company_id.ids), ("date_end", "=", False)],
                ["company_id"],
                ["__count"],
            )
        )
        for policy in self:
            policy.customer_count = counts.get(policy.company_id, 0)

    # --- CRUD

    def write(self, vals):
        """Changed rules make the next refresh look at everyone."""
        changed = [
            name
            for name in Rules._fields
            if name in vals and any(policy[name] != vals[name] for policy in self)
        ]
        if changed and "is_stale" not in vals:
            vals = {**vals, "is_stale": True}
        return super().write(vals)

    @api.model
    def _ensure(self, companies):
        """Return the policies of ``companies``, created with defaults if missing."""
        policies = self.sudo()  # style: CRM109 every company that sells has a policy
        policies = policies.with_context(active_test=False)
        found = policies.search([("company_id", "in", companies.ids)])
        missing = companies - found.company_id
        if missing:
            found |= policies.create(
                [{"company_id": company.id} for company in missing]
            )
        return found

    # --- ACTIONS

    @api.model
    def action_open(self):
        """Open the policy of the current company; it comes to be now if missing."""
        policy = self._ensure(self.env.company)
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_strategy.crm_lifecycle_policy_action"
            ),
            "res_id": policy.id,
            "views": [[False, "form"]],
        }

    def action_open_customers(self):
        """Open the stays in which the customers are now."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_lifecycle_transition_action"
        )
        action["domain"] = [("company_id", "=", self.company_id.id)]
        action["context"] = {
            "search_default_filter_current": 1,
            "search_default_group_by_state": 1,
        }
        return action

    def action_preview(self):
        """Count, without moving anyone, where the customers would be."""
        self.ensure_one()
        self.check_access("write")
        wizard = self.env["crm.lifecycle.preview"].create(
            {"policy_id": self.id, **self._get_threshold_vals()}
        )
        return wizard.action_count()

    def action_refresh(self):
        """Look at every customer of these companies now and say what came of it."""
        self.check_access("write")
        counts = {"moved": 0, "entered": 0, "left": 0}
        for policy in self:
            done = policy._refresh("full")
            counts = {name: counts[name] + done[name] for name in counts}
        return notification(
            self.env._(
                "%(moved)s customers moved to another state, %(entered)s are new, "
                "%(left)s are no longer customers.",
                **counts,
            )
        )

    # --- BUSINESS

    def _get_rules(self):
        return super(
            CrmLifecyclePolicy, self.with_company(self.company_id)
        )._get_rules()

    def _lock_for_refresh(self):
        """Let one change of a company's states run at a time."""
        self.ensure_one()
        try:
            self.sudo().lock_for_update(  # style: CRM109 a lock, no data
                allow_referencing=True
            )
        except LockError as e:
            raise UserError(
                self.env._(
                    "The lifecycle of the customers of %(company)s is being refreshed "
                    "at this moment. Wait until that has ended and try again.",
                    company=self.company_id.name,
                )
            ) from e
