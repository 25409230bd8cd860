from odoo import models


class CrmDocumentFlowMixin(models.AbstractModel):
    """A document that is part of a flow, for the button on its form.

    It needs a kind in ``crm.document.flow`` as well.
    """

    _name = "crm.document.flow.mixin"
    _description = "Part of a Document Flow"

    def action_open_document_flow(self):
        """Show what this document came from and what came of it."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_strategy.crm_document_flow_action"
        )
        return {**action, "params": {"res_model": self._name, "res_id": self.id}}
