from odoo import models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.lifecycle.dimension.mixin"]

    # Finds the leads written since the last refresh without reading the others
    _crm_changed_idx = models.Index("(write_date, partner_id)")

    def write(self, vals):
        """Queue the former customer of a lead that moves to another one."""
        if "partner_id" in vals or "company_id" in vals:
            self._queue_lifecycle()
        return super().write(vals)

    def unlink(self):
        """Queue the customer: a deleted lead has no write date to tell of it."""
        self._queue_lifecycle()
        return super().unlink()

    def _queue_lifecycle(self):
        queue = self.env["crm.lifecycle.queue"].sudo()  # style: CRM109 a note, no data
        queue._push(self.sudo().partner_id)  # style: CRM109 whose lead it was

    def _lifecycle_customer_sql(self, alias, query):
        """Of a lead the host does not store the customer: it stands at the contact."""
        partners, contact = self._fields["partner_id"].join(self, alias, query)
        return partners._field_to_sql(contact, "commercial_partner_id", query)
