from odoo import models


class ResPartner(models.Model):
    """Opens the customer page."""

    _inherit = "res.partner"

    def action_open_customer_page(self):
        """Show who the customer is and how things stand, on one page."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_service.crm_customer_page_action"
        )
        return {**action, "params": {"partner_id": self.id}}
