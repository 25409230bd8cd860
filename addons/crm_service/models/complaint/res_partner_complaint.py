from odoo import api, fields, models

AGENT_OR_SALES = "crm_service.group_agent,crm_strategy.group_user"


class ResPartner(models.Model):
    """The complaints of a customer; a contact has those of his company."""

    _inherit = "res.partner"

    complaint_count = fields.Integer(
        "Complaints", compute="_compute_complaint_count", groups=AGENT_OR_SALES
    )

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("commercial_partner_id")
    def _compute_complaint_count(self):
        customers = self.commercial_partner_id._origin
        counts = dict(
            self.env["crm.complaint"]._read_group(
                [("commercial_partner_id", "in", customers.ids)],
                ["commercial_partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            customer = partner.commercial_partner_id._origin
            partner.complaint_count = counts.get(customer, 0)

    def action_open_complaints(self):
        """Open the complaints of the customer."""
        self.ensure_one()
        customer = self.commercial_partner_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.crm_complaint_action"
        )
        return {
            **action,
            "domain": [("commercial_partner_id", "=", customer.id)],
            "context": {"default_partner_id": self.id},
        }

    def _follow_complaints(self):
        """After a merge: what came here belongs to the customer of ``self``."""
        complaints = self.env["crm.complaint"].sudo()  # style: CRM109 any merge
        complaints = complaints.search([("partner_id", "child_of", self.ids)])
        field = complaints._fields["commercial_partner_id"]
        self.env.add_to_compute(field, complaints)
        complaints.flush_recordset(["commercial_partner_id"])
