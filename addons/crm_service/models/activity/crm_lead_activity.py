from odoo import api, fields, models

from ..complaint.res_partner_complaint import AGENT_OR_SALES


class CrmLead(models.Model):
    """The touches of an opportunity; those of merged ones follow."""

    _inherit = "crm.lead"

    crm_sales_activity_count = fields.Integer(
        "Sales Activities",
        compute="_compute_crm_sales_activity_count",
        groups=AGENT_OR_SALES,
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_sales_activity_count(self):
        counts = dict(
            self.env["crm.sales.activity"]._read_group(
                [("lead_id", "in", self.ids)], ["lead_id"], ["__count"]
            )
        )
        for lead in self:
            lead.crm_sales_activity_count = counts.get(lead._origin, 0)

    def action_open_sales_activities(self):
        """Open the touches of the opportunity."""
        self.ensure_one()
        return self.env["crm.sales.activity"]._get_open_action(
            [("lead_id", "=", self.id)], self._prepare_sales_activity_context()
        )

    def action_log_sales_activity(self):
        """Log a touch of the opportunity on one screen."""
        self.ensure_one()
        return self.env["crm.sales.activity"]._get_log_action(
            self._prepare_sales_activity_context()
        )

    def _prepare_sales_activity_context(self):
        return {
            "default_partner_id": self.partner_id.id,
            "default_lead_id": self.id,
        }

    def _merge_dependences(self, opportunities):
        """Let the touches of merged opportunities follow."""
        result = super()._merge_dependences(opportunities)
        touches = self.env["crm.sales.activity"].sudo()  # style: CRM109 all of them
        touches.search([("lead_id", "in", opportunities.ids)]).lead_id = self
        self.env["crm.sales.activity.document"]._replace_documents(opportunities, self)
        return result

    def _message_post_after_hook(self, message, msg_vals):
        """E-mails to the customer are touches."""
        result = super()._message_post_after_hook(message, msg_vals)
        self.env["crm.sales.activity"]._log_email(self, message)
        return result
