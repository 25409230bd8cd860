from odoo import models

CONTEXT_KEY = "crm_analytics_due_product_id"


class ProductTemplate(models.Model):
    """Who is due for a product: the list from which customers are called."""

    _inherit = "product.template"

    def action_open_due_customers(self):
        """Open the customers who should buy the product again about now."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.res_partner_action_product_due"
        )
        return {
            **action,
            "name": self.env._("Due for %(product)s", product=self.display_name),
            "domain": [("crm_product_due", "=", self.id)],
            "context": {CONTEXT_KEY: self.id, "create": False},
        }
