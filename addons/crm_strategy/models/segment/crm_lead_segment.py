from odoo import api, fields, models

from ..res_partner import OUR_USERS


class CrmLead(models.Model):
    """Segments cover leads too: those of the contact that the lead belongs to."""

    _inherit = "crm.lead"

    segment_ids = fields.Many2many(
        "crm.segment",
        string="Segments",
        compute="_compute_segment_ids",
        search="_search_segment_ids",
        groups=OUR_USERS,
        help="The segments in which the customer of this lead is now.",
    )
    crm_special_instructions = fields.Text(
        "Special Instructions",
        compute="_compute_crm_special_instructions",
        groups=OUR_USERS,
    )

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("partner_id.segment_ids")
    def _compute_segment_ids(self):
        for lead in self:
            lead.segment_ids = lead.partner_id.segment_ids

    @api.model
    def _search_segment_ids(self, operator, value):
        """Find leads by the segments of their customer that the reader may see."""
        self._check_field_access(self._fields["segment_ids"], "read")
        if operator not in ("in", "any", "any!"):
            return NotImplemented
        partners = self.env["res.partner"]
        if operator == "in":
            ids = [segment_id for segment_id in value if segment_id]
            domain = fields.Domain(
                "partner_id", "in", partners._search([("segment_ids", "in", ids)])
            )
            if len(ids) < len(value):
                domain |= fields.Domain("partner_id", "=", False) | fields.Domain(
                    "partner_id", "in", partners._search([("segment_ids", "=", False)])
                )
            return domain
        query = partners._search([("segment_ids", operator, value)])
        return fields.Domain("partner_id", "in", query)

    @api.depends("partner_id")
    def _compute_crm_special_instructions(self):
        texts = self.partner_id._get_special_instructions()
        for lead in self:
            lead.crm_special_instructions = texts.get(lead.partner_id.id)
