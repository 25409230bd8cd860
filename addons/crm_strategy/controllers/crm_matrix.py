import json

from werkzeug.exceptions import InternalServerError, NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request
from odoo.tools import osutil

from .crm_matrix_xlsx import MatrixXlsx


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
        try:
            payload = matrix.get_matrix(self._parse_params(params))
        except UserError as error:
            # the form that the host's download() shows as a dialog
            data = http.serialize_exception(error) | {"debug": ""}
            body = json.dumps({"code": 0, "message": str(error), "data": data})
            raise InternalServerError(body) from error
        file_name = osutil.clean_filename(payload["title"])
        return request.make_response(
            MatrixXlsx(request.env, payload).to_bytes(),
            headers=[
                (
                    "Content-Type",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                ),
                ("Content-Disposition", content_disposition(f"{file_name}.xlsx")),
            ],
        )

    def _parse_params(self, params):
        try:
            return json.loads(params)
        except ValueError:
            return params  # refused by the grid as every other wrong type
