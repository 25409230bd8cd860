from odoo import api, fields, models
from odoo.fields import Command


class CrmSegmentationPreview(models.TransientModel):
    """What a refresh of a scheme would change, before it is applied."""

    _name = "crm.segmentation.preview"
    _description = "Preview of a Segmentation Scheme"

    segmentation_id = fields.Many2one(
        "crm.segmentation",
        string="Scheme",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    line_ids = fields.One2many(
        "crm.segmentation.preview.line", "preview_id", readonly=True
    )
    has_empty_rule = fields.Boolean(compute="_compute_has_empty_rule")

    @api.depends("line_ids.present_count")
    def _compute_has_empty_rule(self):
        for preview in self:
            preview.has_empty_rule = any(
                not line.present_count and line.segment_id.method == "rule"
                for line in preview.line_ids
            )

    @api.model
    def _create_for(self, scheme):
        """Count what a refresh of ``scheme`` would bring and keep it to be shown."""
        return self.create(
            {
                "segmentation_id": scheme.id,
                "line_ids": [
                    Command.create(
                        {
                            "segment_id": segment.id,
                            "present_count": figures["present"],
                            "entering_count": figures["entering"],
                            "leaving_count": figures["leaving"],
                        }
                    )
                    for segment, figures in scheme._preview().items()
                ],
            }
        )

    def action_apply(self):
        """Refresh the scheme."""
        self.ensure_one()
        return self.segmentation_id.action_refresh()


class CrmSegmentationPreviewLine(models.TransientModel):
    """One segment of a preview."""

    _name = "crm.segmentation.preview.line"
    _description = "Line of a Segmentation Preview"

    preview_id = fields.Many2one(
        "crm.segmentation.preview", required=True, ondelete="cascade", index=True
    )
    segment_id = fields.Many2one(
        "crm.segment", required=True, readonly=True, ondelete="cascade"
    )
    present_count = fields.Integer("Would Be In", readonly=True)
    entering_count = fields.Integer("Would Enter", readonly=True)
    leaving_count = fields.Integer("Would Leave", readonly=True)
