from odoo import api, fields, models


class CrmDocumentRefMixin(models.AbstractModel):
    """A record that came from another document: a lead, an order, a meeting.

    Only models of the list can be named, and only documents that the writer may
    read. Who may not read the document later sees that there is one, not which:
    reading gives its number, never its name.
    """

    _name = "crm.document.ref.mixin"
    _description = "Link to a Document"

    document_ref = fields.Reference(
        selection="_selection_document_model",
        string="Document",
        copy=False,
        exportable=False,
        help="Where it comes from. Readers without rights on that document do not "
        "see its name.",
    )

    @api.model
    def _get_document_models(self):
        """Return the names of the models that may be linked; extend it."""
        return [
            "crm.lead",
            "sale.order",
            "calendar.event",
            "utm.campaign",
            "res.partner",
        ]

    @api.model
    def _selection_document_model(self):
        known = [name for name in self._get_document_models() if name in self.env]
        models_found = self.env["ir.model"].sudo()  # style: CRM109 names of models only
        return [(name, models_found._get(name).name) for name in known]

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse documents that the writer may not read."""
        records = super().create(vals_list)
        records._check_document_access()
        return records

    def write(self, vals):
        """Refuse documents that the writer may not read."""
        result = super().write(vals)
        if vals.get("document_ref"):
            self._check_document_access()
        return result

    def _check_document_access(self):
        """No constraint, since the host checks those as superuser."""
        for record in self:
            if record.document_ref:
                record.document_ref.check_access("read")

    def action_open_document(self):
        """Open the document, if the user may read it."""
        self.ensure_one()
        document = self.document_ref
        document.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [[False, "form"]],
        }
