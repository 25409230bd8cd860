import io

import xlsxwriter

from odoo import fields


class DocumentFlowXlsx:
    """Writes a document flow as a workbook: one row for each box with a name.

    Grey boxes are left out; the first rows say how many there are of them, and of
    the documents for which the screen had no room.
    """

    def __init__(self, env, payload):
        self.env = env
        self.payload = payload
        self.output = io.BytesIO()
        self.workbook = xlsxwriter.Workbook(self.output, {"in_memory": True})
        self.title = self.workbook.add_format({"bold": True, "font_size": 14})
        self.header = self.workbook.add_format({"bold": True, "bg_color": "#e9ecef"})
        self.date = self.workbook.add_format(
            {"num_format": "yyyy-mm-dd", "align": "left"}
        )
        self.amount = self.workbook.add_format({"num_format": "#,##0.00"})

    def to_bytes(self):
        sheet = self.workbook.add_worksheet()
        sheet.write_string(0, 0, self.payload["title"], self.title)
        top = 1
        for note in self._get_notes():
            sheet.write_string(top, 0, note)
            top += 1
        for index, label in enumerate(self._get_labels()):
            sheet.write_string(top + 1, index, label, self.header)
        for line, node in enumerate(self._get_nodes(), top + 2):
            self._write_node(sheet, line, node)
        sheet.set_column(0, 5, 18)
        sheet.freeze_panes(top + 2, 0)
        self.workbook.close()
        return self.output.getvalue()

    def _get_labels(self):
        env = self.env
        return [
            env._("Document Type"),
            env._("Document"),
            env._("Date"),
            env._("Status"),
            env._("Amount"),
            env._("Currency"),
            env._("Belongs to Another Chain"),
        ]

    def _get_nodes(self):
        """Return the nodes that the reader may read, in the order of the screen."""
        return [
            node
            for column in self.payload["columns"]
            for node in column["nodes"]
            if node["is_readable"]
        ]

    def _get_notes(self):
        env, columns = self.env, self.payload["columns"]
        shown = sum(len(column["nodes"]) for column in columns)
        hidden = shown - len(self._get_nodes())
        more = sum(column["more"] for column in columns)
        notes = []
        if hidden:
            notes.append(env._("Documents that you may not see: %s", hidden))
        if more:
            notes.append(env._("Documents without a box on the screen: %s", more))
        if not self.payload["is_complete"]:
            notes.append(
                env._(
                    "There are more documents: the first %s are followed.",
                    self.payload["limit"],
                )
            )
        return notes

    def _write_node(self, sheet, line, node):
        sheet.write_string(line, 0, node["label"])
        sheet.write_string(line, 1, node["name"])
        if node["date"]:
            sheet.write_datetime(line, 2, self._get_day(node), self.date)
        sheet.write_string(line, 3, node["state"])
        if node["currency_id"]:
            currency = self.env["res.currency"].browse(node["currency_id"])
            sheet.write_number(line, 4, node["amount"], self.amount)
            sheet.write_string(line, 5, currency.name)
        sheet.write_string(line, 6, self.env._("Yes") if node["is_other"] else "")

    def _get_day(self, node):
        """Return the date, of a time the one in the reader's time zone."""
        if node["date_type"] == "date":
            return fields.Date.to_date(node["date"])
        moment = fields.Datetime.to_datetime(node["date"])
        return fields.Datetime.context_timestamp(self.env.user, moment).date()
