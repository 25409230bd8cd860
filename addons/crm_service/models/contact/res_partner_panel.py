from odoo import api, fields, models


class ResPartner(models.Model):
    """The customer's panel on the contact form, the same as on a complaint."""

    _inherit = "res.partner"

    service_panel = fields.Json(
        "Customer Panel",
        compute="_compute_service_panel",
        groups="crm_service.group_agent",
        exportable=False,
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "company", "lang")
    def _compute_service_panel(self):
        panels = self.env["crm.service.panel"]._get_panels(self, self.env.company)
        for partner in self:
            partner.service_panel = panels.get(partner.id)
