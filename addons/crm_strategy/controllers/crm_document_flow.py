from odoo import http
from odoo.http import request

from .crm_document_flow_xlsx import DocumentFlowXlsx
from .xlsx import send_workbook


class CrmDocumentFlowExport(http.Controller):
    @http.route(
        "/crm_strategy/document_flow/xlsx",
        type="http",
        auth="user",
        methods=["POST"],
        readonly=True,
    )
    def export_xlsx(self, model, res_id, **_kwargs):
        """Send the flow of a document as a workbook, computed anew for this user."""
        flow = request.env["crm.document.flow"]
        document_id = int(res_id) if res_id.isdecimal() else res_id
        return send_workbook(
            lambda: flow.get_flow(model, document_id), DocumentFlowXlsx
        )
