from odoo import fields, models

from ..complaint.res_partner_complaint import AGENT_OR_SALES

LATE_REASONS = [
    ("production", "Production"),
    ("stock", "Out of Stock"),
    ("supplier", "Supplier"),
    ("transport", "Transport"),
    ("quality", "Quality"),
    ("payment", "Payment or Credit"),
    ("customer", "Customer's Wish"),
    ("other", "Other"),
]


class SaleOrder(models.Model):
    """Why an order is late and what is done about it; what follows its delivery."""

    _inherit = "sale.order"

    crm_late_reason = fields.Selection(
        LATE_REASONS, "Reason for Delay", copy=False, groups=AGENT_OR_SALES
    )
    crm_late_action = fields.Char(
        "Action on Delay",
        copy=False,
        groups=AGENT_OR_SALES,
        help="What is being done so that the customer gets the goods.",
    )

    # few among all: what is still to be delivered
    _crm_open_idx = models.Index(
        "(company_id, user_id) "
        "WHERE delivery_status IN ('pending', 'started', 'partial')"
    )

    def action_open_after_sale(self):
        """Open what follows the delivery of the order."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_service.crm_after_sale_action"
            ),
            "domain": [("order_id", "=", self.id)],
            "context": {"create": False},
        }
