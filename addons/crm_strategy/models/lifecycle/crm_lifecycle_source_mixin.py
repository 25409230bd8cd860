from odoo import models


class CrmLifecycleSourceMixin(models.AbstractModel):
    """Host documents that a customer's lifecycle state is read from."""

    _name = "crm.lifecycle.source.mixin"
    _description = "Source of Lifecycle States"

    def write(self, vals):
        """Queue the former customer of a document that moves to another one."""
        if "partner_id" in vals or "company_id" in vals:
            self._queue_lifecycle()
        return super().write(vals)

    def unlink(self):
        """Queue the customer: a deleted document has no write date to tell of it."""
        self._queue_lifecycle()
        return super().unlink()

    def _queue_lifecycle(self):
        queue = self.env["crm.lifecycle.queue"].sudo()  # style: CRM109 a note, no data
        queue._push(self.sudo().partner_id)  # style: CRM109 whose document it was
