from odoo import fields, models


class CrmRfmPolicy(models.Model):
    """The prices by which the demand of customers is turned into money."""

    _inherit = "crm.rfm.policy"

    supply_prices = fields.Json(
        readonly=True,
        groups="base.group_system",
        help="``{category id:unit id: price}``: mean price of the company per reference"
        " unit, null where nothing was sold.",
    )
    supply_prices_date = fields.Date(readonly=True, groups="base.group_system")

    def _get_parameters(self):
        """Add the prices. A new one moves nobody who was judged before."""
        known = self.sudo()  # style: CRM109 whoever may refresh, judges by them
        return {**super()._get_parameters(), "supply_prices": known.supply_prices or {}}
