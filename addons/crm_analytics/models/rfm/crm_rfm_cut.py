from odoo import api, fields, models

from ...tools import rfm


class CrmRfmCut(models.Model):
    """What a customer must reach in one dimension to get one score."""

    _name = "crm.rfm.cut"
    _description = "RFM Cut Point"
    _order = "policy_id, dimension, score desc"

    policy_id = fields.Many2one(
        "crm.rfm.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    dimension = fields.Selection(
        [
            ("recency", "Recency"),
            ("frequency", "Frequency"),
            ("monetary", "Monetary"),
        ],
        required=True,
    )
    score = fields.Integer(required=True)
    percent = fields.Float(
        "Better than (%)",
        digits=(5, 2),
        help="By quantile: the share of customers that a customer must surpass.",
    )
    value = fields.Float(
        "Fixed value",
        digits=(16, 2),
        help="By fixed value: at most so many days since the last order, at least so"
        " many orders, at least so much revenue.",
    )

    # --- the bound in force, set by the last full refresh
    bound = fields.Float("Bound in force", digits=(16, 4), readonly=True)
    bound_date = fields.Date("Date in force", readonly=True)
    is_reached = fields.Boolean(
        "In force",
        readonly=True,
        help="Not set while no customer can reach this score, since all are alike.",
    )
    bound_text = fields.Char("Reached with", compute="_compute_bound_text")

    _score_uniq = models.UniqueIndex(
        "(policy_id, dimension, score)", "There is one cut point for each score."
    )
    _score_range = models.Constraint(
        "CHECK (score BETWEEN 2 AND 5)", "Cut points exist for the scores 2 to 5."
    )
    _percent_range = models.Constraint(
        "CHECK (percent > 0 AND percent < 100)",
        "A quantile lies between 0 and 100 percent.",
    )

    def write(self, vals):
        """Note on the policy that its scores follow former cut points."""
        result = super().write(vals)
        if not {"percent", "value", "score", "dimension"}.isdisjoint(vals):
            self.policy_id.write({"is_stale": True})
        return result

    @api.depends("dimension", "is_reached", "bound", "bound_date", "currency_id")
    def _compute_bound_text(self):
        for cut in self:
            cut.bound_text = cut._get_bound_text()

    def _get_bound_text(self):
        """Return the bound in force in words, for one cut point."""
        self.ensure_one()
        if not self.is_reached:
            return self.env._("nobody yet")
        if self.dimension == "recency":
            day = self.env["ir.qweb.field.date"].value_to_html(self.bound_date, {})
            return self.env._("last order on %(day)s or later", day=day)
        if self.dimension == "frequency":
            return self.env._("%(count)s orders or more", count=int(self.bound))
        amount = self.currency_id.format(self.bound)
        return self.env._("%(amount)s or more", amount=amount)

    def _get_bound(self):
        """Return the bound in force: a date for recency, else a number; or None."""
        self.ensure_one()
        if not self.is_reached:
            return None
        return self.bound_date if self.dimension == "recency" else self.bound

    def _set_bound(self, bound):
        """Put ``bound`` in force, None for nobody; write only what differs."""
        self.ensure_one()
        is_date = self.dimension == "recency"
        vals = {
            "is_reached": bound is not None,
            "bound": 0.0 if is_date or bound is None else float(bound),
            "bound_date": bound if is_date else False,
        }
        if any(self[name] != (value or False) for name, value in vals.items()):
            self.write(vals)

    @api.model
    def _prepare_default_vals(self):
        return [
            {
                "dimension": dimension,
                "score": score,
                "percent": rfm.DEFAULT_PERCENTS[score],
                "value": rfm.DEFAULT_VALUES[dimension][score],
            }
            for dimension in rfm.DIMENSIONS
            for score in rfm.CUT_SCORES
        ]
