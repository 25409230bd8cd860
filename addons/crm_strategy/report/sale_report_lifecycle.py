from odoo import models


class SaleReport(models.Model):
    """The host's sales analysis by the customer's lifecycle state.

    Nothing is added to the host's statement: the state is joined where it is asked.
    """

    _name = "sale.report"
    _inherit = ["sale.report", "crm.lifecycle.dimension.mixin"]

    _lifecycle_customer = "commercial_partner_id"
