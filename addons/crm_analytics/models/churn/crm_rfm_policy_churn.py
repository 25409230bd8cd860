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
