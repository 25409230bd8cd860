from odoo import fields, models


class CrmRfmPolicy(models.Model):
    """What the churn tendency of a company's customers is measured by."""

    _inherit = "crm.rfm.policy"

    typical_interval = fields.Float(
        "Typical interval (days)",
        digits=(16, 2),
        readonly=True,
        help="Median of the customers' mean purchase intervals at the first full"
        " refresh of a day; the churn tendency measures silence by it.",
    )
    typical_interval_date = fields.Date("Typical interval as of", readonly=True)

    def _get_part_rules(self):
        """Add the signs of churn, and the interval by which silence is measured."""
        signs = self.env["crm.churn.factor"]._get_factors(self.company_id)
        return {
            **super()._get_part_rules(),
            "churn_signs": [sign._asdict() for sign in signs],
            "typical_interval": self.typical_interval,
        }
