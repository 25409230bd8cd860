from odoo import api, fields, models

from .res_partner_complaint import AGENT_OR_SALES


class SaleOrder(models.Model):
    """The complaints about an order."""

    _inherit = "sale.order"

    complaint_count = fields.Integer(
        "Complaints", compute="_compute_complaint_count", groups=AGENT_OR_SALES
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_complaint_count(self):
        counts = dict(
            self.env["crm.complaint"]._read_group(
                [("order_id", "in", self.ids)], ["order_id"], ["__count"]
            )
        )
        for order in self:
            order.complaint_count = counts.get(order._origin, 0)

    def action_open_complaints(self):
        """Open the complaints about the order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.crm_complaint_action"
        )
        return {
            **action,
            "domain": [("order_id", "=", self.id)],
            "context": {
                "default_order_id": self.id,
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
            },
        }
