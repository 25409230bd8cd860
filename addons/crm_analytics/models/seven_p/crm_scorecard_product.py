from odoo import models


class CrmScorecardProduct(models.Model):
    """Product: what the customer buys and likes."""

    _name = "crm.scorecard.product"
    _description = "Product of a Customer"
    _inherit = ["crm.scorecard.part"]

    _part = "product"
