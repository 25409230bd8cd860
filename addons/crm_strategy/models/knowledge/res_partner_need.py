from odoo import api, fields, models

from ..res_partner import OUR_USERS


class ResPartner(models.Model):
    """What a customer needs; a contact has the needs of his commercial entity."""

    _inherit = "res.partner"

    need_ids = fields.One2many(
        "crm.need", "partner_id", string="Needs", groups=OUR_USERS
    )
    open_need_count = fields.Integer(
        "Open Needs", compute="_compute_open_need_count", groups=OUR_USERS
    )

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("commercial_partner_id", "need_ids.state")
    def _compute_open_need_count(self):
        counts = dict(
            self.env["crm.need"]._read_group(
                [
                    ("partner_id", "in", self.commercial_partner_id.ids),
                    ("state", "in", ["new", "answered"]),
                ],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            customer = partner.commercial_partner_id._origin
            partner.open_need_count = counts.get(customer, 0)

    def write(self, vals):
        """Who becomes a contact of a company brings his needs along."""
        result = super().write(vals)
        if "parent_id" in vals or "is_company" in vals:
            self._get_own_needs()._follow_customers()
        return result

    def _get_own_needs(self):
        """Return what these partners and their contacts said, in all companies."""
        needs = self.env["crm.need"].sudo()  # style: CRM109 whoever may move contacts
        return needs.search(
            [
                "|",
                ("partner_id", "child_of", self.ids),
                ("contact_id", "child_of", self.ids),
            ]
        )

    def _merge_needs(self):
        """After a merge: what came here belongs to the customer of ``self``."""
        self._get_own_needs()._follow_customers()

    def action_open_needs(self):
        """Open the needs of the customer."""
        self.ensure_one()
        customer = self.commercial_partner_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_need_action"
        )
        context = {"default_partner_id": customer.id}
        if self != customer:
            context["default_contact_id"] = self.id
        return {
            **action,
            "domain": [("partner_id", "=", customer.id)],
            "context": context,
        }
