from odoo import api, fields, models


class CrmComplaint(models.Model):
    """What is changed so that the complaint does not come again."""

    _inherit = "crm.complaint"

    corrective_action_ids = fields.Many2many(
        "crm.corrective.action",
        "crm_corrective_action_complaint_rel",
        "complaint_id",
        "action_id",
        string="Corrective Actions",
        copy=False,
        groups="crm_service.group_agent",
    )
    corrective_action_count = fields.Integer(
        compute="_compute_corrective_action_count", groups="crm_service.group_agent"
    )

    @api.depends("corrective_action_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_corrective_action_count(self):
        counts = dict(
            self.env["crm.corrective.action"]._read_group(
                [("complaint_ids", "in", self.ids)], ["complaint_ids"], ["__count"]
            )
        )
        for complaint in self:
            complaint.corrective_action_count = counts.get(complaint._origin, 0)

    def action_open_corrective_actions(self):
        """Open the corrective actions of the complaint, to begin one as well."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_service.crm_corrective_action_action"
            ),
            "domain": [("complaint_ids", "in", self.ids)],
            "context": {
                "default_complaint_ids": self.ids,
                "default_cause_id": self.cause_id.id,
                "default_kind_id": self.kind_id.id,
                "default_product_id": self.line_ids[:1].product_id.id,
                "default_company_id": self.company_id.id,
            },
        }
