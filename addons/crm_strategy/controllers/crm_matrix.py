import json

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from .crm_matrix_xlsx import MatrixXlsx
from .xlsx import send_workbook


class CrmMatrixExport(http.Controller):
    @http.route(
        "/crm_strategy/matrix/xlsx",
        type="http",
        auth="user",
        methods=["POST"],
        readonly=True,
    )
    def export_xlsx(self, model, params="{}", **_kwargs):
        """Send the grid ``model`` as a workbook, computed anew for this user."""
        matrix = request.env.get(model)
        if matrix is None or not isinstance(matrix, request.registry["crm.matrix"]):
            raise NotFound()
        return send_workbook(
            lambda: matrix.get_matrix(self._parse_params(params)), MatrixXlsx
        )

    def _parse_params(self, params):
        try:
            return json.loads(params)
        except ValueError:
            return params  # refused by the grid as every other wrong type
