from odoo import api, fields, models

from ..complaint.res_partner_complaint import AGENT_OR_SALES


class SaleOrder(models.Model):
    """The touches that an order was a document of."""

    _name = "sale.order"
    _inherit = ["sale.order", "crm.measure.drill.mixin"]

    crm_sales_activity_count = fields.Integer(
        "Sales Activities",
        compute="_compute_crm_sales_activity_count",
        groups=AGENT_OR_SALES,
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_sales_activity_count(self):
        counts = dict(
            self.env["crm.sales.activity.document"]._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)],
                ["res_id"],
                ["activity_id:count_distinct"],
            )
        )
        for order in self:
            order.crm_sales_activity_count = counts.get(order._origin.id, 0)

    def action_open_sales_activities(self):
        """Open the touches that this order was a document of."""
        self.ensure_one()
        document = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        domain = [("document_ids", "any", document)]
        return self.env["crm.sales.activity"]._get_open_action(
            domain, self._prepare_sales_activity_context()
        )

    def action_log_sales_activity(self):
        """Log a touch about the order on one screen."""
        self.ensure_one()
        return self.env["crm.sales.activity"]._get_log_action(
            self._prepare_sales_activity_context()
        )

    def _prepare_sales_activity_context(self):
        return {
            "default_partner_id": self.partner_id.id,
            "default_lead_id": self.opportunity_id.id,
            "default_document_ref": f"{self._name},{self.id}",
        }

    def _message_post_after_hook(self, message, msg_vals):
        """E-mails to the customer are touches."""
        result = super()._message_post_after_hook(message, msg_vals)
        self.env["crm.sales.activity"]._log_email(self, message)
        return result
