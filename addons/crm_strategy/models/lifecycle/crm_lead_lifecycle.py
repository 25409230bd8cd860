from odoo import models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = [
        "crm.lead",
        "crm.lifecycle.source.mixin",
        "crm.lifecycle.dimension.mixin",
    ]

    # Finds the leads written since the last refresh without reading the others
    _crm_changed_idx = models.Index("(write_date, partner_id)")

    def _lifecycle_customer_sql(self, alias, query):
        """Of a lead the host does not store the customer: it stands at the contact."""
        partners, contact = self._fields["partner_id"].join(self, alias, query)
        return partners._field_to_sql(contact, "commercial_partner_id", query)
