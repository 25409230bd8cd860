from odoo import api, models
from odoo.tools import SQL

#: Documents of the flow that people can link to an activity
LINKED = (
    "utm.campaign",
    "crm.lead",
    "sale.order",
    "stock.picking",
    "account.move",
    "account.payment",
    "crm.complaint",
    "crm.satisfaction.request",
)


class CrmDocumentFlow(models.AbstractModel):
    """Activities in the flow, visits too: after the documents that they are about."""

    _inherit = "crm.document.flow"

    @api.model
    def _get_flow_kinds(self):
        return [
            *super()._get_flow_kinds(),
            {
                "key": "activity",
                "sequence": 120,
                "model": "crm.sales.activity",
                "label": self.env._("Sales Activities"),
                "name": self.env._("Sales Activity"),
                "icon": "fa-handshake-o",
                "title": "name",
                "date": ["date_start"],
                "state": "state",
                "tones": {"done": "good", "cancelled": "void"},
            },
        ]

    @api.model
    def _get_flow_links(self):
        return [
            *super()._get_flow_links(),
            *(self._get_activity_link(model_name) for model_name in LINKED),
            {
                "source": "crm.sales.activity",
                "target": "crm.sales.activity",
                "sql": SQL(
                    """SELECT id AS source_id, next_activity_id AS target_id
                         FROM crm_sales_activity
                        WHERE next_activity_id IS NOT NULL"""
                ),
                "fields": {"crm.sales.activity": ["next_activity_id"]},
            },
        ]

    @api.model
    def _get_activity_link(self, model_name):
        """Return the link from documents of a model to the activities about them.

        A link to a document that was deleted since leads nowhere.
        """
        linked = SQL(
            """SELECT x.res_id AS source_id, x.activity_id AS target_id
                 FROM crm_sales_activity_document x
                 JOIN %s d ON d.id = x.res_id
                WHERE x.res_model = %s""",
            SQL.identifier(self.env[model_name]._table),
            model_name,
        )
        fields = {"crm.sales.activity.document": ["activity_id", "res_model", "res_id"]}
        if model_name == "crm.lead":
            linked = SQL(
                """%s UNION ALL
                   SELECT lead_id, id FROM crm_sales_activity
                    WHERE lead_id IS NOT NULL""",
                linked,
            )
            fields["crm.sales.activity"] = ["lead_id"]
        return {
            "source": model_name,
            "target": "crm.sales.activity",
            "sql": linked,
            "fields": fields,
        }
