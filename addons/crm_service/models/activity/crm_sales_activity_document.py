from odoo import api, fields, models


class CrmSalesActivityDocument(models.Model):
    """A document that a touch was about: order, invoice, complaint and so on.

    Only documents that the writer may read can be linked. Who may read the touch
    and not the document learns that there is one, and nothing of it.
    """

    _name = "crm.sales.activity.document"
    _description = "Document of a Sales Activity"
    _inherit = ["crm.document.ref.mixin"]
    _order = "activity_id, id"

    activity_id = fields.Many2one(
        "crm.sales.activity", required=True, index=True, ondelete="cascade"
    )
    document_ref = fields.Reference(required=True)
    res_model = fields.Char("Model", compute="_compute_document", store=True)
    res_id = fields.Many2oneReference(
        "Document ID",
        model_field="res_model",
        compute="_compute_document",
        store=True,
    )
    name = fields.Char(compute="_compute_name")

    _document_unique = models.UniqueIndex(
        "(activity_id, document_ref)", "This document is linked already."
    )
    _document_index = models.Index("(res_model, res_id)")

    @api.model
    def _get_document_models(self):
        return [
            "crm.lead",
            "sale.order",
            "utm.campaign",
            "stock.picking",
            "account.move",
            "account.payment",
            "crm.complaint",
            "crm.need",
            "crm.satisfaction.request",
        ]

    @api.depends("document_ref")
    def _compute_document(self):
        for document in self:
            target = document.document_ref
            document.res_model = target._name if target else False
            document.res_id = target.id if target else False

    @api.depends("document_ref")
    @api.depends_context("uid")
    def _compute_name(self):
        """Name the documents that the reader may read, each model in one go."""
        names = {}
        for model_name, rows in self.grouped("res_model").items():
            if model_name in self.env:
                found = self.env[model_name].browse(rows.mapped("res_id")).exists()
                readable = found._filtered_access("read")
                names |= {(model_name, doc.id): doc.display_name for doc in readable}
        for document in self:
            document.name = names.get(
                (document.res_model, document.res_id), self.env._("Document")
            )

    @api.model
    def _replace_documents(self, old, new):
        """Let touches about ``old`` records be about ``new``, once each."""
        documents = self.sudo()  # style: CRM109 the documents are merged
        moved = documents.search(
            [("res_model", "=", old._name), ("res_id", "in", old.ids)]
        )
        known = documents.search(
            [("res_model", "=", new._name), ("res_id", "=", new.id)]
        ).activity_id
        for activity, rows in moved.grouped("activity_id").items():
            keep = rows.browse() if activity in known else rows[:1]
            keep.document_ref = f"{new._name},{new.id}"
            (rows - keep).unlink()
