from odoo import api, fields, models


class CrmChurnBacktestLine(models.Model):
    """One tenth of the customers of a back-test, the highest scores first."""

    _name = "crm.churn.backtest.line"
    _description = "Tenth of a Churn Back-Test"
    _order = "backtest_id desc, decile"
    _rec_name = "decile"

    backtest_id = fields.Many2one(
        "crm.churn.backtest",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="backtest_id.company_id", store=True)
    decile = fields.Integer(
        "Tenth", readonly=True, help="1: those with the highest scores."
    )
    customer_count = fields.Integer("Customers", readonly=True)
    stopped_count = fields.Integer("Stopped", readonly=True)
    share = fields.Float("Stopped (%)", digits=(16, 1), readonly=True, aggregator="avg")
    share_plain = fields.Float(
        "By the plain rank (%)",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Share of those who stopped in the same tenth of the plain rank.",
    )
    lift = fields.Float(
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="Share of those who stopped by their share among all customers.",
    )

    @api.model
    def _store(self, backtest, tenths, plain_tenths, share):
        """Keep the tenths.

        :param tenths: ``(customers, stopped)`` of each by the score; ``plain_tenths``
            by the plain rank
        :param share: of those who stopped among all
        """
        self.create(
            [
                {
                    "backtest_id": backtest.id,
                    "decile": place,
                    "customer_count": count,
                    "stopped_count": stopped,
                    "share": 100.0 * stopped / count,
                    "share_plain": 100.0 * plain_stopped / plain_count,
                    "lift": stopped / count / share,
                }
                for place, (
                    (count, stopped),
                    (plain_count, plain_stopped),
                ) in enumerate(zip(tenths, plain_tenths, strict=True), 1)
            ]
        )
