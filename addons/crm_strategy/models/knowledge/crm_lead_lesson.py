from odoo import api, fields, models


class CrmLead(models.Model):
    """Lessons that fit an opportunity: the same tag, or the customer's segment."""

    _inherit = "crm.lead"

    lesson_count = fields.Integer(
        "Lessons",
        compute="_compute_lesson_count",
        groups="crm_strategy.group_user",
        help="Published lessons with a tag of this opportunity or about a segment of "
        "its customer.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("tag_ids", "partner_id")
    def _compute_lesson_count(self):
        """One query for the lessons of all, however many opportunities."""
        lessons = self.env["crm.lesson"]
        found = lessons.search(
            lessons._get_matching_domain(self.tag_ids, self.partner_id.segment_ids)
        )
        for lead in self:
            tags, segments = lead.tag_ids._origin, lead.partner_id.segment_ids
            lead.lesson_count = len(
                found.filtered(
                    lambda lesson, tags=tags, segments=segments: (
                        lesson.tag_ids & tags or lesson.segment_id & segments
                    )
                )
            )

    def action_open_lessons(self):
        """Open the lessons that fit; a new one takes over the tags."""
        self.ensure_one()
        lessons = self.env["crm.lesson"]
        segments = self.partner_id.segment_ids
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_lesson_action"
        )
        return {
            **action,
            "domain": list(lessons._get_matching_domain(self.tag_ids, segments)),
            "context": {
                "default_document_ref": f"{self._name},{self.id}",
                "default_tag_ids": self.tag_ids.ids,
            },
        }
