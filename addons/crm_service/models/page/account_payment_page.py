from odoo import models


class AccountPayment(models.Model):
    """Payments stand in the timeline of the customer page."""

    _inherit = "account.payment"

    # the host has no index by customer
    _crm_customer_idx = models.Index("(partner_id) WHERE partner_type = 'customer'")
