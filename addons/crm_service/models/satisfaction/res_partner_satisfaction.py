from odoo import fields, models

from .crm_satisfaction_mixin import READERS


class ResPartner(models.Model):
    """Whether a contact wants to be asked, and how satisfied the customer is."""

    _name = "res.partner"
    _inherit = ["res.partner", "crm.satisfaction.mixin"]

    _satisfaction_field = "commercial_partner_id"

    satisfaction_opt_out = fields.Boolean(
        "No Questionnaires",
        tracking=True,
        prefetch=False,
        groups=READERS,
        help="This contact is never asked about their satisfaction. Set by the "
        "contact with the link in our e-mail, or manually.",
    )

    _crm_satisfaction_opt_out_idx = models.Index(
        "(email_normalized) WHERE satisfaction_opt_out"
    )

    def _get_satisfaction_key(self):
        return self.commercial_partner_id._origin

    def _merge_satisfaction(self):
        """Keep requests and scores at the customer of the contact who remains."""
        domain = [
            ("partner_id", "in", self.ids),
            ("commercial_partner_id", "in", self.ids),
        ]
        customer = {"commercial_partner_id": self.commercial_partner_id.id}
        requests = self.env["crm.satisfaction.request"].sudo()  # style: CRM109 all
        requests.search(domain).write(customer)
        scores = self.env["crm.satisfaction.score"].sudo()  # style: CRM109 all of them
        scores.search(domain).write(customer)
