import json

from werkzeug.exceptions import InternalServerError

from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request
from odoo.tools import osutil


def send_workbook(get_payload, writer):
    """Return the response that downloads a workbook.

    :param get_payload: computes what is exported, a dict with ``title``, as the user
    :param writer: class that makes the workbook of an environment and a payload
    """
    try:
        payload = get_payload()
    except UserError as error:
        # the form that the host's download() shows as a dialog
        data = http.serialize_exception(error) | {"debug": ""}
        body = json.dumps({"code": 0, "message": str(error), "data": data})
        raise InternalServerError(body) from error
    file_name = osutil.clean_filename(payload["title"])
    return request.make_response(
        writer(request.env, payload).to_bytes(),
        headers=[
            (
                "Content-Type",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ),
            ("Content-Disposition", content_disposition(f"{file_name}.xlsx")),
        ],
    )
