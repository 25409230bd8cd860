from odoo import fields, models

READERS = "crm_strategy.group_user,crm_service.group_agent"


class ProductTemplate(models.Model):
    """What sales says of a product, and its sheet."""

    _inherit = "product.template"

    crm_sales_argument = fields.Text(
        "Sales Argument",
        translate=True,
        groups=READERS,
        help="Why customers buy the product, in words that a salesperson can use. "
        "Shown on the product sheet.",
    )

    def action_open_product_sheet(self):
        """Show what a salesperson needs to know of the product, on one page."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_service.crm_product_sheet_action"
        )
        return {**action, "params": {"product_tmpl_id": self.id}}
