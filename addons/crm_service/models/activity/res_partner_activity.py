from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.sales_activity_states import OPEN
from ..complaint.res_partner_complaint import AGENT_OR_SALES


class ResPartner(models.Model):
    """The touches of a customer; a contact has those of his company."""

    _inherit = "res.partner"

    crm_sales_activity_count = fields.Integer(
        "Sales Activities",
        compute="_compute_crm_sales_activity_count",
        groups=AGENT_OR_SALES,
    )

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("commercial_partner_id")
    def _compute_crm_sales_activity_count(self):
        customers = self.commercial_partner_id._origin
        counts = dict(
            self.env["crm.sales.activity"]._read_group(
                [("partner_id", "in", customers.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            customer = partner.commercial_partner_id._origin
            partner.crm_sales_activity_count = counts.get(customer, 0)

    # --- CRUD

    def write(self, vals):
        """Touches follow who becomes a contact; nobody is visited who is archived."""
        result = super().write(vals)
        if "parent_id" in vals or "is_company" in vals:
            self._get_own_sales_activities()._follow_customers()
        if vals.get("active") is False:
            touches = self._get_own_sales_activities()
            touches.filtered(lambda a: a.state in OPEN).action_cancel(
                self.env._("The customer was archived.")
            )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sales_activity(self):
        """What was done or agreed stays on record; proposals go."""
        kept = self._get_own_sales_activities().filtered(
            lambda a: a.state != "proposed"
        )
        if kept:
            raise UserError(
                self.env._(
                    "“%(name)s” has sales activities and cannot be deleted. Archive "
                    "the contact instead, so that they stay on record.",
                    name=kept[0].partner_id.display_name,
                )
            )

    def _get_own_sales_activities(self):
        """Return the touches that name these partners as customer."""
        touches = self.env["crm.sales.activity"].sudo()  # style: CRM109 all of them
        return touches.search([("partner_id", "in", self.ids)])

    def _follow_sales_activities(self):
        """After a merge: what came here belongs to the customer of ``self``."""
        self._get_own_sales_activities()._follow_customers()

    # --- ACTIONS

    def action_open_sales_activities(self):
        """Open the touches of the customer."""
        self.ensure_one()
        customer = self.commercial_partner_id
        return self.env["crm.sales.activity"]._get_open_action(
            [("partner_id", "=", customer.id)], {"default_partner_id": self.id}
        )

    def action_log_sales_activity(self):
        """Log a touch with the customer on one screen."""
        self.ensure_one()
        return self.env["crm.sales.activity"]._get_log_action(
            {"default_partner_id": self.id}
        )

    def _message_post_after_hook(self, message, msg_vals):
        """E-mails to the customer are touches."""
        result = super()._message_post_after_hook(message, msg_vals)
        self.env["crm.sales.activity"]._log_email(self, message)
        return result
