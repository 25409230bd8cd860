from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_service.tools.sales_activity_states import OPEN

from ..tools.affinity_gap import Gap


class CrmAffinityCall(models.TransientModel):
    """Plan calls to the customers who bought one product and not the other."""

    _name = "crm.affinity.call"
    _description = "Plan Cross-Selling Calls"

    affinity_id = fields.Many2one(
        "crm.product.affinity",
        "Rule",
        help="Choose a rule, or the two products below.",
        ondelete="cascade",
    )
    bought_tmpl_id = fields.Many2one(
        "product.template",
        "Bought",
        compute="_compute_products",
        store=True,
        readonly=False,
        precompute=True,
    )
    missing_tmpl_id = fields.Many2one(
        "product.template",
        "Not Bought Yet",
        compute="_compute_products",
        store=True,
        readonly=False,
        precompute=True,
    )
    kind_id = fields.Many2one(
        "crm.sales.activity.kind",
        required=True,
        default=lambda self: self._default_kind_id(),
    )
    user_id = fields.Many2one(
        "res.users",
        "Caller",
        domain=[("share", "=", False)],
        help="Leave it empty to let each customer's salesperson call; customers "
        "without one are yours.",
    )
    date_start = fields.Datetime(
        "First Day of Calls", required=True, default=fields.Datetime.now
    )
    per_day = fields.Integer("Calls per Person and Day", default=10, required=True)
    limit = fields.Integer("Calls at Most", default=50, required=True)
    customer_count = fields.Integer("Customers", compute="_compute_customer_count")

    _numbers = models.Constraint(
        'CHECK (per_day >= 1 AND "limit" BETWEEN 1 AND 500)',
        "Plan 1 to 500 calls, at least one a day.",
    )

    @api.model
    def _default_kind_id(self):
        return self.env.ref(
            "crm_service.crm_sales_activity_kind_call", raise_if_not_found=False
        )

    @api.depends("affinity_id")
    def _compute_products(self):
        for plan in self:
            rule = plan.affinity_id
            plan.bought_tmpl_id = rule.antecedent_tmpl_id or plan.bought_tmpl_id
            plan.missing_tmpl_id = rule.consequent_tmpl_id or plan.missing_tmpl_id

    @api.depends("affinity_id", "bought_tmpl_id", "missing_tmpl_id")
    def _compute_customer_count(self):
        for plan in self:
            plan.customer_count = len(plan._find_customers())

    def _find_customers(self):
        """Return the ids of the customers to call, the best first."""
        gap = self._get_gap()
        return self.env["crm.product.affinity"]._find_customers(gap) if gap else []

    def _get_gap(self):
        """Return what they bought and did not buy; None while it is not chosen."""
        if self.affinity_id:
            return self.affinity_id._get_gap()
        if not self.bought_tmpl_id or not self.missing_tmpl_id:
            return None
        bought = tuple(self.bought_tmpl_id.ids)
        return Gap(self.env.company.id, "product", bought, self.missing_tmpl_id.id, 0)

    def action_open_customers(self):
        """Show who would be called."""
        self.ensure_one()
        gap = self._get_gap()
        if not gap:
            raise UserError(
                self.env._("Choose a rule, or what was bought and what was not.")
            )
        return self.env["crm.product.affinity"]._get_customers_action(
            gap, self.env._("Customers to Call")
        )

    def action_plan(self):
        """Propose the calls; each can be planned, moved or dropped afterwards."""
        self.ensure_one()
        customers = self._choose_customers()
        if not customers:
            raise UserError(
                self.env._(
                    "There is nobody to call: every customer bought the product, has "
                    "such a call already or does not want to be contacted."
                )
            )
        self.env["crm.sales.activity"].create(self._prepare_calls(customers))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.crm_sales_activity_action"
        )
        action["domain"] = [
            ("partner_id", "in", customers.ids),
            ("source", "=", "affinity"),
        ]
        action["context"] = {}
        return action

    def _choose_customers(self):
        """Return who is called: without opt-outs and those with such a call ahead."""
        ids = self._find_customers()
        mine = [
            ("partner_id", "in", ids),
            ("affinity_tmpl_id", "=", self.missing_tmpl_id.id),
            ("source", "=", "affinity"),
            ("state", "in", OPEN),
        ]
        calls = self.env["crm.sales.activity"].sudo()  # style: CRM109 whom others call
        called = calls.search(mine).partner_id
        customers = self.env["res.partner"].browse(ids) - called
        return customers.filtered(lambda c: not c.crm_care_opt_out)[: self.limit]

    def _prepare_calls(self, customers):
        calls, numbers = [], {}
        for customer in customers:
            user = self.user_id or customer.user_id or self.env.user
            number = numbers[user] = numbers.get(user, -1) + 1
            day = timedelta(days=number // self.per_day)
            calls.append(
                {
                    "name": self._get_call_name(),
                    "kind_id": self.kind_id.id,
                    "partner_id": customer.id,
                    "user_id": user.id,
                    "company_id": (self.affinity_id.company_id or self.env.company).id,
                    "date_start": self.date_start + day,
                    "state": "proposed",
                    "source": "affinity",
                    "affinity_tmpl_id": self.missing_tmpl_id.id,
                }
            )
        return calls

    def _get_call_name(self):
        rule = self.affinity_id
        item = rule.consequent_categ_id or self.missing_tmpl_id
        return self.env._("Offer %s", item.name)
