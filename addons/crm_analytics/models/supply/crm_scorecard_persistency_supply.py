from odoo import fields, models

from ..seven_p.known_float import KnownFloat


class CrmScorecardPersistency(models.Model):
    _inherit = "crm.scorecard.persistency"

    supply_share = KnownFloat(
        "Share of supply (%)",
        readonly=True,
        digits=(5, 1),
        aggregator="avg",
        help="Our deliveries of the last 12 months in percent of what the customer"
        " needs, of the product categories of which the demand is known. A category"
        " weighs what its demand is worth at the customer's mean price, else at that"
        " of all customers; one without a price counts only where none has a price.",
    )
    supply_share_date = fields.Date(
        "Demand learned on",
        readonly=True,
        help="When the latest supply record behind the share was learned.",
    )
