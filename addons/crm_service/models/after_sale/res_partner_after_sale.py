from odoo import models


class ResPartner(models.Model):
    """What follows the purchases of a customer; a contact has those of his company."""

    _inherit = "res.partner"

    def action_open_after_sale(self):
        """Open the after-sale cases of the customer."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_service.crm_after_sale_action"
            ),
            "domain": [("partner_id", "=", self.commercial_partner_id.id)],
            "context": {"create": False},
        }
