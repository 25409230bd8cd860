import contextlib
import csv
import io
from base64 import b64encode

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools import sales_history


class CrmSalesHistoryImport(models.Model):
    """The file of an import, and the file of what was rejected."""

    _inherit = "crm.sales.history.import"

    @api.model
    @api.private
    def create_from_file(self, path, company=None, **options):
        """Return a new import of the file at ``path``, for scripts.

        ``options`` are values of the fields ``source``, ``create_customers``,
        ``create_products`` and ``match_reference``.
        """
        with open(path, "rb") as stream:
            content = stream.read()
        file_name = path.replace("\\", "/").rsplit("/", 1)[-1]
        job = self.create(
            {
                "name": file_name,
                "file_name": file_name,
                "company_id": (company or self.env.company).id,
                **options,
            }
        )
        self.env["ir.attachment"].create(
            {
                "name": "file",
                "res_model": self._name,
                "res_field": "file",
                "res_id": job.id,
                "raw": content,
            }
        )
        job.invalidate_recordset(["file"])
        return job

    @api.model
    @api.private
    def find_unfinished(self, path, company):
        """Return the last import of the file at ``path`` that can go on."""
        with open(path, "rb") as stream:
            checksum = self.env["ir.attachment"]._compute_checksum(stream.read())
        attachments = self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_field", "=", "file"),
                ("checksum", "=", checksum),
            ]
        )
        return self.search(
            [
                ("id", "in", attachments.mapped("res_id")),
                ("company_id", "=", company.id),
                ("state", "in", ("queued", "running", "failed", "cancelled")),
            ],
            limit=1,
        )

    def _get_attachment(self):
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_field", "=", "file"),
                ("res_id", "=", self.id),
            ],
            limit=1,
        )

    @contextlib.contextmanager
    def _open_file(self):
        """Give the file as a binary stream, without reading it into memory."""
        attachment = self._get_attachment()
        if not attachment:
            raise UserError(self.env._("There is no file yet: upload a CSV file."))
        if attachment.store_fname:
            with open(attachment._full_path(attachment.store_fname), "rb") as stream:
                yield stream
        else:
            yield io.BytesIO(attachment.raw or b"")

    def _store_rejects_file(self):
        self.rejects_file = b64encode(self.get_rejects().encode("utf-8-sig"))

    @api.private
    def get_rejects(self):
        """Return the rejected lines of the file as CSV, each with its reason; it
        can be corrected and loaded as it is."""
        reasons = dict(
            self.env.execute_query(
                SQL(
                    """SELECT line_number, reason FROM crm_sales_history_line
                        WHERE import_id = %s AND reason_code IS NOT NULL""",
                    self.id,
                )
            )
        )
        output = io.StringIO(newline="")
        with self._open_file() as stream:
            header, records = sales_history.read_file(stream)
            writer = csv.writer(output, delimiter=header.delimiter)
            names = header.without_rejects(list(header.columns))
            writer.writerow([*names, *sales_history.REJECT_COLUMNS])
            for number, values in records:
                if number in reasons:
                    own = header.without_rejects(values)
                    writer.writerow([*own, number, reasons[number]])
        return output.getvalue()
