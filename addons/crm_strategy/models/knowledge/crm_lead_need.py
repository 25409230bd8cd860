from odoo import api, fields, models


class CrmLead(models.Model):
    """The needs that an opportunity is to meet."""

    _inherit = "crm.lead"

    need_ids = fields.One2many(
        "crm.need", "lead_id", string="Needs", groups="crm_strategy.group_user"
    )
    need_count = fields.Integer(
        "Number of Needs",
        compute="_compute_need_count",
        groups="crm_strategy.group_user",
    )

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("need_ids")
    def _compute_need_count(self):
        counts = dict(
            self.env["crm.need"]._read_group(
                [("lead_id", "in", self.ids)], ["lead_id"], ["__count"]
            )
        )
        for lead in self:
            lead.need_count = counts.get(lead._origin, 0)

    def action_open_needs(self):
        """Open the needs of this opportunity."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_need_action"
        )
        return {
            **action,
            "domain": [("lead_id", "=", self.id)],
            "context": {
                "default_lead_id": self.id,
                "default_partner_id": self.partner_id.id,
                "default_user_id": self.user_id.id,
            },
        }
