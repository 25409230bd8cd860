from odoo import api, fields, models

from ...tools import churn

SIGNS = [
    ("overdue", "Order overdue"),
    ("silence", "Long silence"),
    ("few_orders", "Few orders so far"),
    ("fewer_orders", "Orders fewer than last year"),
    ("less_revenue", "Lower revenue than last year"),
    ("complaint", "Open complaint"),
    ("late_delivery", "Late deliveries"),
    ("dissatisfied", "Low satisfaction"),
]


class CrmChurnFactor(models.Model):
    """How much one sign counts in the churn tendency of a company's customers."""

    _name = "crm.churn.factor"
    _description = "Churn Sign"
    _inherit = ["mail.thread"]
    _order = "company_id, sequence, id"
    _rec_name = "code"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    code = fields.Selection(SIGNS, "Sign", required=True, readonly=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    weight = fields.Float(
        default=10.0,
        required=True,
        tracking=True,
        help="Share of this sign in the score, beside those of the others.",
    )
    value_zero = fields.Float(
        "Says nothing at",
        required=True,
        tracking=True,
        help="The value that adds nothing to the score.",
    )
    value_full = fields.Float(
        "Says most at",
        required=True,
        tracking=True,
        help="The value from which on the sign adds its whole weight. Below the other"
        " one: less is worse.",
    )
    unit = fields.Char(compute="_compute_unit")
    description = fields.Char(compute="_compute_unit")

    _code_uniq = models.UniqueIndex(
        "(company_id, code)", "A company has each sign once: change the existing one."
    )
    _weight_positive = models.Constraint(
        "CHECK (weight >= 0)", "A weight cannot be negative; 0 leaves the sign out."
    )
    _values_differ = models.Constraint(
        "CHECK (value_zero <> value_full)",
        "A sign needs two different values: one that says nothing and one that says"
        " most.",
    )

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_unit(self):
        texts = self._get_texts()
        for factor in self:
            factor.unit, factor.description = texts.get(factor.code, ("", ""))

    @api.model
    def _get_texts(self):
        """Return ``{code: (unit, what is measured)}``."""
        units = self._get_units()
        measured = {
            "overdue": self.env._(
                "Days since the last purchase by the customer's own interval and its"
                " spread; of"
                " who bought once, by the company's typical interval."
            ),
            "silence": self.env._(
                "Days since the last purchase by the company's typical interval."
            ),
            "few_orders": self.env._("Days with an order, up to now."),
            "fewer_orders": self.env._(
                "Orders of the last 12 months below those of the 12 months before."
            ),
            "less_revenue": self.env._(
                "Revenue of the last 12 months below that of the 12 months before."
            ),
            "complaint": self.env._("Complaints that are open."),
            "late_delivery": self.env._(
                "Order lines of the last 12 months that were delivered late."
            ),
            "dissatisfied": self.env._(
                "Mean satisfaction of the last 12 months, from 0 to 100."
            ),
        }
        return {code: (units[code], text) for code, text in measured.items()}

    @api.model
    def _get_units(self):
        """Return ``{code: unit}``."""
        times, percent = self.env._("times"), self.env._("%")
        return {
            "overdue": times,
            "silence": times,
            "few_orders": self.env._("purchases"),
            "fewer_orders": percent,
            "less_revenue": percent,
            "complaint": self.env._("complaints"),
            "late_delivery": percent,
            "dissatisfied": self.env._("points"),
        }

    # --- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        factors = super().create(vals_list)
        factors._forget_scores()
        return factors

    def write(self, vals):
        result = super().write(vals)
        if {"active", "weight", "value_zero", "value_full"} & set(vals):
            self._forget_scores()
        return result

    def _forget_scores(self):
        """Note that the scores follow former rules until the next full refresh."""
        policies = self.env["crm.rfm.policy"]._ensure(self.company_id)
        policies._forget_expected()

    # --- ACTIONS

    def action_preview(self):
        """Open the preview of a change of these signs."""
        return self.env["crm.rule.preview"]._open("churn", self)

    # --- BUSINESS

    @api.model
    def _ensure(self, companies):
        """Return all signs of ``companies``, created as delivered if missing."""
        factors = self.sudo().with_context(  # style: CRM109 every company has them
            active_test=False
        )
        known = factors.search([("company_id", "in", companies.ids)])
        missing = companies - known.company_id
        if missing:
            known |= factors.create(
                [
                    {"company_id": company.id, "sequence": place, **factor._asdict()}
                    for company in missing
                    for place, factor in enumerate(churn.FACTORS)
                ]
            )
        return known

    @api.model
    def _ensure_all(self):
        """Give every company its signs; called at installation."""
        self._ensure(self.env["res.company"].search([]))

    @api.model
    def _get_factors(self, company):
        """Return the signs that count, as the formulas take them."""
        return [
            churn.Factor(f.code, f.weight, f.value_zero, f.value_full)
            for f in self._ensure(company).sorted(lambda f: (f.sequence, f.id))
            if f.active and f.weight > 0
        ]
