import io
import re

import xlsxwriter

from odoo import fields
from odoo.tools.misc import get_lang


class MatrixXlsx:
    """Writes the payload of a ``crm.matrix`` as a workbook, one sheet a measure.

    Each sheet begins with title, definition, time and filters, so that a printed
    sheet says what it shows; figures are numbers with the format of their kind.
    """

    def __init__(self, env, payload):
        self.env = env
        self.payload = payload
        self.output = io.BytesIO()
        self.workbook = xlsxwriter.Workbook(self.output, {"in_memory": True})
        self.bold = self.workbook.add_format({"bold": True})
        self.title = self.workbook.add_format({"bold": True, "font_size": 14})
        self.header = self.workbook.add_format(
            {"bold": True, "bg_color": "#e9ecef", "text_wrap": True}
        )
        self.timestamp = self.workbook.add_format(
            {"num_format": "yyyy-mm-dd hh:mm", "align": "left"}
        )
        self.date = self.workbook.add_format(
            {"num_format": "yyyy-mm-dd", "align": "left"}
        )

    def to_bytes(self):
        names = set()
        for measure in self.payload["measures"]:
            sheet = self.workbook.add_worksheet(self._sheet_name(measure, names))
            if get_lang(self.env).direction == "rtl":
                sheet.right_to_left()
            row = self._write_head(sheet, measure)
            self._write_grid(sheet, row, measure)
        self.workbook.close()
        return self.output.getvalue()

    def _sheet_name(self, measure, names):
        """Return a name that a spreadsheet takes: short, unique, no ``[]:*?/\\``."""
        base = re.sub(r"[\[\]:*?/\\']", " ", measure["label"]).strip()[:28] or "Sheet"
        name, number = base, 1
        while name.lower() in names:
            number += 1
            name = f"{base} {number}"
        names.add(name.lower())
        return name

    def _write_head(self, sheet, measure):
        """Write what the sheet shows; return the row at which the grid begins."""
        payload = self.payload
        sheet.write_string(0, 0, f"{payload['title']}: {measure['label']}", self.title)
        sheet.write_string(1, 0, payload["definition"])
        computed_at = fields.Datetime.context_timestamp(
            self.env.user, fields.Datetime.to_datetime(payload["computed_at"])
        )
        sheet.write_string(2, 0, self.env._("As of"), self.bold)
        sheet.write_datetime(2, 1, computed_at.replace(tzinfo=None), self.timestamp)
        sheet.write_string(2, 2, str(computed_at.tzinfo))
        row = 3
        for item in payload["filters"]:
            sheet.write_string(row, 0, item["label"], self.bold)
            self._write_filter(sheet, row, item)
            row += 1
        return row + 1

    def _write_filter(self, sheet, row, item):
        value = item["value"]
        if item["type"] == "date":
            sheet.write_datetime(row, 1, fields.Date.to_date(value), self.date)
        elif item["type"] == "boolean":
            sheet.write_string(row, 1, self.env._("Yes") if value else self.env._("No"))
        else:
            sheet.write_string(row, 1, dict(map(tuple, item["choices"])).get(value, ""))

    def _write_grid(self, sheet, top, measure):
        payload, key = self.payload, measure["key"]
        plain = self._number_format(measure)
        bold = self._number_format(measure, bold=True)
        columns = payload["columns"]
        sheet.write_string(top, 1, payload["column_title"], self.header)
        sheet.write_string(top + 1, 0, payload["row_title"], self.header)
        for index, column in enumerate(columns, 1):
            sheet.write_string(top + 1, index, column["label"], self.header)
        last = len(columns) + 1
        sheet.write_string(top + 1, last, self.env._("Total"), self.header)
        line = top + 2
        for row in payload["rows"]:
            sheet.write_string(line, 0, row["label"], self.header)
            for index, column in enumerate(columns, 1):
                cell = payload["cells"].get(f"{row['key']}|{column['key']}", {})
                sheet.write_number(line, index, cell.get(key, 0), plain)
            total = payload["row_totals"][row["key"]]
            sheet.write_number(line, last, total.get(key, 0), bold)
            line += 1
        sheet.write_string(line, 0, self.env._("Total"), self.header)
        for index, column in enumerate(columns, 1):
            total = payload["column_totals"][column["key"]]
            sheet.write_number(line, index, total.get(key, 0), bold)
        sheet.write_number(line, last, payload["total"].get(key, 0), bold)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, last, 18)
        sheet.freeze_panes(top + 2, 1)

    def _number_format(self, measure, bold=False):
        pattern = {"percent": "0.0%", "float": "#,##0.0"}.get(measure["type"], "#,##0")
        if measure["type"] == "monetary":
            currency = self.env["res.currency"].browse(measure["currency_id"])
            decimals = currency.decimal_places
            pattern += f".{'0' * decimals}" if decimals else ""
            symbol = '"{}"'.format((currency.symbol or "").replace('"', ""))
            pattern = (
                f"{symbol}{pattern}"
                if currency.position == "before"
                else f"{pattern} {symbol}"
            )
        return self.workbook.add_format({"num_format": pattern, "bold": bold})
