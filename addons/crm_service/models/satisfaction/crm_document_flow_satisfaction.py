from odoo import api, models
from odoo.tools import SQL

#: What a customer can be asked about, and the field that says so
ASKED_ABOUT = {
    "sale.order": "order_id",
    "stock.picking": "picking_id",
    "crm.complaint": "complaint_id",
}


class CrmDocumentFlow(models.AbstractModel):
    """Questionnaires in the flow, after what they ask about."""

    _inherit = "crm.document.flow"

    @api.model
    def _get_flow_kinds(self):
        return [
            *super()._get_flow_kinds(),
            {
                "key": "survey",
                "sequence": 110,
                "model": "crm.satisfaction.request",
                "label": self.env._("Questionnaires"),
                "name": self.env._("Questionnaire"),
                "icon": "fa-smile-o",
                "date": ["date_answered", "date_sent", "date_planned"],
                "state": "state",
                "tones": {"answered": "good", "expired": "void", "suppressed": "void"},
            },
        ]

    @api.model
    def _get_flow_links(self):
        return [
            *super()._get_flow_links(),
            *(
                {
                    "source": model_name,
                    "target": "crm.satisfaction.request",
                    "sql": SQL(
                        """SELECT %(field)s AS source_id, id AS target_id
                             FROM crm_satisfaction_request
                            WHERE %(field)s IS NOT NULL""",
                        field=SQL.identifier(field_name),
                    ),
                    "fields": {"crm.satisfaction.request": [field_name]},
                }
                for model_name, field_name in ASKED_ABOUT.items()
            ),
        ]
