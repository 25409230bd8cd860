from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CrmCustomerPolicy(models.Model):
    """How one customer is treated where that differs from his segments.

    What is left empty is inherited from the segments, field by field.
    """

    _name = "crm.customer.policy"
    _description = "Customer Policy"
    _inherit = ["crm.customer.policy.mixin", "mail.thread"]
    _order = "date_start desc, id desc"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
        tracking=True,
    )
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    reason = fields.Char(
        required=True, tracking=True, help="Why this customer is treated differently."
    )
    date_start = fields.Date(
        "Valid From", required=True, default=fields.Date.context_today, tracking=True
    )
    date_end = fields.Date("Valid Until", tracking=True, help="The last day.")
    is_valid = fields.Boolean(
        "Valid Today", compute="_compute_is_valid", search="_search_is_valid"
    )
    active = fields.Boolean(default=True, tracking=True)
    note = fields.Char(readonly=True, copy=False)

    product_tmpl_ids = fields.Many2many(
        relation="crm_customer_policy_product_template_rel",
        column1="policy_id",
        column2="product_tmpl_id",
    )
    product_category_ids = fields.Many2many(
        relation="crm_customer_policy_product_category_rel",
        column1="policy_id",
        column2="category_id",
    )

    _not_negative = models.Constraint(
        "CHECK (visits_per_year >= 0 AND calls_per_year >= 0 AND reply_hours >= 0)",
        "Visits, calls and hours cannot be negative.",
    )
    _money_not_negative = models.Constraint(
        "CHECK (cost_per_customer >= 0 AND gain_per_customer >= 0)",
        "Cost and gain cannot be negative.",
    )
    _end_after_start = models.Constraint(
        "CHECK (date_end >= date_start)", "A policy cannot end before it begins."
    )

    # --- COMPUTE

    @api.depends("partner_id.display_name")
    def _compute_display_name(self):
        for policy in self:
            policy.display_name = self.env._(
                "Policy for %s", policy.partner_id.display_name or ""
            )

    @api.depends("active", "date_start", "date_end")
    def _compute_is_valid(self):
        today = fields.Date.context_today(self)
        for policy in self:
            policy.is_valid = (
                policy.active
                and bool(policy.date_start)
                and policy.date_start <= today
                and (not policy.date_end or policy.date_end >= today)
            )

    @api.model
    def _search_is_valid(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._get_valid_domain(fields.Date.context_today(self))
        if set(value) == {True}:
            return domain
        return ~domain if True not in value else Domain.TRUE

    @api.model
    def _get_valid_domain(self, day):
        """Return the domain of the policies that hold on ``day``."""
        return (
            Domain("active", "=", True)
            & Domain("date_start", "<=", day)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", day))
        )

    # --- CHECKS

    @api.constrains("partner_id", "company_id", "date_start", "date_end", "active")
    def _check_overlap(self):
        """Allow one policy at a time for a customer in a company."""
        policies = self.filtered("active")
        found = self.search(
            [
                ("partner_id", "in", policies.partner_id.ids),
                ("company_id", "in", policies.company_id.ids),
            ]
        ).grouped(lambda policy: (policy.partner_id, policy.company_id))
        for policy in policies:
            others = found[policy.partner_id, policy.company_id] - policy
            double = others.filtered(policy._overlaps)[:1]
            if double:
                raise ValidationError(
                    self.env._(
                        "%(customer)s already has a policy from %(start)s to %(end)s "
                        "(%(reason)s). End or archive that one first, or choose "
                        "other dates.",
                        customer=policy.partner_id.display_name,
                        start=double.date_start,
                        end=double.date_end or self.env._("further notice"),
                        reason=double.reason,
                    )
                )

    def _overlaps(self, other):
        """Return whether both hold on some day."""
        self.ensure_one()
        return (not self.date_end or other.date_start <= self.date_end) and (
            not other.date_end or self.date_start <= other.date_end
        )

    @api.constrains("partner_id")
    def _check_customer(self):
        """Refuse a policy for who is no customer, or an archived one."""
        wrong = self.partner_id.filtered(lambda partner: not partner.is_crm_customer)
        if wrong:
            raise ValidationError(
                self.env._(
                    "Not customers: %(names)s. Employees, own companies and archived "
                    "contacts have no policy. Choose a customer.",
                    names=", ".join(wrong.mapped("display_name")),
                )
            )

    # --- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        """A policy for a contact is one for the company that he belongs to."""
        return super().create([self._with_customer(vals) for vals in vals_list])

    def write(self, vals):
        """A policy for a contact is one for the company that he belongs to."""
        return super().write(self._with_customer(vals))

    @api.model
    def _with_customer(self, vals):
        if not vals.get("partner_id"):
            return vals
        partner = self.env["res.partner"].browse(vals["partner_id"])
        return {**vals, "partner_id": partner.commercial_partner_id.id}

    # --- MERGE

    def _merge_into(self, customer, duplicates):
        """Hand the policies of ``duplicates`` over; one per company stays active.

        The customer's own goes before that of a duplicate, then the newest.
        """
        policies = self.with_context(active_test=False).search(
            [("partner_id", "in", (customer | duplicates).ids)]
        )
        active = policies.filtered("active").sorted(
            lambda p: (p.partner_id != customer, -p.date_start.toordinal(), -p.id)
        )
        kept = self.browse()
        for policy in active:
            rivals = kept.filtered(lambda p, own=policy: p.company_id == own.company_id)
            if policy.partner_id == customer or not rivals:
                kept |= policy
        closed = active - kept
        for partner, closing in closed.grouped("partner_id").items():
            note = self.env._("Archived when %s was merged", partner.display_name)
            closing.write({"active": False, "note": note})
        policies.filtered(lambda p: p.partner_id != customer).write(
            {"partner_id": customer.id}
        )
        self.env.flush_all()
