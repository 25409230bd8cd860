from odoo import fields, models


class RepairOrder(models.Model):
    """Repairs that were granted on a complaint tell it when they are done."""

    _name = "repair.order"
    _inherit = ["repair.order", "crm.remedy.document.mixin"]

    crm_remedy_line_id = fields.Many2one(
        "crm.complaint.remedy.line",
        "Line of the Remedy",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="crm_service.group_agent",
    )

    _crm_remedy_once_idx = models.UniqueIndex(
        "(crm_remedy_id, crm_remedy_line_id) "
        "WHERE crm_remedy_id IS NOT NULL AND state != 'cancel'",
        "This product of the remedy already has a repair order.",
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in ("done", "cancel"):
            self._get_remedies()._sync_repair()
        return result
