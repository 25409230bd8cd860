from odoo import api, fields, models

#: Rules whose change gives every customer other figures
RULES = {"lifetime_years", "discount_rate", "potential_segmentation_id"}


class CrmRfmPolicy(models.Model):
    """What a company expects of its customers: how far, and at which discount."""

    _inherit = "crm.rfm.policy"

    lifetime_years = fields.Integer(
        "Years of lifetime value",
        default=3,
        required=True,
        tracking=True,
        help="How many years of margin to come the lifetime value adds up.",
    )
    discount_rate = fields.Float(
        "Discount rate (% per year)",
        digits=(16, 2),
        default=10.0,
        required=True,
        tracking=True,
        help="By how much a margin is worth less for each year that it comes later.",
    )
    check_months = fields.Integer(
        "Months of the checks",
        default=6,
        required=True,
        help="Lifetime model and churn score are checked on the last months: what they"
        " would have said before is compared with what came.",
    )
    potential_segmentation_id = fields.Many2one(
        "crm.segmentation",
        "Segments of the potential",
        ondelete="set null",
        help="A customer's potential is what a strong customer of the same segment of"
        " this scheme buys. Without a scheme, the customer's industry takes its"
        " place.",
    )
    lifetime_model_id = fields.Many2one(
        "crm.lifetime.model", "Current model", compute="_compute_lifetime_model_id"
    )

    _lifetime_range = models.Constraint(
        "CHECK (lifetime_years BETWEEN 1 AND 10)",
        "Lifetime value looks 1 to 10 years ahead.",
    )
    _discount_range = models.Constraint(
        "CHECK (discount_rate >= 0 AND discount_rate < 100)",
        "The discount rate lies between 0 and 100 %.",
    )
    _check_range = models.Constraint(
        "CHECK (check_months BETWEEN 1 AND 24)",
        "A check looks at 1 to 24 months.",
    )

    @api.depends("company_id")
    def _compute_lifetime_model_id(self):
        current = self.env["crm.lifetime.model"].search(
            [("is_current", "=", True), ("company_id", "in", self.company_id.ids)]
        )
        by_company = {model.company_id: model for model in current}
        for policy in self:
            policy.lifetime_model_id = by_company.get(policy.company_id)

    def _get_part_rules(self):
        """Add the lifetime model, how far it looks, and what a strong customer buys."""
        model = self.env["crm.lifetime.model"]._get_current(self.company_id)
        strong = self.env["crm.potential.benchmark"]._get_everyone(self.company_id)
        return {
            **super()._get_part_rules(),
            "lifetime_model": model.id,
            "lifetime": [self.lifetime_years, self.discount_rate],
            "potential": [fields.Date.to_string(s.date) for s in strong]
            + strong.mapped("amount"),
        }

    def write(self, vals):
        if RULES & set(vals):
            self._forget_expected()
        return super().write(vals)

    def _forget_expected(self):
        """Note that what is expected follows former rules until the next refresh."""
        self.filtered("last_as_of").write({"is_part_stale": True})
