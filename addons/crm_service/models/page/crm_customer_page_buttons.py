from odoo import api, models


class CrmCustomerPage(models.AbstractModel):
    """What can be started from the page: opportunity, quotation, complaint, need."""

    _inherit = "crm.customer.page"

    @api.model
    def _get_buttons(self, scope):
        return [
            *super()._get_buttons(scope),
            {
                "name": "lead",
                "label": self.env._("Opportunity"),
                "icon": "fa-star",
                "model": "crm.lead",
                "action": self._open_new_lead,
            },
            {
                "name": "quotation",
                "label": self.env._("Quotation"),
                "icon": "fa-file-text-o",
                "model": "sale.order",
                "action": self._open_new_quotation,
            },
            {
                "name": "complaint",
                "label": self.env._("Complaint"),
                "icon": "fa-comments-o",
                "model": "crm.complaint",
                "action": self._open_new_complaint,
            },
            {
                "name": "need",
                "label": self.env._("Need"),
                "icon": "fa-lightbulb-o",
                "model": "crm.need",
                "action": self._open_new_need,
            },
        ]

    @api.model
    def _open_new_lead(self, scope):
        return self._open_new_form(
            "crm.lead",
            self.env._("New Opportunity"),
            {
                "default_type": "opportunity",
                "default_partner_id": scope.contact.id,
                "default_company_id": scope.company.id,
            },
        )

    @api.model
    def _open_new_quotation(self, scope):
        return self._open_new_form(
            "sale.order",
            self.env._("New Quotation"),
            {
                "default_partner_id": scope.contact.id,
                "default_company_id": scope.company.id,
            },
        )

    @api.model
    def _open_new_complaint(self, scope):
        return self._open_new_form(
            "crm.complaint",
            self.env._("New Complaint"),
            {
                "default_partner_id": scope.contact.id,
                "default_company_id": scope.company.id,
            },
        )

    @api.model
    def _open_new_need(self, scope):
        customer, contact = scope.customer, scope.contact
        return self._open_new_form(
            "crm.need",
            self.env._("New Need"),
            {
                "default_partner_id": customer.id,
                "default_contact_id": contact != customer and contact.id,
                "default_company_id": scope.company.id,
            },
        )

    @api.model
    def _open_new_form(self, model_name, name, context):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model_name,
            "views": [[False, "form"]],
            "context": context,
        }
