from odoo import api, fields, models

#: customers with as many repeat purchases, or more, stand in one row
MOST = 7


class CrmLifetimeCheck(models.Model):
    """What a model expected of customers with as many repeat purchases, and what came."""

    _name = "crm.lifetime.check"
    _description = "Check of a Lifetime Model"
    _order = "model_id desc, repeat_count"
    _rec_name = "label"

    model_id = fields.Many2one(
        "crm.lifetime.model",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="model_id.company_id", store=True)
    repeat_count = fields.Integer("Repeat purchases before", readonly=True)
    label = fields.Char("Bought again before", compute="_compute_label", store=True)
    customer_count = fields.Integer("Customers", readonly=True)
    actual = fields.Float(
        "Actual purchases",
        digits=(16, 1),
        readonly=True,
        help="In the months of the check.",
    )
    expected = fields.Float(
        "Expected purchases",
        digits=(16, 1),
        readonly=True,
        help="From the data before these months.",
    )
    simple = fields.Float(
        "By the simple rate",
        digits=(16, 1),
        readonly=True,
        help="Each customer goes on as often as before.",
    )

    @api.depends("repeat_count")
    def _compute_label(self):
        for check in self:
            more = "+" if check.repeat_count == MOST else ""
            check.label = f"{check.repeat_count}{more}"

    @api.model
    def _store(self, model, ledger, expected, simple):
        """Keep the sums by number of repeat purchases."""
        import numpy as np  # noqa: PLC0415 see tools/bg_nbd.py

        group = np.minimum(ledger.purchases.repeats, MOST)
        sums = [
            np.bincount(group, weights=values, minlength=MOST + 1)
            for values in (np.ones(len(group)), ledger.later, expected, simple)
        ]
        self.create(
            [
                {
                    "model_id": model.id,
                    "repeat_count": number,
                    "customer_count": int(count),
                    "actual": actual,
                    "expected": hoped,
                    "simple": plain,
                }
                for number, (count, actual, hoped, plain) in enumerate(
                    zip(*(values.tolist() for values in sums), strict=True)
                )
                if count
            ]
        )
