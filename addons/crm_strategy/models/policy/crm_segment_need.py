from odoo import models


class CrmSegment(models.Model):
    """What the customers of a segment need."""

    _inherit = "crm.segment"

    def action_open_needs(self):
        """Open the needs of the customers who are in this segment now."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_need_action"
        )
        return {
            **action,
            "name": self.env._("Needs: %(segment)s", segment=self.display_name),
            "domain": [("partner_id.segment_ids", "in", self.ids)],
            "context": {},
        }
