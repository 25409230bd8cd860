from odoo import api, models


class CrmSegmentFilterMixin(models.AbstractModel):
    """A grid that can be looked at for one segment."""

    _name = "crm.segment.filter.mixin"
    _description = "Segment as a Filter of a Grid"

    @api.model
    def _get_segment_filter(self):
        segments = self.env["crm.segment"].search(
            [("company_id", "in", [False, self.env.company.id])],
            order="segmentation_id, sequence, id",
        )
        return {
            "key": "segment",
            "label": self.env._("Segment"),
            "type": "selection",
            "default": False,
            "choices": [
                (False, self.env._("All customers")),
                *(
                    (s.id, f"{s.segmentation_id.display_name} / {s.name}")
                    for s in segments
                ),
            ],
        }

    @api.model
    def _get_grain_filter(self):
        return {
            "key": "grain",
            "label": self.env._("Period"),
            "type": "selection",
            "default": "month",
            "choices": [
                ("month", self.env._("Month")),
                ("quarter", self.env._("Quarter")),
            ],
        }

    @api.model
    def _get_segment(self, values):
        """Return the chosen segment, nothing if there is none."""
        return self.env["crm.segment"].browse(values["segment"] or [])

    @api.model
    def _get_reader_error(self):
        return self.env._(
            "This grid shows figures of customers. It is for sales and analysts; ask "
            "an administrator for one of these roles."
        )
