from odoo import api, fields, models


class CrmSalesActivity(models.Model):
    """The customer is the commercial entity, whichever contact is chosen."""

    _inherit = "crm.sales.activity"

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Let people choose a contact where the customer is asked for."""
        customer = self.partner_id.commercial_partner_id
        if self.partner_id != customer:
            self.contact_ids |= self.partner_id
            self.partner_id = customer
        self.contact_ids = self.contact_ids.filtered(
            lambda contact: contact.commercial_partner_id == customer
        )

    # --- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_customer(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_customer(vals))

    @api.model
    def _with_customer(self, vals):
        """Return ``vals`` with the customer of a contact in the customer's place."""
        chosen = self.env["res.partner"].browse(vals.get("partner_id"))
        customer = chosen.commercial_partner_id
        if chosen == customer:
            return vals
        contacts = [*(vals.get("contact_ids") or []), fields.Command.link(chosen.id)]
        return {**vals, "partner_id": customer.id, "contact_ids": contacts}
