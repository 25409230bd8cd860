from odoo import api, models

from ..tools import radar

#: Half of the picture of the radar, and how far its lines reach
CENTRE, RADIUS = 160, 100
COLORS = {
    "own": "#714B67",
    "segment": "#6f42c1",
    "company": "#212529",
    "last_year": "#0d6efd",
}
PER_ROW = 4


class CrmSevenPPrint(models.AbstractModel):
    """The 7 P board on paper: the same dictionary, read by the same reader."""

    _name = "crm.seven.p.print"
    _description = "7 P Board (PDF)"

    _board_scope = None
    _board_model = None

    @api.model
    def _get_report_values(self, docids, data=None):
        boards = self.env["crm.seven.p.board"]
        docs = self.env[self._board_model].browse(docids)
        found = [boards.get_board(self._board_scope, doc.id) for doc in docs]
        return {
            "doc_ids": docids,
            "doc_model": self._board_model,
            "docs": docs,
            "boards": [(board, self._explain(board)) for board in found],
            "show": self.env["report.crm_service.customer_page_document"]._show,
            "radar": self._draw,
            "rows_of": self._get_rows,
            "company": self.env.company,
        }

    @api.model
    def _explain(self, board):
        """Return ``{part or total: explanation}`` of a customer; of many, nothing."""
        if board["scope"] != "customer" or board["empty"]:
            return {}
        boards = self.env["crm.seven.p.board"]
        return {
            key: boards.get_explanation("customer", key, board["id"])
            for key in (*(part["key"] for part in board["parts"]), "total")
        }

    @api.model
    def _draw(self, board):
        """Return the shapes of the radar."""
        parts = board["parts"]
        return {
            "size": 2 * CENTRE,
            "rings": [
                radar.corners([level] * len(parts), RADIUS, CENTRE)
                for level in (25, 50, 75, 100)
            ],
            "labels": radar.labels([p["label"] for p in parts], RADIUS, CENTRE),
            "lines": [
                {
                    "label": line["label"],
                    "color": COLORS[line["key"]],
                    "points": radar.corners(
                        [
                            part["score" if line["key"] == "own" else line["key"]]
                            for part in parts
                        ],
                        RADIUS,
                        CENTRE,
                    ),
                }
                for line in board["series"]
            ],
        }

    @api.model
    def _get_rows(self, figures):
        """Return the figures, some beside each other."""
        return [figures[at : at + PER_ROW] for at in range(0, len(figures), PER_ROW)]


class ReportSevenPCustomer(models.AbstractModel):
    _name = "report.crm_analytics.seven_p_customer"
    _inherit = ["crm.seven.p.print"]
    _description = "7 P of a Customer (PDF)"
    _board_scope, _board_model = "customer", "res.partner"


class ReportSevenPSegment(models.AbstractModel):
    _name = "report.crm_analytics.seven_p_segment"
    _inherit = ["crm.seven.p.print"]
    _description = "7 P of a Segment (PDF)"
    _board_scope, _board_model = "segment", "crm.segment"


class ReportSevenPCompany(models.AbstractModel):
    _name = "report.crm_analytics.seven_p_company"
    _inherit = ["crm.seven.p.print"]
    _description = "7 P of a Company (PDF)"
    _board_scope, _board_model = "company", "res.company"
