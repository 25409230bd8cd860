from odoo import api, models
from odoo.tools import SQL


class CrmDocumentFlow(models.AbstractModel):
    """Complaints in the flow: order, complaint, what was sent, credited, taken back."""

    _inherit = "crm.document.flow"

    @api.model
    def _get_flow_kinds(self):
        return [
            *super()._get_flow_kinds(),
            {
                "key": "complaint",
                "sequence": 100,
                "model": "crm.complaint",
                "label": self.env._("Complaints"),
                "name": self.env._("Complaint"),
                "icon": "fa-exclamation-circle",
                "date": ["date_received"],
                "state": "state",
                "tones": {"confirmed": "good", "closed": "good", "cancelled": "void"},
            },
        ]

    @api.model
    def _get_flow_links(self):
        remedy = {"crm.complaint.remedy": ["complaint_id", "sale_order_id"]}
        return [
            *super()._get_flow_links(),
            {
                "source": "sale.order",
                "target": "crm.complaint",
                "sql": SQL(
                    """SELECT order_id AS source_id, id AS target_id
                         FROM crm_complaint WHERE order_id IS NOT NULL"""
                ),
                "fields": {"crm.complaint": ["order_id"]},
            },
            {
                "source": "crm.complaint",
                "target": "sale.order",
                "sql": SQL(
                    """SELECT complaint_id AS source_id, sale_order_id AS target_id
                         FROM crm_complaint_remedy WHERE sale_order_id IS NOT NULL"""
                ),
                "fields": remedy,
            },
            self._get_remedy_link("account.move", SQL("account_move")),
            self._get_remedy_link("stock.picking", SQL("stock_picking")),
        ]

    @api.model
    def _get_remedy_link(self, model, table):
        """Return the link from a complaint to documents that carry its remedy."""
        return {
            "source": "crm.complaint",
            "target": model,
            "sql": SQL(
                """SELECT r.complaint_id AS source_id, d.id AS target_id
                     FROM crm_complaint_remedy r
                     JOIN %s d ON d.crm_remedy_id = r.id""",
                table,
            ),
            "fields": {
                "crm.complaint.remedy": ["complaint_id"],
                model: ["crm_remedy_id"],
            },
        }
